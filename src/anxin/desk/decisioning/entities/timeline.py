"""The story of one entity, newest first: what its events were, and what staff did about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from anxin.desk.decisioning.decisions.cursors import page_size, parse_cursor, render_cursor
from anxin.desk.decisioning.decisions.event_fields import EventField, fields_of
from anxin.desk.decisioning.decisions.models import Decision, DecisionEntity
from anxin.desk.decisioning.decisions.queries import DecisionLine, bodies_of, chosen_origins, lines_of, origins_of
from anxin.desk.decisioning.decisions.scope import Scope
from anxin.desk.decisioning.decisions.strands import Role, Strand, roles, strands
from anxin.desk.decisioning.entities.access import access_entity
from anxin.desk.foundation.audit.queries import AuditLine, list_object_entries
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import from_ms, to_ms
from anxin.engine.verdict import Verdict

_STRANDS = {strand.number: strand for strand in strands().values()}
_ROLES = {role.number: role for role in roles().values()}
_STAFF_LINES = 200
STAFF = strands()["staff"]
Place = tuple[int, int]
"""Where something stands: its time in ms, then its row; staff acts (by their number in the trail) before events."""


@dataclass(frozen=True)
class TimelineFilter:
    """What to show; empty fields do not narrow. `strands` are names of `strands.yaml`, times half-open."""

    strands: frozenset[str] = frozenset()
    least_verdict: Verdict = Verdict.ALLOW
    platform: str = ""
    business_line: str = ""
    region: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class TimelineItem:
    """One happening: an event with its decision (`line`, `role`, `fields`), or what staff did (`staff`).

    `is_erased` says that the event's fields were let go on request or after their retention.
    """

    at: datetime
    strand: Strand
    line: DecisionLine | None
    role: Role | None
    fields: tuple[EventField, ...]
    is_erased: bool
    staff: AuditLine | None


@dataclass(frozen=True)
class Timeline:
    """A page of the story; `cursor` goes on, None at its beginning."""

    items: tuple[TimelineItem, ...]
    cursor: str | None


def list_timeline(
    *,
    kind: str,
    key: str,
    by: Actor,
    chosen: TimelineFilter | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Timeline:
    """Return a page of an entity's story; raise Forbidden or NotFound."""
    found = access_entity(kind=kind, key=key, by=by)
    chosen, limit = chosen or TimelineFilter(), page_size(limit)
    before = _place(cursor)
    named = _named(found.row.pk, found.scope, chosen, before, limit + 1)
    staff = _staff(kind, key, by, chosen, before)
    places = sorted([*named, *staff], reverse=True)
    kept = places[:limit]
    items = _items(kept, named, staff, found.scope, by)
    return Timeline(items, render_cursor(*kept[-1]) if len(places) > limit else None)


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    at, row = parse_cursor(cursor, 2)
    return at, row


def _named(
    entity_id: int, scope: Scope, chosen: TimelineFilter, before: Place | None, limit: int
) -> dict[Place, DecisionEntity]:
    rows = DecisionEntity.objects.filter(entity_id=entity_id)
    if before is not None:
        rows = rows.filter(pk__lt=(entity_id, *before))
    if chosen.since is not None:
        rows = rows.filter(occurred_at__gte=to_ms(chosen.since))
    if chosen.until is not None:
        rows = rows.filter(occurred_at__lt=to_ms(chosen.until))
    if chosen.strands:
        rows = rows.filter(strand__in=[strands()[name].number for name in chosen.strands])
    if chosen.least_verdict is not Verdict.ALLOW:
        rows = rows.filter(verdict__gte=int(chosen.least_verdict))
    origins = chosen_origins(scope, chosen.platform, chosen.business_line, chosen.region)
    if origins is not None:
        rows = rows.filter(origin__in=origins)
    found = rows.order_by("-occurred_at", "-decision_id")[:limit]
    return {(row.occurred_at, row.decision_id): row for row in found}


def _staff(kind: str, key: str, by: Actor, chosen: TimelineFilter, before: Place | None) -> dict[Place, AuditLine]:
    if chosen.strands and STAFF.name not in chosen.strands:
        return {}
    lines = list_object_entries(kind, key, by=by, limit=_STAFF_LINES)
    found = {(to_ms(line.at), line.seq): line for line in lines}
    return {
        place: line
        for place, line in found.items()
        if (before is None or place < before)
        and (chosen.since is None or line.at >= chosen.since)
        and (chosen.until is None or line.at < chosen.until)
    }


def _items(
    places: Sequence[Place],
    named: dict[Place, DecisionEntity],
    staff: dict[Place, AuditLine],
    scope: Scope,
    by: Actor,
) -> tuple[TimelineItem, ...]:
    ids = [row for at, row in places if (at, row) in named]
    decisions = list(Decision.objects.filter(pk__in=ids))
    lines = {row.pk: line for row, line in zip(decisions, lines_of(decisions, origins_of(scope)), strict=True)}
    bodies = bodies_of(scope, ids)
    items = []
    for place in places:
        if place in staff:
            items.append(TimelineItem(from_ms(place[0]), STAFF, None, None, (), is_erased=False, staff=staff[place]))
            continue
        row, body = named[place], bodies.get(place[1])
        fields = fields_of(body.event, by=by) if body is not None else ()
        items.append(
            TimelineItem(
                from_ms(place[0]),
                _STRANDS[row.strand],
                lines.get(place[1]),
                _ROLES[row.role],
                fields,
                is_erased=body is None,
                staff=None,
            )
        )
    return tuple(items)
