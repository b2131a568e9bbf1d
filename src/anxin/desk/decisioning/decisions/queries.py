"""Reads of decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from anxin.desk.decisioning.decisions.cursors import page_size, parse_cursor, render_cursor
from anxin.desk.decisioning.decisions.ids import ORIGIN_BITS, event_hash, seq_of
from anxin.desk.decisioning.decisions.models import (
    ArrivalHour,
    Decision,
    DecisionLabel,
    DecisionRule,
    Origin,
    Projection,
    SealedRecord,
)
from anxin.desk.decisioning.decisions.projection.batch import HOUR_MS
from anxin.desk.decisioning.decisions.scope import Scope, find_scope
from anxin.desk.decisioning.decisions.sealed_body import SealedBody, open_bodies
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import from_ms, to_ms
from anxin.desk.foundation.permissions.authority import require
from anxin.engine.verdict import Verdict

SCANNED = 20_000
"""Rows looked at for one page before it ends early: a rare filter then goes on by its cursor."""


@dataclass(frozen=True)
class DecisionLine:
    """One decision in a list. `rules` fired, strongest first; `origin` is platform, line and region as they came."""

    seq: int
    event_id: str
    event_type: str
    occurred_at: datetime
    received_at: datetime
    verdict: str
    score: float
    platform: str
    business_line: str
    region: str
    terminal: str
    policy: str
    amount_minor: int | None
    currency: str
    rules: tuple[str, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class DecisionFilter:
    """What to show; empty fields do not narrow. Times are those of arrival, half-open."""

    verdicts: frozenset[str] = frozenset()
    event_type: str = ""
    rule: str = ""
    policy: str = ""
    least_score: float = 0.0
    is_degraded: bool = False
    platform: str = ""
    business_line: str = ""
    region: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class DecisionPage:
    """Decisions, newest first. `cursor` goes on, None at the end; a page may be short while it still goes on."""

    lines: tuple[DecisionLine, ...]
    cursor: str | None


@dataclass(frozen=True)
class LabelLine:
    """What became known later about a decision; `is_fraud` None when the label does not say."""

    label: str
    source: str
    is_fraud: bool | None
    at: datetime


@dataclass(frozen=True)
class ProjectionState:
    """How far the projection is: `position` in the log, what retention had dropped before, and what stops it."""

    position: int
    missing_until: int
    fault: str
    fault_at: datetime | None


def list_decisions(chosen: DecisionFilter, *, by: Actor, cursor: str | None = None, limit: int = 50) -> DecisionPage:
    """Return a page of decisions; needs `decision.view`, shows the actor's sites only."""
    require(by, "decision.view")
    before = parse_cursor(cursor, 1)[0] if cursor is not None else None
    scope = find_scope(by)
    if scope is None:
        return DecisionPage((), None)
    limit = page_size(limit)
    low, high = _range(chosen, scope)
    origins = origins_of(scope)
    scope = replace(scope, origins=chosen_origins(scope, chosen.platform, chosen.business_line, chosen.region))
    if before is not None:
        high = min(high, before)
    border = _border(chosen, scope, low, high)
    rows = list(_fitting(chosen, scope, low if border is None else border, high)[: limit + 1])
    lines = lines_of(rows[:limit], origins)
    if len(rows) > limit:
        return DecisionPage(lines, render_cursor(rows[limit - 1].pk))
    return DecisionPage(lines, render_cursor(border) if border is not None else None)


def find_decision_row(scope: Scope, *, event_id: str = "", seq: int = 0) -> Decision | None:
    """Return the row of an event id or of a place in the log, None when it is not there or not in scope."""
    start, end = scope.rows
    rows = Decision.objects.filter(id__gte=start, id__lt=end)
    wanted = {"event_hash": event_hash(event_id), "event_id": event_id} if event_id else {"id": start + seq}
    # An id may be decided again a day later: the newest is meant.
    found = rows.filter(**wanted).order_by("-id").first()
    return found if found is not None and scope.sees(found.origin) else None


def lines_of(rows: Iterable[Decision], origins: Mapping[int, Origin]) -> tuple[DecisionLine, ...]:
    """Return rows as lines."""
    return tuple(_line(row, origins) for row in rows)


def origins_of(scope: Scope) -> Mapping[int, Origin]:
    """Return the projection's origins by number."""
    mask = (1 << ORIGIN_BITS) - 1
    return {origin.pk & mask: origin for origin in Origin.objects.filter(projection_id=scope.projection_id)}


def chosen_origins(scope: Scope, platform: str, business_line: str, region: str) -> frozenset[int] | None:
    """Return the origins that a filter leaves of a scope; None when nothing bounds them."""
    if not (platform or business_line or region):
        return scope.origins
    return frozenset(
        number
        for number, origin in origins_of(scope).items()
        if platform in ("", origin.platform)
        and business_line in ("", origin.business_line)
        and region in ("", origin.region, origin.legal_region)
        and scope.sees(number)
    )


