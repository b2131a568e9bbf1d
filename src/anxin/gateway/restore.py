"""Bring an organisation back: newest usable snapshot, then the tail of the log."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from anxin.engine.decide import Engine
from anxin.engine.errors import EngineError, StateMismatch
from anxin.engine.log.frames import Entry
from anxin.engine.log.ids import EventIds
from anxin.engine.log.keys import KeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import ControlRecord, DecisionRecord, Kind, SkippedRecord, decode_record
from anxin.engine.policy.loader import parse_policy
from anxin.engine.schema.decoder import Received
from anxin.engine.schema.schema import Schema
from anxin.gateway.control import ControlRow
from anxin.gateway.control_feed import ControlPlace
from anxin.gateway.event_index import EventIndex
from anxin.gateway.intake import attempt, left_out
from anxin.gateway.journal import note, warn
from anxin.gateway.organisation import Folders, State, apply_control
from anxin.gateway.policies import PUBLISH, published
from anxin.gateway.snapshots import OpenSnapshot, Snapshots, Unusable

_STEP = 256


@dataclass(frozen=True)
class Maker:
    """Makes empty engines and indexes of one organisation.

    `stopwatch` returns nanoseconds and belongs to live decisions; `budget_us` is what one may take.
    """

    organisation: str
    ring: KeyRing
    stopwatch: Callable[[], int] | None
    budget_us: int

    def new_state(self, first: ControlRecord) -> State:
        """Return the state of an organisation whose first policy is the one `first` publishes; raise PolicyError."""
        name, derive = self.organisation, self.ring.derive
        engine = Engine(
            [parse_policy(published(first).files)],
            schema=Schema.shipped(),
            index_key=derive(name, "index", 32),
            windows_key=derive(name, "windows", 16),
            stopwatch=self.stopwatch,
            budget_us=self.budget_us,
        )
        return State(engine, EventIds(derive(name, "event-ids", 32)))


@dataclass
class Tally:
    """What a replay met: `differing` events saw other features than then, or got another answer, if checked."""

    records: int = 0
    differing: int = 0
    refused: int = 0


class Restore:
    """Rebuilds the state of one organisation from what is on disk.

    `fallback` publishes the policy to go on with when the log's beginning is gone and no snapshot is usable. `tail`
    are the last records of the log when they were read before; a restore takes them out of it. `checks_answers` makes
    every answer anew and compares it, which the state does not need. `state` stays None when the log holds nothing yet.
    `run` yields the share (0–1) done, to let others work.
    """

    def __init__(
        self,
        folders: Folders,
        maker: Maker,
        index: EventIndex,
        *,
        last_seq: int,
        fallback: ControlRecord | None = None,
        tail: deque[Entry] | None = None,
        checks_answers: bool = False,
    ) -> None:
        self.state: State | None = None
        self._tail = deque[Entry]() if tail is None else tail
        self._checks_answers = checks_answers
        self._fallback = fallback
        self._is_incomplete = False
        self.tally = Tally()
        self.snapshot_seq = 0
        self._folders = folders
        self._maker = maker
        self._index = index
        self._last_seq = last_seq
        self._reader = LogReader(folders.log, maker.ring, organisation=maker.organisation)

    def run(self, *, use_snapshots: bool = True) -> Iterator[float]:
        """Restore; raise LogDamaged when the log is harmed."""
        if use_snapshots:
            self._load_newest()
        if self._last_seq == 0:
            return
        begin = min(self._index.first_unfiled(), self.snapshot_seq + 1)
        begin = max(begin, self._reader.first_seq())
        if begin > self.snapshot_seq + 1:
            self._start_from_fallback(begin)
        for seq, kind, payload in self._records(begin) if begin <= self._last_seq else ():
            self._replay(seq, kind, payload)
            if seq % _STEP == 0:
                yield seq / self._last_seq
        self._report()

    def _records(self, begin: int) -> Iterator[Entry]:
        """Yield the records from `begin`, each read once: the last ones may be at hand."""
        tail = self._tail
        first = tail[0][0] if tail else self._last_seq + 1
        for entry in self._reader.records(begin) if begin < first else ():
            if entry[0] == first:
                break
            yield entry
        while tail:
            entry = tail.popleft()
            if entry[0] >= begin:
                yield entry

    def _start_from_fallback(self, first_seq: int) -> None:
        """Go on with what is left when the retention has dropped what no usable snapshot holds."""
        if self._fallback is None:
            raise StateMismatch(
                reason="the log's beginning was dropped and there is no usable snapshot",
                reason_zh="日志的开头已按保留期删除，又没有可用的快照",
            )
        warn("replay.incomplete", organisation=self._maker.organisation, first_seq=first_seq)
        self.state = self._maker.new_state(self._fallback)
        self.snapshot_seq = 0
        self._is_incomplete = True

    def _load_newest(self) -> None:
        key = self._maker.ring.derive(self._maker.organisation, "snapshots", 32)
        snapshots = Snapshots(self._folders.snapshots, key=key)
        for found in snapshots.open_each(organisation=self._maker.organisation, last_seq=self._last_seq):
            if isinstance(found, Unusable):
                warn("snapshot.unusable", file=found.path.name, reason=found.reason, reason_zh=found.reason_zh)
                continue
            try:
                self.state = self._load(found)
            except EngineError as mismatch:
                told = {"reason": mismatch.sentence("en"), "reason_zh": mismatch.sentence("zh")}
                warn("snapshot.unusable", file=f"{found.head.seq}", **told)
                continue
            finally:
                found.close()
            self.snapshot_seq = found.head.seq
            return

    def _load(self, snapshot: OpenSnapshot) -> State:
        head = snapshot.head
        if not head.policies:
            raise StateMismatch(reason="it names no policy", reason_zh="没有写明策略")
        state = self._maker.new_state(head.policies[0])
        for record in head.policies[1:]:
            outcome = apply_control(state, record)
            if isinstance(outcome, Exception):
                raise StateMismatch(
                    reason="a policy it names cannot be used", reason_zh="其中的策略无法使用"
                ) from outcome
        state.engine.load(snapshot.read)
        state.ids.load(snapshot.read)
        state.place = ControlPlace(head.control_seq, head.control_chain)
        state.follows_folder = head.follows_folder
        return state

    def _replay(self, seq: int, kind: int, payload: bytes) -> None:
        if kind not in (Kind.DECISION, Kind.CONTROL, Kind.SKIPPED):
            return
        record = decode_record(kind, payload)
        if isinstance(record, DecisionRecord):
            self._index.add(record.event_id, seq)
        if seq <= self.snapshot_seq:
            return
        self.tally.records += 1
        if isinstance(record, ControlRecord):
            self._replay_control(record)
        elif isinstance(record, DecisionRecord | SkippedRecord):
            self._replay_event(record, seq)

    def _replay_control(self, record: ControlRecord) -> None:
        if self.state is None:
            if record.kind == PUBLISH:
                self.state = self._maker.new_state(record)
            return
        if self._is_incomplete and record.control_seq:
            # The control stream is read from its start again, so that lists, holds and policies are whole.
            return
        if not record.refusal and isinstance(apply_control(self.state, record), Exception):
            note("control.rejected_again", control_seq=record.control_seq, kind=record.kind)
        place = self.state.place
        if record.control_seq > place.seq:
            organisation = self._maker.organisation
            row = ControlRow(record.control_seq, organisation, record.at, record.kind, record.body.decode())
            self.state.place = ControlPlace(row.seq, row.chain(place.chain))

    def _replay_event(self, record: DecisionRecord | SkippedRecord, seq: int) -> None:
        state = self.state
        if state is None:
            raise StateMismatch(reason="the log starts without a policy", reason_zh="日志开头没有策略")
        try:
            received = state.engine.parse(record.event)
        except EngineError:
            self.tally.refused += 1
            return
        if isinstance(record, SkippedRecord):
            attempt(state.engine, received, seq)
            return
        is_as_then = _decide_again if self._checks_answers else _count_again
        if not is_as_then(state.engine, received, record, seq):
            self.tally.differing += 1
        state.ids.add(record.event_id, seq, record.digest, record.received_at)

    def _report(self) -> None:
        tally = self.tally
        facts = {
            "organisation": self._maker.organisation,
            "snapshot_seq": self.snapshot_seq,
            "last_seq": self._last_seq,
        }
        note("restored", records=tally.records, differing=tally.differing, refused=tally.refused, **facts)


def _decide_again(engine: Engine, received: Received, record: DecisionRecord, seq: int) -> bool:
    """Decide an event as if it came now, and return whether the answer is that of then."""
    decided = attempt(engine, received, seq, without=left_out(record.answer))
    return not isinstance(decided, Exception) and decided.answer == record.answer


def _count_again(engine: Engine, received: Received, record: DecisionRecord, _seq: int) -> bool:
    """Count an event, and return whether its features are those of then."""
    try:
        return engine.replay(received, without=left_out(record.answer)) == record.vector
    except Exception as fault:  # noqa: BLE001 another version's policy may fail where that of then did not: go on, as live
        warn("replay.fault", event=record.event_id, fault=type(fault).__name__)
        return False
