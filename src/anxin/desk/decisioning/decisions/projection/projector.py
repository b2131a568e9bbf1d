"""Fold one organisation's log into the database: in batches, each with its position in one short transaction."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import Max

from anxin.desk.decisioning.decisions.ids import event_hash, row_id, row_range
from anxin.desk.decisioning.decisions.keys import EntityKeys, log_folder
from anxin.desk.decisioning.decisions.models import ArrivalHour, Decision, LogNote, Projection, PublishedPolicy
from anxin.desk.decisioning.decisions.policies_then import files_of
from anxin.desk.decisioning.decisions.projection.batch import Batch, Books
from anxin.desk.decisioning.decisions.projection.controls import OtherRecords, Statement
from anxin.desk.decisioning.decisions.projection.entity_states import EntityBook
from anxin.desk.decisioning.decisions.projection.errors import LogWentBack, ProjectionMoved
from anxin.desk.decisioning.decisions.projection.links import LinkBook
from anxin.desk.decisioning.decisions.projection.occasions import labelled_event_id
from anxin.desk.decisioning.decisions.projection.origins import OriginBook
from anxin.desk.decisioning.decisions.projection.reading import EventReader, ReadDecision
from anxin.desk.decisioning.decisions.projection.sealing import SealedRows, sealed_rows
from anxin.desk.decisioning.decisions.projection.tables import PROJECTION, prepare_connection
from anxin.desk.decisioning.decisions.projection.writing import write_batch
from anxin.desk.foundation.vault.bulk import current_seal_key
from anxin.engine.log.errors import RecordUnknown
from anxin.engine.log.folder import list_segments
from anxin.engine.log.keys import KeyRing
from anxin.engine.log.reader import Entry, LogReader
from anxin.engine.log.records import DecisionRecord, decode_record

JOURNAL = logging.getLogger("anxin.desk.projection")
BATCH = 512
"""Records a transaction: it then takes some 30 ms, so that nobody waits for it."""


@dataclass(frozen=True)
class Source:
    """Whose log: `slug` is the organisation's name in the gateway."""

    organisation_id: str
    slug: str


@dataclass
class _Memory:
    """All that is forgotten and read again after a failure."""

    position: int
    epoch: int
    books: Books
    reader: EventReader
    others: OtherRecords
    entries: Iterator[Entry] | None = None


