"""One organisation in the gateway: its engine, log, index, control place and snapshots, shared with nobody."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from anxin import __version__
from anxin.engine.decide import Engine
from anxin.engine.errors import EngineError
from anxin.engine.log.errors import DiskFull, LogFailed
from anxin.engine.log.ids import EventIds
from anxin.engine.log.keys import KeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import ControlRecord, Kind, MarkRecord, encode_record
from anxin.engine.log.writer import LogWriter
from anxin.gateway.applied import AppliedOrders
from anxin.gateway.commits import Committer
from anxin.gateway.control import ControlRow
from anxin.gateway.control_feed import ControlPlace
from anxin.gateway.event_index import EventIndex
from anxin.gateway.holds import render_holds
from anxin.gateway.intake import Intake
from anxin.gateway.journal import JOURNAL, warn
from anxin.gateway.key_orders import PREFIX as KEY_ORDERS
from anxin.gateway.metrics import Counts
from anxin.gateway.policies import ABOUT_POLICIES, PUBLISH, roster_orders
from anxin.gateway.signature_orders import PREFIX as SIGNATURE_ORDERS
from anxin.gateway.snapshots import FORMAT, SnapshotHead, Snapshots, Write
from anxin.gateway.stored import StoredDecisions

FAULT = "control.fault"
# A thousand entities take about a millisecond; the pauses leave four fifths of the loop to events.
_CARRIED_AT_ONCE = 1000
_CARRY_PAUSE_SECONDS = 0.004
# While an order waits for it: events still get half of the loop.
_CARRY_HURRY_SECONDS = 0.001


@dataclass(frozen=True)
class Folders:
    """Where an organisation keeps what it has."""

    root: Path

    @property
    def log(self) -> Path:
        """The decision log's segments."""
        return self.root / "log"

    @property
    def index(self) -> Path:
        """The files from event id to sequence number."""
        return self.root / "index"

    @property
    def snapshots(self) -> Path:
        """The snapshots."""
        return self.root / "snapshots"


@dataclass
class State:
    """All that a replay of the log builds up, and a snapshot keeps.

    `follows_folder` is true until people publish a policy: so long the settings' policy folder rules.
    """

    engine: Engine
    ids: EventIds
    place: ControlPlace = field(default_factory=ControlPlace)
    follows_folder: bool = True

    def dump(self, write: Write) -> None:
        """Write engine and ids."""
        self.engine.dump(write)
        self.ids.dump(write)

    def digest(self) -> bytes:
        """Return a 32-byte digest: equal for equal states of engine, ids and control place."""
        hashed = hashlib.sha256(self.engine.digest() + self.place.seq.to_bytes(8, "little") + self.place.chain)
        self.ids.dump(hashed.update)
        return hashed.digest()


@dataclass(frozen=True)
class Surroundings:
    """What the organisations of one process share, and none of it holds their data."""

    loop: asyncio.AbstractEventLoop
    executor: Executor
    clock: Callable[[], int]
    max_waiting: int
    on_failed: Callable[[LogFailed], None]
    on_policies: Callable[[], None]
    obey_key_order: Callable[[str, ControlRecord], None]


