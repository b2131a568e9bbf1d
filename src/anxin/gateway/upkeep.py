"""Work beside decisions: snapshots by a forked child, closing work by a child process of low priority."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from anxin.engine.log.folder import list_segments
from anxin.gateway.config import GatewayConfig
from anxin.gateway.journal import note, warn
from anxin.gateway.organisation import Organisation
from anxin.gateway.snapshots import SnapshotHead


class Upkeep:
    """The upkeep of one organisation; `tick` is called about twice a second on the event loop."""

    def __init__(self, organisation: Organisation, config: GatewayConfig, *, clock: Callable[[], int]) -> None:
        self._organisation = organisation
        self._config = config
        self._clock = clock
        self._child: tuple[int, SnapshotHead] | None = None
        self._snapshot_seq = organisation.snapshot_seq
        self._snapshot_at = clock()
        self._closing: subprocess.Popen[bytes] | None = None
        self._closing_at = clock()

    @property
    def name(self) -> str:
        """The organisation's name."""
        return self._organisation.name

    def tick(self) -> None:
        """Start what is due, and take notice of what has ended."""
        self._reap_snapshot()
        if self._child is None and self._is_snapshot_due():
            self.start_snapshot()
        self._run_closing()

    def _is_snapshot_due(self) -> bool:
        behind = self._organisation.writer.last_seq - self._snapshot_seq
        aged = self._have_passed(self._config.snapshot_seconds, self._snapshot_at)
        return behind >= self._config.snapshot_events or (aged and behind > 0)

    def _have_passed(self, seconds: int, since: int) -> bool:
        """Tell whether so much time is over, or the clock was set back: it may take days to come here again."""
        return not 0 <= self._clock() - since < seconds * 1000

    def start_snapshot(self) -> None:
        """Fork the child that writes the state of this moment."""
        head = self._organisation.snapshot_head()
        child = self._organisation.snapshots.start_child(head, self._organisation.state.dump)
        self._child = child, head
        self._snapshot_seq, self._snapshot_at = head.seq, self._clock()

    def _reap_snapshot(self) -> None:
        if self._child is None:
            return
        child, head = self._child
        organisation = self._organisation
        if head.seq > organisation.writer.durable_seq:
            return
        ended, status = os.waitpid(child, os.WNOHANG)
        if not ended:
            return
        self._child = None
        if status == 0:
            organisation.snapshots.publish(head)
            note("snapshot", organisation=organisation.name, seq=head.seq, ms=self._clock() - head.at)
        else:
            organisation.snapshots.discard(head)
            warn("snapshot.failed", organisation=organisation.name, seq=head.seq, status=status)

    def _run_closing(self) -> None:
        if self._closing is not None:
            code = self._closing.poll()
            if code is None:
                return
            self._closing = None
            self._organisation.index.forget_filed()
            if code:
                warn("closing.failed", organisation=self._organisation.name, code=code)
        if not self._have_passed(self._config.closing_seconds, self._closing_at):
            return
        self._closing_at = self._clock()
        if len(list_segments(self._organisation.folders.log)) > 1:
            self._closing = self._start_closing()

    def _start_closing(self) -> subprocess.Popen[bytes]:
        given = (str(self._config.data), self._organisation.name, str(self._config.retention_days))
        key = str(self._config.master_key_file or self._config.data / "master.key")
        command = [sys.executable, "-m", "anxin.gateway.closing", *given, key]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)

    def stop(self) -> None:
        """End the children; what they had not finished is done at another time."""
        if self._child is not None:
            child, head = self._child
            os.kill(child, 9)
            os.waitpid(child, 0)
            self._organisation.snapshots.discard(head)
            self._child = None
        if self._closing is not None:
            self._closing.terminate()
            self._closing.wait()
            self._closing = None
