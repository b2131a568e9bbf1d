"""Orders about signatures in the control stream: read beside the event loop, told to the check worker in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from anxin.engine.errors import EngineError
from anxin.engine.log.keys import KeyRing
from anxin.gateway.aside import Aside
from anxin.gateway.check_messages import Answered, KeepSecrets, TakeOrder
from anxin.gateway.check_process import CheckProcess
from anxin.gateway.control import ControlRow, ControlTable
from anxin.gateway.journal import note, warn

PREFIX = "signatures."
PUBLISH = "signatures.publish"
KEY_PURPOSE, KEY_BYTES = "signatures", 32
_SUFFIX = ".key"
_AT_ONCE = 50
_RETRY_SECONDS = 1.0


class CircleRefused(OSError):
    """A circle's secret that others can read."""


def read_circles(folder: Path) -> dict[str, bytes]:
    """Return the circles' secrets by name, from files `<circle>.key` in a folder; raises CircleRefused."""
    found = {}
    for path in sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else ():
        if path.stat().st_mode & 0o077:
            raise CircleRefused(f"{path.name} may be read by others than its owner; set its mode to 600")
        found[path.stem] = path.read_bytes().strip()
    return found


class SignatureOrders:
    """Keeps the worker's signatures as the control stream says; used on the event loop.

    `refused` hears the name of an organisation whose order could not be taken into effect.
    """

    def __init__(
        self,
        names: Iterable[str],
        ring: KeyRing,
        circles: Path,
        *,
        open_table: Callable[[], ControlTable],
        loop: asyncio.AbstractEventLoop,
        aside: Aside,
        refused: Callable[[str], None],
    ) -> None:
        self._names = tuple(names)
        self._ring = ring
        self._circles = circles
        self._open_table = open_table
        self._loop = loop
        self._aside = aside
        self._refused = refused
        self._told: dict[str, int] = {}
        self._expected = 0
        self._loaded: Callable[[], None] | None = None
        self.process: CheckProcess

    def load(self, loaded: Callable[[], None]) -> None:
        """Tell a fresh worker everything, then call `loaded`."""
        self._told = dict.fromkeys(self._names, 0)
        self._expected, self._loaded = 0, loaded
        circles = self._secrets()
        for name in self._names:
            key = self._ring.derive(name, KEY_PURPOSE, KEY_BYTES)
            self.process.tell(KeepSecrets(self.process.new_number(), name, key, circles), _ignore)
        self._submit(self._names)

    def _secrets(self) -> dict[str, bytes]:
        try:
            return read_circles(self._circles)
        except OSError as problem:
            warn("signatures.circles_unusable", reason=str(problem))
            return {}

    def refresh(self, name: str) -> None:
        """Tell a running worker what is new for one organisation; a worker that does not run reads all at its start."""
        if self.process.standing in ("loading", "ready") and name in self._told:
            self._submit((name,))

    def _submit(self, names: tuple[str, ...]) -> None:
        self._expected += 1
        self._aside.submit(partial(self._read, names, dict(self._told)), self._end_reading, self._unread)

    def _read(self, names: tuple[str, ...], told: dict[str, int]) -> None:
        table = self._open_table()
        try:
            for name in names:
                after = told.get(name, 0)
                while rows := table.rows_of(name, PUBLISH, after, _AT_ONCE):
                    after = rows[-1].seq
                    self._loop.call_soon_threadsafe(self._tell, rows)
        finally:
            table.close()

    def _unread(self, problem: EngineError) -> None:
        warn("signatures.unread", reason=problem.sentence("en"))
        self._loop.call_later(_RETRY_SECONDS, self._read_again)
        self._end_reading()

    def _tell(self, rows: list[ControlRow]) -> None:
        for row in rows:
            if row.seq > self._told.get(row.organisation, 0):
                self._told[row.organisation] = row.seq
                self._expected += 1
                order = TakeOrder(self.process.new_number(), row.organisation, row.seq, row.body)
                self.process.tell(order, lambda answer, row=row: self._taken(row, answer))  # type: ignore[misc]

    def _taken(self, row: ControlRow, answer: Answered | None) -> None:
        if answer is not None and not answer.refusal_en:
            note("signatures.published", organisation=row.organisation, control_seq=row.seq)
        else:
            reason = answer.refusal_en if answer is not None else "the worker failed"
            warn("signatures.refused", organisation=row.organisation, control_seq=row.seq, reason=reason)
            self._refused(row.organisation)
        self._end_reading()

    def _read_again(self) -> None:
        if self.process.standing in ("loading", "ready"):
            self._submit(self._names)

    def _end_reading(self, _: None = None) -> None:
        self._expected -= 1
        if self._expected == 0 and self._loaded is not None:
            loaded, self._loaded = self._loaded, None
            loaded()


def _ignore(answer: Answered | None) -> None:
    """Hear nothing."""
