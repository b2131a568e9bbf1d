"""Opening one organisation at the start of the process."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from anxin.engine.log.frames import Entry
from anxin.engine.log.keys import KeyRing
from anxin.engine.log.records import ControlRecord, Kind, encode_record
from anxin.engine.log.writer import LogWriter
from anxin.engine.policy.loader import read_policy_files
from anxin.engine.policy.problems import PolicyErrors
from anxin.engine.windows.choice import implementation
from anxin.gateway.config import ConfigInvalid, GatewayConfig
from anxin.gateway.event_index import EventIndex
from anxin.gateway.journal import note, warn
from anxin.gateway.metrics import Counts
from anxin.gateway.organisation import Folders, Organisation, State, Surroundings
from anxin.gateway.policies import PUBLISH, publish_body
from anxin.gateway.restore import Maker, Restore

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


def kept_organisations(folder: Path) -> list[str]:
    """Return the organisations that have a folder in `folder`; files and hidden folders there are other programs'."""
    return sorted(each.name for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))


class Stopwatch:
    """Measures decisions in nanoseconds; stands still during a replay, which has no hurry."""

    def __init__(self) -> None:
        self.is_running = False

    def __call__(self) -> int:
        """Return nanoseconds, or 0 while it stands still."""
        return time.perf_counter_ns() if self.is_running else 0


class Opening:
    """Opens the log, restores the state, and makes the organisation."""

    def __init__(
        self, name: str, config: GatewayConfig, ring: KeyRing, *, counts: Counts, around: Surroundings
    ) -> None:
        if not _NAME.fullmatch(name):
            raise ConfigInvalid(
                reason=f"organisation {name!r}: use a-z, 0-9, _ and -, at most 32",
                reason_zh=f"组织名 {name!r} 只能用 a-z、0-9、_ 和 -，最多 32 个",
            )
        self._name = name
        self._config = config
        self._ring = ring
        self._counts = counts
        self._around = around
        self._folders = Folders(config.data / "organisations" / name)
        now = around.clock()
        tail: deque[Entry] = deque()
        self._writer = LogWriter.open(self._folders.log, name, ring, now, capacity=config.segment_bytes, seen=tail)
        self._report_repair()
        self._index = EventIndex(self._folders.index, self._folders.log, key=ring.derive(name, "event-index", 32))
        self._stopwatch = Stopwatch()
        self._maker = Maker(name, ring, self._stopwatch, config.decision_budget_ms * 1000)
        self._files = self._policy_files()
        fallback = ControlRecord(0, now, PUBLISH, publish_body(self._files)) if self._files else None
        self._restore = Restore(
            self._folders, self._maker, self._index, last_seq=self._writer.last_seq, fallback=fallback, tail=tail
        )

    def _report_repair(self) -> None:
        found = self._writer.recovered
        if (fault := found.fault) is not None:
            place = {"file": found.file, "offset": found.offset, "cut": found.cut}
            warn("log.repaired", organisation=self._name, **place, fault=fault.code, zh=fault.zh, en=fault.en)

    def run(self) -> Iterator[float]:
        """Restore, yielding the share done."""
        yield from self._restore.run()

    def finish(self) -> Organisation:
        """Return the organisation, committing and ready; the first start publishes the policy of the settings."""
        state, files = self._restore.state, self._files
        is_new = state is None
        if state is None:
            state = self._begin(files)
        self._stopwatch.is_running = True
        organisation = Organisation(
            self._name,
            self._folders,
            self._ring,
            state=state,
            writer=self._writer,
            index=self._index,
            counts=self._counts,
            around=self._around,
        )
        organisation.snapshot_seq = self._restore.snapshot_seq
        organisation.start()
        if not is_new and files and state.follows_folder and dict(state.engine.roster.live.files) != files:
            organisation.order(PUBLISH, publish_body(files))
        note("ready", organisation=self._name, seq=self._writer.last_seq, windows=implementation())
        return organisation

    def _policy_files(self) -> dict[str, str]:
        """Return the policy of the settings; none when it cannot be read and the log has one to go on with."""
        folder: Path | None = self._config.policy
        if folder is None:
            return {}
        try:
            return read_policy_files(folder)
        except PolicyErrors as errors:
            if self._writer.last_seq == 0:
                raise
            told = {"zh": errors.sentence("zh"), "en": errors.sentence("en")}
            warn("policy.folder_unusable", organisation=self._name, **told)
            return {}

    def _begin(self, files: dict[str, str]) -> State:
        """Start an empty log with the policy, so that the log alone replays; raise PolicyErrors."""
        if not files:
            raise ConfigInvalid(
                reason=f"organisation {self._name} is new and there is no policy folder; give one with --policy",
                reason_zh=f"组织 {self._name} 是新的，却没有策略文件夹；请用 --policy 指定一个",
            )
        now = self._around.clock()
        first = ControlRecord(0, now, PUBLISH, publish_body(files))
        state = self._maker.new_state(first)
        self._writer.append(Kind.CONTROL, encode_record(first), now)
        return state