class Projector:
    """Projects one log into one projection; one at a time does so, a second one is refused at its first write.

    `position` is the last sequence number projected, as far as this projector knows.
    """

    def __init__(self, source: Source, ring: KeyRing, *, projection_id: int) -> None:
        self.source = source
        self.projection_id = projection_id
        self._keys = EntityKeys(ring, source.slug)
        self._log = LogReader(log_folder(source.slug), ring, organisation=source.slug)
        self._memory: _Memory | None = None
        self.position = 0

    def step(self, *, at: datetime) -> int:
        """Project up to one batch of records and return how many; 0 when there is nothing new.

        Raise LogWentBack, LogDamaged or a database error: nothing is half done then, and the next step begins again
        from what is stored.
        """
        memory, self._memory = self._memory or self._remember(), None
        self.position = memory.position
        entries = self._next_entries(memory)
        if entries:
            with _without_collector():
                self._project(memory, entries, at)
        self._memory, self.position = memory, memory.position
        return len(entries)

    def last_logged(self) -> int:
        """Return the last sequence number of the log; reads its last segment once."""
        segments = list_segments(log_folder(self.source.slug))
        if not segments:
            return 0
        first = segments[-1].first_seq
        return first - 1 + sum(1 for _ in self._log.records(first))

    def _remember(self) -> _Memory:
        prepare_connection()
        row = Projection.objects.get(pk=self.projection_id)
        start, end = row_range(self.projection_id)
        last_hour = ArrivalHour.objects.filter(projection_id=row.pk).aggregate(last=Max("hour"))["last"]
        books = Books(row.pk, EntityBook(row.pk), LinkBook(), OriginBook(row.pk), last_hour or 0)
        reader = EventReader(self._keys)
        for published in PublishedPolicy.objects.filter(id__gte=start, id__lt=end).exclude(role="withdrawn"):
            reader.extend(files_of(published).get("events.yaml", ""))
        memory = _Memory(
            row.position, row.epoch, books, reader, OtherRecords(row.pk, self.source.organisation_id, reader.extend)
        )
        self._check_place(row)
        return memory

    def _check_place(self, row: Projection) -> None:
        """Make sure that the log still holds the record that was projected last."""
        if row.position == 0 or row.position < self._log.first_seq():
            return
        try:
            kind, payload = self._log.read(row.position)
        except RecordUnknown:
            raise LogWentBack(position=row.position) from None
        if digest_of(kind, payload) != bytes(row.tip):
            raise LogWentBack(position=row.position)

    def _next_entries(self, memory: _Memory) -> list[Entry]:
        if memory.entries is None:
            first = self._log.first_seq()
            if first > memory.position + 1:
                self._tell_gap(memory, first)
            memory.entries = self._log.records(memory.position + 1)
        found = list(islice(memory.entries, BATCH))
        if len(found) < BATCH:
            memory.entries = None
        return found

    def _tell_gap(self, memory: _Memory, first: int) -> None:
        """Say loudly that retention dropped records before they were projected, and go on after them."""
        JOURNAL.error(
            "projection.gap organisation=%s from=%d until=%d", self.source.slug, memory.position + 1, first - 1
        )
        note = LogNote(
            id=row_id(self.projection_id, first - 1),
            projection_id=self.projection_id,
            kind="gap",
            at=0,
            code="projection.gap",
            detail=f"{memory.position + 1}-{first - 1}",
        )
        with transaction.atomic(using=PROJECTION):
            moved = Projection.objects.filter(pk=self.projection_id, position=memory.position, epoch=memory.epoch)
            if not moved.update(position=first - 1, missing_until=first - 1):
                raise ProjectionMoved
            note.save(force_insert=True)
        memory.position = first - 1

    def _project(self, memory: _Memory, entries: list[Entry], at: datetime) -> None:
        organisation_id = self.source.organisation_id
        read: list[ReadDecision] = []
        statements: list[Statement] = []
        own_key = current_seal_key(organisation_id, at=at)
        for seq, kind, payload in entries:
            record = decode_record(kind, payload)
            if isinstance(record, DecisionRecord):
                read.append(memory.reader.read(seq, record))
            else:
                statements += memory.others.statements(seq, record, own_key)
        batch = Batch(memory.books)
        batch.prepare(read)
        labelled = self._labelled(read)
        for each in read:
            batch.add(each, labelled_id=labelled.get(labelled_event_id(each) or ""))
        sealed = sealed_rows(batch, read, self._keys, organisation_id=organisation_id, own_key=own_key, at=at)
        self._write(memory, batch, sealed, statements, entries[-1])

    def _write(
        self, memory: _Memory, batch: Batch, sealed: SealedRows, statements: list[Statement], last: Entry
    ) -> None:
        seq, kind, payload = last
        changes: dict[str, object] = {"position": seq, "tip": digest_of(kind, payload)}
        with transaction.atomic(using=PROJECTION):
            where = Projection.objects.filter(pk=self.projection_id, position=memory.position, epoch=memory.epoch)
            if not where.update(**changes):
                raise ProjectionMoved
            write_batch(batch, sealed, statements)
        memory.position = seq
        memory.books.links.written()
        memory.books.origins.fresh = []
        for state in batch.touched.values():
            state.is_new = False

    def _labelled(self, read: list[ReadDecision]) -> Mapping[str, int]:
        """Return the ids of the decisions that labels of this batch are about, by event id."""
        wanted = {event_id for each in read if (event_id := labelled_event_id(each))}
        if not wanted:
            return {}
        start, end = row_range(self.projection_id)
        rows = Decision.objects.filter(event_hash__in=[event_hash(each) for each in wanted], id__gte=start, id__lt=end)
        found = {event_id: row for row, event_id in rows.values_list("id", "event_id")}
        here = {each.record.event_id: row_id(self.projection_id, each.seq) for each in read}
        return found | {event_id: row for event_id, row in here.items() if event_id in wanted}


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Spare a batch the garbage collector: it would walk all remembered entities again and again, and find nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def digest_of(kind: int, payload: bytes) -> bytes:
    """Return the digest by which the record at the position is known again."""
    return hashlib.blake2b(bytes([kind]) + payload, digest_size=16).digest()
