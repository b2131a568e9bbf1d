"""Reading the control stream beside the event loop."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from anxin.gateway.control import LONGEST_BODY, START, ControlRow, ControlTable, ControlUnreachable
from anxin.gateway.journal import JOURNAL, note, warn
from anxin.gateway.policies import ABOUT_POLICIES

_POLL_SECONDS = 0.02
_RETRY_SECONDS = 1.0
_AT_ONCE = 200
CONTROL_FAULTS = ("control_diverged", "control_unreachable", "control_oversized")


@dataclass(frozen=True)
class ControlPlace:
    """How far an organisation has taken the stream in: the last row's number, and the chain value through it."""

    seq: int = 0
    chain: bytes = START


class ControlFeed:
    """Delivers new rows to the event loop, in order, and refuses a stream that is not the one it knows.

    `prepare` gets the last row of a delivery first, in the feed's own thread; an order about policies comes alone.
    `deliver` gets rows and a callable to call when they are taken in. `state` hears `ok` or one of `CONTROL_FAULTS`.
    """

    def __init__(
        self,
        open_table: Callable[[], ControlTable],
        places: Mapping[str, ControlPlace],
        *,
        loop: asyncio.AbstractEventLoop,
        prepare: Callable[[ControlRow], None],
        deliver: Callable[[list[ControlRow], Callable[[], None]], None],
        state: Callable[[str], None],
    ) -> None:
        self._open_table = open_table
        self._places = dict(places)
        self._loop = loop
        self._prepare = prepare
        self._deliver = deliver
        self._tell_state = state
        self._state = ""
        self._stopping = threading.Event()
        self._taken = threading.Event()
        self._last: ControlRow | None = None
        self._seq = min((each.seq for each in places.values()), default=0)
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)

    def start(self) -> None:
        """Start reading."""
        self._thread.start()

    def stop(self) -> None:
        """Stop reading and wait for the thread."""
        self._stopping.set()
        self._taken.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                table = self._open_table()
                try:
                    self._follow(table)
                finally:
                    table.close()
            except ControlUnreachable as problem:
                self._rest(problem.details.get("reason"))
            except Exception as fault:  # noqa: BLE001 without this thread no order would ever be heard of again
                JOURNAL.error("fault", exc_info=fault)
                self._rest(type(fault).__name__)

    def _rest(self, reason: object) -> None:
        self._set_state("control_unreachable", reason=reason)
        self._stopping.wait(_RETRY_SECONDS)

    def _follow(self, table: ControlTable) -> None:
        is_checked = False
        while not self._stopping.is_set():
            has_changed = table.changed(_POLL_SECONDS)
            if not is_checked or (has_changed and not self._is_known(table)):
                is_checked = self._check_history(table)
                if not is_checked:
                    self._stopping.wait(_RETRY_SECONDS)
                    continue
                has_changed = True
            if has_changed:
                self._take_new(table)

    def _is_known(self, table: ControlTable) -> bool:
        """Return whether the last row taken in is still there as it was."""
        return self._last is None or table.row(self._last.seq) == self._last

    def _check_history(self, table: ControlTable) -> bool:
        """Compare the whole stream with what was taken in, organisation by organisation."""
        for organisation, place in self._places.items():
            chain = START
            rows = table.rows_through(organisation, place.seq)
            for row in rows:
                chain = row.chain(chain)
            if chain != place.chain:
                self._set_state("control_diverged", organisation=organisation, seq=place.seq)
                return False
        self._set_state("ok")
        return True

    def _take_new(self, table: ControlTable) -> None:
        while not self._stopping.is_set():
            rows = table.rows_after(self._seq, _AT_ONCE)
            fitting = list(itertools.takewhile(lambda row: len(row.body) <= LONGEST_BODY, rows))
            if len(fitting) < len(rows) and not fitting:
                self._set_state("control_oversized", seq=rows[0].seq)
            if not fitting:
                return
            # Each policy is prepared on top of the one before it, so nothing comes after one in the same delivery.
            rows = _up_to_a_policy(fitting)
            self._prepare(rows[-1])
            self._taken.clear()
            self._loop.call_soon_threadsafe(self._deliver, rows, self._taken.set)
            self._taken.wait()
            for row in rows:
                place = self._places.get(row.organisation)
                if place is not None and row.seq > place.seq:
                    self._places[row.organisation] = ControlPlace(row.seq, row.chain(place.chain))
            self._last = rows[-1]
            self._seq = rows[-1].seq

    def _set_state(self, word: str, **facts: object) -> None:
        if word == self._state:
            return
        if word == "ok":
            note("control.reading", **facts)
        else:
            warn(word, **facts)
        self._state = word
        self._loop.call_soon_threadsafe(self._tell_state, word)


def _up_to_a_policy(rows: list[ControlRow]) -> list[ControlRow]:
    place = next((index for index, row in enumerate(rows) if row.kind in ABOUT_POLICIES), None)
    if place is None:
        return rows
    return rows[:place] or rows[:1]
