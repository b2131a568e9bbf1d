"""Decide and store the events of one organisation; free of HTTP."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Protocol

import msgspec

from anxin.checkers.events.fields import with_fields
from anxin.engine.brakes import BrakeTripped
from anxin.engine.decide import Decided, Engine
from anxin.engine.decision import Decision
from anxin.engine.errors import EngineError, EventIdReused
from anxin.engine.log.ids import EventIds
from anxin.engine.log.records import BrakeRecord, DecisionRecord, Kind, SkippedRecord, body_digest, encode_record
from anxin.engine.log.writer import LogWriter
from anxin.engine.schema.decoder import MAX_BODY_BYTES, Received
from anxin.gateway.event_index import EventIndex
from anxin.gateway.filling import PART, EventChecks
from anxin.gateway.journal import JOURNAL, warn
from anxin.gateway.metrics import Counts
from anxin.gateway.problems import Busy, DecisionFailed, DiskFull, Draining


class Waiter(Protocol):
    """Who waits for an answer; hears exactly one of the two."""

    def ok(self, body: bytes) -> None: ...

    def refuse(self, error: EngineError) -> None: ...


class Decider(Protocol):
    """What decides, and what knows the ids decided before."""

    engine: Engine
    ids: EventIds


class Submission(NamedTuple):
    """One event as it came: `digest` tells two bodies of one id apart, `caller` is the key's id."""

    body: bytes
    digest: bytes
    caller: str
    explain: bool = False


def submission(body: bytes, *, caller: str, explain: bool = False) -> Submission:
    """Return the submission of a body."""
    return Submission(body, body_digest(body), caller, explain)


