"""Decisions made before, read back from the log beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

from anxin.engine.errors import EngineError
from anxin.engine.log.errors import KeyMissing, LogDamaged, RecordUnknown
from anxin.engine.log.ids import EventIds
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import DecisionRecord, Kind, decode_record
from anxin.engine.log.writer import LogWriter
from anxin.gateway.aside import Aside
from anxin.gateway.event_index import EventIndex
from anxin.gateway.intake import Waiter, as_duplicate
from anxin.gateway.journal import warn
from anxin.gateway.problems import EventNotFound, RecordUnreadable

Found = Callable[[DecisionRecord | None], None]


class StoredDecisions:
    """Finds the record of an event id: of the last day by `ids`, older ones by the index of closed segments."""

    def __init__(
        self,
        reader: LogReader,
        writer: LogWriter,
        ids: EventIds,
        index: EventIndex,
        *,
        loop: asyncio.AbstractEventLoop,
        executor: Executor,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._ids = ids
        self._index = index
        self._aside = Aside(loop, executor)

    def find(self, event_id: str, found: Found, failed: Callable[[EngineError], None]) -> None:
        """Call `found` on the event loop with the record, or with None when there is none.

        `failed` hears RecordUnreadable when what the log holds of it cannot be read.
        """
        known = self._ids.find(event_id)
        self._aside.submit(partial(self._read_event, event_id, known[0] if known else None), found, failed)

    def answer(self, event_id: str, waiter: Waiter) -> None:
        """Answer what was answered before; refuse with EventNotFound or RecordUnreadable."""
        self.find(event_id, partial(_answer, waiter), waiter.refuse)

    def answer_again(self, seq: int, waiter: Waiter) -> None:
        """Answer a repeated event; refuse with RecordUnreadable."""
        self._aside.submit(partial(self._read, seq), partial(_answer_again, waiter), waiter.refuse)

    def _read_event(self, event_id: str, seq: int | None) -> DecisionRecord | None:
        if seq is not None:
            return self._read(seq)
        for candidate in self._index.candidates(event_id):
            record = self._read(candidate)
            if record is not None and record.event_id == event_id:
                return record
        return None

    def _read(self, seq: int) -> DecisionRecord | None:
        # Before the log is looked at: what is durable by now can be read, if it is not harmed.
        durable_seq = self._writer.durable_seq
        try:
            kind, payload = self._reader.read(seq)
        except RecordUnknown as problem:
            if seq > durable_seq or seq < self._reader.first_seq():
                return None
            raise _unreadable(seq, problem) from problem
        except (LogDamaged, KeyMissing) as problem:
            raise _unreadable(seq, problem) from problem
        if kind != Kind.DECISION:
            return None
        record = decode_record(kind, payload)
        assert isinstance(record, DecisionRecord)
        return record


def _unreadable(seq: int, problem: EngineError) -> RecordUnreadable:
    warn("decision.unreadable", seq=seq, reason=problem.sentence("en"))
    return RecordUnreadable()


def _answer(waiter: Waiter, record: DecisionRecord | None) -> None:
    if record is None:
        waiter.refuse(EventNotFound())
    else:
        waiter.ok(record.answer)


def _answer_again(waiter: Waiter, record: DecisionRecord | None) -> None:
    if record is None:
        waiter.refuse(EventNotFound())
    else:
        waiter.ok(as_duplicate(record.answer))