class Organisation:
    """Everything of one organisation while the gateway runs; used on the event loop.

    `snapshot_seq` is the log position of the snapshot it was restored from, 0 without one.
    """

    def __init__(
        self,
        name: str,
        folders: Folders,
        ring: KeyRing,
        *,
        state: State,
        writer: LogWriter,
        index: EventIndex,
        counts: Counts,
        around: Surroundings,
    ) -> None:
        self.name = name
        self.folders = folders
        self.state = state
        self.engine = state.engine
        self.writer = writer
        self.index = index
        self.counts = counts
        self.clock = around.clock
        self.snapshot_seq = 0
        self._around = around
        self._applied = AppliedOrders(name, loop=around.loop)
        self._carrying: asyncio.TimerHandle | None = None
        self._is_carry_awaited = False
        self.snapshots = Snapshots(folders.snapshots, key=ring.derive(name, "snapshots", 32))
        reader = LogReader(folders.log, ring, organisation=name)
        self.stored = StoredDecisions(reader, writer, state.ids, index, loop=around.loop, executor=around.executor)
        self.committer = Committer(
            writer,
            loop=around.loop,
            on_durable=self._release,
            on_full=self._refuse_waiting,
            on_failed=around.on_failed,
        )
        self.intake = self._new_intake()

    def _new_intake(self) -> Intake:
        return Intake(
            self.state,
            self.writer,
            self.index,
            counts=self.counts,
            clock=self.clock,
            kick=self.committer.kick,
            read_answer=self.stored.answer_again,
            max_waiting=self._around.max_waiting,
        )

    def start(self) -> None:
        """Begin to commit, and mark the start in the log."""
        self.committer.start()
        self._mark("started")
        self._carry()

    def _carry(self) -> None:
        """Carry windows over to the policies at work, a little at a time between events."""
        if self._carrying is not None:
            self._carrying.cancel()
        is_left = self.engine.carry(_CARRIED_AT_ONCE)
        pause = _CARRY_HURRY_SECONDS if self._is_carry_awaited else _CARRY_PAUSE_SECONDS
        self._carrying = self._around.loop.call_later(pause, self._carry) if is_left else None

    def _mark(self, word: str) -> None:
        now = self.clock()
        self.writer.append(Kind.MARK, encode_record(MarkRecord(now, word, __version__)), now, is_last_word=True)
        self.committer.kick()

    def _release(self, durable_seq: int) -> None:
        self.intake.release(durable_seq)

    def _refuse_waiting(self) -> None:
        if self.intake.waiting:
            warn("disk_full", organisation=self.name, waiting=self.intake.waiting)
        self.intake.refuse_waiting()

    def prepare_control(self, row: ControlRow) -> None:
        """Do the slow part of a row ahead; runs beside the event loop.

        A fault goes to the journal only: `take_control` meets it again and says what becomes of the row.
        """
        if row.kind not in ABOUT_POLICIES:
            return
        facts: dict[str, object] = {"organisation": self.name, "control_seq": row.seq, "kind": row.kind}
        try:
            self.engine.foresee(_record_of(row))
        except EngineError as refusal:
            warn("control.unprepared", code=refusal.code, reason=refusal.sentence("en"), **facts)
        except Exception as fault:  # noqa: BLE001 the control feed's thread must live; the journal names the place
            facts |= {"code": "engine.fault", "reason": type(fault).__name__}
            JOURNAL.error("control.unprepared", exc_info=fault, extra={"facts": facts})

    def take_control(self, row: ControlRow) -> bool:
        """Take one row of the control stream into effect.

        Return False when it must come again: the disk is full, or windows are not yet carried over so far that
        policies can change once more without holding up events.
        """
        place = self.state.place
        if row.seq <= place.seq:
            return True
        if self.writer.is_full:
            return False
        self._is_carry_awaited = row.kind in ABOUT_POLICIES and self.engine.must_carry
        if self._is_carry_awaited:
            return False
        self._apply(_record_of(row))
        self.state.place = ControlPlace(row.seq, row.chain(place.chain))
        return True

    def order(self, kind: str, body: bytes) -> None:
        """Take an order of this program itself into effect, at the present place of the control stream."""
        self._apply(ControlRecord(self.state.place.seq, self.clock(), kind, body))

    def _apply(self, record: ControlRecord) -> None:
        """Apply and log; a refused record is logged too, with its mark, so that a replay passes it over."""
        outcome = self._outcome(record)
        if isinstance(outcome, Exception):
            self.counts.control_rejected += 1
            self._applied.tell()
            record = msgspec.structs.replace(record, refusal=self._tell_refusal(record, outcome))
        else:
            self.counts.control_applied += 1
            self._applied.add(record.kind, record.control_seq, outcome)
        self.writer.append(Kind.CONTROL, encode_record(record), self.clock(), is_last_word=True)
        self.committer.kick()
        if record.kind in ABOUT_POLICIES:
            self._around.on_policies()
            self._carry()

    def _tell_refusal(self, record: ControlRecord, why: Exception) -> str:
        """Say in the journal why a record had no effect; return the code."""
        facts = {"organisation": self.name, "control_seq": record.control_seq, "kind": record.kind}
        if isinstance(why, EngineError):
            warn("control.rejected", code=why.code, reason=why.sentence("en"), **facts)
            return why.code
        JOURNAL.error(FAULT, exc_info=why, extra={"facts": facts})
        return FAULT

    def _outcome(self, record: ControlRecord) -> list[str] | Exception:
        if record.kind.startswith(KEY_ORDERS):
            try:
                self._around.obey_key_order(self.name, record)
            except EngineError as refusal:
                return refusal
        return apply_control(self.state, record)

    def holds(self, kind: str, entity_id: str) -> bytes:
        """Return as JSON what is frozen or listed about an entity; a personal id is looked up by its token."""
        return render_holds(self.engine, kind, entity_id, now=self.clock())

    def snapshot_head(self) -> SnapshotHead:
        """Return the head of a snapshot of this moment."""
        state = self.state
        return SnapshotHead(
            format=FORMAT,
            program=__version__,
            organisation=self.name,
            seq=self.writer.last_seq,
            at=self.clock(),
            control_seq=state.place.seq,
            control_chain=state.place.chain,
            policies=roster_orders(self.engine.roster),
            follows_folder=state.follows_folder,
        )

    def stop(self) -> None:
        """Commit what is left, snapshot and let the log go; on a full disk without a snapshot."""
        self.intake.is_open = False
        if self._carrying is not None:
            self._carrying.cancel()
        self._applied.tell()
        self._mark("stopped")
        self.committer.stop()
        try:
            self.intake.release(self.writer.commit())
            self.snapshots.write(self.snapshot_head(), self.state.dump)
        except (DiskFull, OSError) as problem:
            warn("snapshot.failed", organisation=self.name, reason=type(problem).__name__)
            self.intake.refuse_waiting()
        try:
            self.writer.close()
        except DiskFull:
            warn("disk_full", organisation=self.name, unstored=self.writer.last_seq - self.writer.durable_seq)


def apply_control(state: State, record: ControlRecord) -> list[str] | Exception:
    """Apply a control record; return the engine's remarks, or why it had no effect: rows after it must not suffer.

    Orders about keys concern the key file, those about signatures the check worker, neither the state.
    """
    if record.kind.startswith((KEY_ORDERS, SIGNATURE_ORDERS)):
        return []
    try:
        remarks = state.engine.apply(record)
    except Exception as fault:  # noqa: BLE001 a refusal, or a fault that a replay meets again at the same place
        return fault
    if record.kind == PUBLISH and record.control_seq > state.place.seq:
        state.follows_folder = False
    return remarks


def _record_of(row: ControlRow) -> ControlRecord:
    return ControlRecord(row.seq, row.at, row.kind, row.body.encode())
