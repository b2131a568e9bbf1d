"""One batch: what its decisions add to the tables, folded in memory in the order of the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from anxin.desk.decisioning.decisions.ids import entity_id, event_hash, row_id
from anxin.desk.decisioning.decisions.projection.entity_states import EntityBook, EntityState, new_state
from anxin.desk.decisioning.decisions.projection.links import LinkBook, Pair, pair_of
from anxin.desk.decisioning.decisions.projection.occasions import LABEL, label_row, occasions_of
from anxin.desk.decisioning.decisions.projection.origins import OriginBook
from anxin.desk.decisioning.decisions.projection.reading import ACTOR, TARGET, Named, ReadDecision
from anxin.desk.decisioning.decisions.projection.tables import Row
from anxin.desk.decisioning.decisions.risk import encode_reasons, fold, has_changed
from anxin.desk.decisioning.decisions.strands import unlinked_kinds
from anxin.engine.verdict import Verdict

HOUR_MS = 3_600_000
_WHEREABOUTS = frozenset({"device", "ip", "card", "phone", "email"})
"""Kinds that are where the event came from, whoever acted."""


@dataclass
class Books:
    """What a projector remembers between batches."""

    projection_id: int
    entities: EntityBook
    links: LinkBook
    origins: OriginBook
    last_hour: int


@dataclass
class Batch:
    """Rows to be written, by table; `touched` are the entities to be written as they stand at the end."""

    books: Books
    decisions: list[Row] = field(default_factory=list)
    rules: list[Row] = field(default_factory=list)
    named: list[Row] = field(default_factory=list)
    points: list[Row] = field(default_factory=list)
    labels: list[Row] = field(default_factory=list)
    hours: list[Row] = field(default_factory=list)
    touched: dict[int, EntityState] = field(default_factory=dict)
    displays: list[tuple[EntityState, str, ReadDecision]] = field(default_factory=list)

    def prepare(self, read: list[ReadDecision]) -> None:
        """Bring entities and links of all decisions into memory."""
        books = self.books
        books.entities.load(named.entity for each in read for named in each.names)
        books.links.load(pair for each in read for pair in self._pairs(each))

    def add(self, each: ReadDecision, *, labelled_id: int | None) -> None:
        """Fold one decision; `labelled_id` is the decision its label is about."""
        books = self.books
        row = row_id(books.projection_id, each.seq)
        origin = books.origins.number(each.origin)
        self._add_decision(each, row, origin)
        states = [self._state(each, place, named) for place, named in enumerate(each.names)]
        strand, verdict, place = each.shape.strand, int(each.verdict), _place(each.event)
        for named, state in zip(each.names, states, strict=True):
            self.touched[state.id] = state
            state.see_origin(origin)
            if named.role == ACTOR or state.kind in _WHEREABOUTS:
                _remember(each.event, place, state)
            self._see(each, named, state)
            self.named.append((state.id, each.occurred_at, row, named.role, strand, verdict, origin))
        self._meet(each, states)
        if each.shape.strand == LABEL:
            self.labels.append(label_row(each, row, labelled_id))

    def _add_decision(self, each: ReadDecision, row: int, origin: int) -> None:
        record, event = each.record, each.event
        self.decisions.append(
            (
                row,
                record.event_id,
                event_hash(record.event_id),
                record.event_type,
                each.occurred_at,
                record.received_at,
                int(each.verdict),
                each.score,
                origin,
                (event and event.terminal) or "",
                record.policy,
                record.model or "",
                record.control_seq,
                each.amount_minor,
                (event and event.currency) or "",
                " ".join(each.rules),
                " ".join(each.flags),
            )
        )
        for rule in dict.fromkeys(each.rules):
            self.rules.append((self.books.projection_id, rule, row))
        hour = record.received_at // HOUR_MS
        if hour > self.books.last_hour:
            self.books.last_hour = hour
            self.hours.append((self.books.projection_id, hour, row))

    def _state(self, each: ReadDecision, place: int, named: Named) -> EntityState:
        entities = self.books.entities
        state = entities.find(named.entity)
        if state is None:
            number = entity_id(self.books.projection_id, each.seq, place)
            state = new_state(number, self.books.projection_id, named.entity, at=each.occurred_at, seq=each.seq)
            entities.add(state)
            if named.clear is not None:
                self.displays.append((state, named.clear, each))
        return state

    def _see(self, each: ReadDecision, named: Named, state: EntityState) -> None:
        at = each.occurred_at
        state.events += 1
        state.last_seq = each.seq
        if at > state.last_at:
            state.last_at = at
        elif at < state.first_at:
            state.first_at = at
        if each.verdict is not Verdict.ALLOW:
            state.count_verdict(each.verdict)
        if each.shape.meaning and each.amount_minor and named.role != TARGET:
            state.add_money(each.event.currency or "", each.shape.meaning, each.amount_minor)
        if each.shape.is_accusation and named.role == TARGET:
            state.reports += 1
        if each.verdict is not Verdict.ALLOW or each.shape.is_accusation or each.shape.strand == LABEL:
            self._weigh(each, named, state)

    def _weigh(self, each: ReadDecision, named: Named, state: EntityState) -> None:
        for occasion in occasions_of(each, named, state):
            before, state.risk = state.risk, fold(state.risk, occasion)
            if has_changed(before, state.risk):
                risk = state.risk
                point = (state.id, each.seq, risk.at, int(risk.level), risk.score, encode_reasons(risk.reasons))
                if self.points and self.points[-1][:2] == point[:2]:
                    self.points.pop()
                self.points.append(point)

    def _meet(self, each: ReadDecision, states: list[EntityState]) -> None:
        linked = [state for state in states if state.kind not in unlinked_kinds()]
        for other in linked[1:]:
            self.books.links.meet(linked[0], other, each.occurred_at)

    def _pairs(self, each: ReadDecision) -> list[Pair]:
        find = self.books.entities.find
        linked = [named.entity for named in each.names if named.entity[0] not in unlinked_kinds()]
        states = [state for name in linked if (state := find(name)) is not None]
        first = find(linked[0]) if linked else None
        return [pair_of(first, other) for other in states if other is not first] if first is not None else []


def _place(event: Any) -> str:
    """Return country, province and city of the address an event came from."""
    if event is None:
        return ""
    return " ".join(part for part in (event.ip_country, event.ip_province, event.ip_city) if part)


def _remember(event: Any, place: str, state: EntityState) -> None:
    if event.platform:
        state.platform = event.platform
    if event.terminal:
        state.terminal = event.terminal
    if place:
        state.place = place