class Intake:
    """Takes events in arrival order; every answer waits until its record is durable.

    Runs on the event loop alone. `kick` asks for a commit, `read_answer` fetches a stored answer for a repeated event.
    `checks` fill the fields of events with a text, None when there are no checks; such an event arrives when it is
    filled. `refused` counts what is refused after that wait.
    """

    def __init__(
        self,
        state: Decider,
        writer: LogWriter,
        index: EventIndex,
        *,
        counts: Counts,
        clock: Callable[[], int],
        kick: Callable[[], None],
        read_answer: Callable[[int, Waiter], None],
        max_waiting: int,
    ) -> None:
        self.writer = writer
        self.checks: EventChecks | None = None
        self.refused: Callable[[EngineError], None] = lambda refusal: None
        self._engine = state.engine
        self._ids = state.ids
        self._index = index
        self.is_open = True
        self._counts = counts
        self._clock = clock
        self._kick = kick
        self._read_answer = read_answer
        self._max_waiting = max_waiting
        self._waiting: deque[tuple[int, int, Waiter, bytes]] = deque()
        # Two lists, not one of pairs: thousands of pairs would be new to every search for garbage.
        self._ring = [b""] * (1 << max_waiting.bit_length())
        self._ring_seqs = [0] * len(self._ring)
        self._ring_mask = len(self._ring) - 1

    @property
    def waiting(self) -> int:
        """Return how many answers wait for the disk."""
        return len(self._waiting)

    def take(self, given: Submission, waiter: Waiter, connection: object = None) -> None:
        """Decide one event, answer `waiter` when it is durable; raise a refusal when nothing was stored or counted.

        Events of one connection are decided in the order in which they came.
        """
        started = time.perf_counter_ns()
        self._check_room()
        now = self._clock()
        received = self._engine.parse(given.body, received_at=now)
        known = self._ids.find(received.event_id)
        if known is not None:
            self._repeat(received.event_id, known, given.digest, waiter)
        elif self.checks is not None and self.checks.must_wait(received, connection):
            take = partial(self._take_filled, given, waiter, (received, now, started))
            self.checks.wait(received, connection, now, take)
        else:
            self._take(given, waiter, (received, now, started), ())

    def _take_filled(
        self, given: Submission, waiter: Waiter, arrival: tuple[Received, int, int], fragment: bytes | None
    ) -> None:
        received, now, started = arrival
        without = () if fragment is not None else (PART,)
        try:
            self._check_room()
            if fragment:
                filled = with_fields(given.body, fragment)
                if len(filled) <= MAX_BODY_BYTES:
                    given, received = given._replace(body=filled), self._engine.parse(filled)
                else:
                    without = (PART,)
            known = self._ids.find(received.event_id)
            if known is not None:
                self._repeat(received.event_id, known, given.digest, waiter)
            else:
                self._take(given, waiter, (received, now, started), without)
        except EngineError as refusal:
            self.refused(refusal)
            waiter.refuse(refusal)

    def _take(
        self, given: Submission, waiter: Waiter, arrival: tuple[Received, int, int], without: tuple[str, ...]
    ) -> None:
        received, _, started = arrival
        decided = self._decide(given, arrival, without)
        answer = self._explained(received, decided) if given.explain else decided.answer
        self._waiting.append((self.writer.last_seq, started, waiter, answer))
        self._kick()

    def _check_room(self) -> None:
        if not self.is_open:
            raise Draining
        if self.writer.is_full:
            raise DiskFull
        being_checked = self.checks.waiting if self.checks is not None else 0
        if len(self._waiting) + being_checked >= self._max_waiting:
            raise Busy

    def _repeat(self, event_id: str, known: tuple[int, bytes], digest: bytes, waiter: Waiter) -> None:
        seq, first_digest = known
        if first_digest != digest:
            raise EventIdReused(pointer="/event_id", event_id=event_id)
        self._counts.duplicates += 1
        place = seq & self._ring_mask
        answer = self._ring[place]
        if self._ring_seqs[place] != seq:
            self._read_answer(seq, waiter)
        elif seq > self.writer.durable_seq:
            self._waiting.append((self.writer.last_seq, time.perf_counter_ns(), waiter, as_duplicate(answer)))
        else:
            waiter.ok(as_duplicate(answer))

    def _decide(self, given: Submission, arrival: tuple[Received, int, int], without: tuple[str, ...]) -> Decided:
        received, now, started = arrival
        seq = self.writer.last_seq + 1
        decided = attempt(self._engine, received, seq, without)
        if isinstance(decided, Exception):
            JOURNAL.error("engine.fault", exc_info=decided, extra={"facts": {"seq": seq}})
            self._store_fault(received, given, now)
            raise DecisionFailed from decided
        decision = decided.decision
        record = DecisionRecord(
            now,
            received.event_id,
            received.event_type,
            given.body,
            given.digest,
            decided.answer,
            decided.vector,
            decision.policy,
            decision.model,
            decision.control_seq,
            given.caller,
            (time.perf_counter_ns() - started) // 1000,
        )
        self._append(Kind.DECISION, encode_record(record), now)
        self._ids.add(received.event_id, seq, given.digest, now)
        self._index.add(received.event_id, seq)
        place = seq & self._ring_mask
        self._ring[place], self._ring_seqs[place] = decided.answer, seq
        self._counts.verdicts[decision.verdict] += 1
        if decided.trips:
            self._store_trips(decided.trips, now)
        return decided

    def _append(self, kind: Kind, payload: bytes, now: int) -> None:
        # The disk may have become full since the check at the door, and the event is counted by now: it must be queued.
        self.writer.append(kind, payload, now, is_last_word=True)

    def _store_trips(self, trips: tuple[BrakeTripped, ...], now: int) -> None:
        for trip in trips:
            record = BrakeRecord(trip.at, trip.rule, trip.budget, trip.measured, trip.limit)
            self._append(Kind.BRAKE, encode_record(record), now)
            self._counts.brakes[trip.rule] += 1
            warn("brake.tripped", rule=trip.rule, budget=trip.budget, owner=trip.owner)

    def _store_fault(self, received: Received, given: Submission, now: int) -> None:
        """Keep the event, so that a replay meets the same fault at the same place and ends in the same state."""
        record = SkippedRecord(now, received.event_id, given.body, DecisionFailed.code)
        self._append(Kind.SKIPPED, encode_record(record), now)
        self._counts.faults += 1
        self._kick()

    def _explained(self, received: Received, decided: Decided) -> bytes:
        explanation = msgspec.json.encode(self._engine.explain(received, decided))
        return decided.answer[:-1] + b',"explanation":' + explanation + b"}"

    def release(self, durable_seq: int) -> None:
        """Answer everybody whose record is durable, in log order."""
        waiting, observe = self._waiting, self._counts.latency.observe
        now = time.perf_counter_ns()
        while waiting and waiting[0][0] <= durable_seq:
            _, started, waiter, answer = waiting.popleft()
            observe((now - started) // 1000)
            waiter.ok(answer)

    def refuse_waiting(self) -> None:
        """Tell everybody that the disk is full; their events are decided once all the same if the disk comes back."""
        waiting, self._waiting = self._waiting, deque()
        for _, _, waiter, _ in waiting:
            waiter.refuse(DiskFull())


def attempt(engine: Engine, received: Received, seq: int, without: tuple[str, ...] = ()) -> Decided | Exception:
    """Decide, and return the fault when the engine has one: live and replay must go on alike after it."""
    try:
        return engine.decide(received, seq=seq, without=without)
    except Exception as fault:  # noqa: BLE001 a fault of the engine must neither stop the gateway nor part live from replay
        return fault


def left_out(answer: bytes) -> tuple[str, ...]:
    """Return what a stored answer says was left out."""
    return () if b'"degraded":[]' in answer else msgspec.json.decode(answer, type=Decision).degraded


def as_duplicate(answer: bytes) -> bytes:
    """Return a stored answer with `duplicate` set."""
    return answer[:-1] + b',"duplicate":true}'