def bodies_of(scope: Scope, ids: Iterable[int]) -> dict[int, SealedBody | None]:
    """Return opened bodies by decision id; None where erased, absent where retention ended."""
    rows = SealedRecord.objects.filter(decision_id__in=list(ids)).values_list("decision_id", "sealed")
    return open_bodies(scope.organisation_id, {row: bytes(sealed) for row, sealed in rows})


def labels_of(decision_id: int) -> tuple[LabelLine, ...]:
    """Return the labels of a decision, oldest first."""
    rows = DecisionLabel.objects.filter(decision_id=decision_id).order_by("id")
    return tuple(LabelLine(row.label, row.source, row.is_fraud, from_ms(row.at)) for row in rows)


def find_projection_state(organisation_id: str) -> ProjectionState | None:
    """Return how far an organisation's projection is, None before it began."""
    row = Projection.objects.filter(organisation_id=organisation_id, is_current=True).first()
    if row is None:
        return None
    fault_at = from_ms(row.fault_at) if row.fault_at is not None else None
    return ProjectionState(row.position, row.missing_until, row.fault, fault_at)


def _range(chosen: DecisionFilter, scope: Scope) -> tuple[int, int]:
    low, high = scope.rows
    hours = ArrivalHour.objects.filter(projection_id=scope.projection_id)
    if chosen.since is not None:
        row = hours.filter(hour__lte=to_ms(chosen.since) // HOUR_MS).order_by("-hour").first()
        low = row.first_id if row is not None else low
    if chosen.until is not None:
        row = hours.filter(hour__gt=to_ms(chosen.until) // HOUR_MS).order_by("hour").first()
        high = row.first_id if row is not None else high
    return low, high


def _border(chosen: DecisionFilter, scope: Scope, low: int, high: int) -> int | None:
    """Return the id down to which one page looks, None when it may look at all there are."""
    if chosen.rule:
        named = _named(chosen, scope, low, high).order_by("-decision_id").values_list("decision_id", flat=True)
        return next(iter(named[SCANNED : SCANNED + 1]), None)
    is_selective = chosen.policy or chosen.least_score or chosen.is_degraded or scope.origins is not None
    if not is_selective and not (chosen.verdicts and chosen.event_type):
        return None
    rows = _indexed(chosen, Decision.objects.filter(id__gte=low, id__lt=high)).order_by("-id")
    return next(iter(rows.values_list("id", flat=True)[SCANNED : SCANNED + 1]), None)


def _named(chosen: DecisionFilter, scope: Scope, low: int, high: int) -> QuerySet[DecisionRule]:
    return DecisionRule.objects.filter(
        projection_id=scope.projection_id, rule=chosen.rule, decision_id__gte=low, decision_id__lt=high
    )


def _indexed(chosen: DecisionFilter, rows: QuerySet[Decision]) -> QuerySet[Decision]:
    """Narrow by the more telling of the two columns that have an index."""
    if chosen.verdicts:
        return rows.filter(verdict__in=[int(Verdict.from_word(word)) for word in chosen.verdicts])
    return rows.filter(event_type=chosen.event_type) if chosen.event_type else rows


def _fitting(chosen: DecisionFilter, scope: Scope, low: int, high: int) -> QuerySet[Decision]:
    rows = _indexed(chosen, Decision.objects.filter(id__gte=low, id__lt=high))
    if chosen.rule:
        rows = rows.filter(id__in=_named(chosen, scope, low, high).values("decision_id"))
    if chosen.event_type:
        rows = rows.filter(event_type=chosen.event_type)
    if chosen.policy:
        rows = rows.filter(policy=chosen.policy)
    if chosen.least_score:
        rows = rows.filter(score__gte=chosen.least_score)
    if chosen.is_degraded:
        rows = rows.filter(flags__contains="without:")
    if scope.origins is not None:
        rows = rows.filter(origin__in=scope.origins)
    if chosen.since is not None:
        rows = rows.filter(received_at__gte=to_ms(chosen.since))
    if chosen.until is not None:
        rows = rows.filter(received_at__lt=to_ms(chosen.until))
    return rows.order_by("-id")


def _line(row: Decision, origins: Mapping[int, Origin]) -> DecisionLine:
    origin = origins.get(row.origin)
    return DecisionLine(
        seq=seq_of(row.pk),
        event_id=row.event_id,
        event_type=row.event_type,
        occurred_at=from_ms(row.occurred_at),
        received_at=from_ms(row.received_at),
        verdict=Verdict(row.verdict).word,
        score=row.score,
        platform=origin.platform if origin else "",
        business_line=origin.business_line if origin else "",
        region=origin.region if origin else "",
        terminal=row.terminal,
        policy=row.policy,
        amount_minor=row.amount_minor,
        currency=row.currency,
        rules=tuple(row.rules.split()),
        flags=tuple(row.flags.split()),
    )
