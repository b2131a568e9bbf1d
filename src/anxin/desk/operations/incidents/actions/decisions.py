"""Make signals of what the gateway decided: whatever was held or worse, and every rule whose kind is an L1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet

from anxin.desk.decisioning.decisions.ids import ORIGIN_BITS, row_id, seq_of
from anxin.desk.decisioning.decisions.models import (
    ArrivalHour,
    Decision,
    DecisionEntity,
    Entity,
    Origin,
    Projection,
)
from anxin.desk.decisioning.decisions.projection.batch import HOUR_MS
from anxin.desk.decisioning.decisions.projection.tables import PROJECTION
from anxin.desk.decisioning.decisions.scope import covers
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.clock import from_ms, to_ms
from anxin.desk.foundation.edge.duties import one_by_one
from anxin.desk.foundation.edge.prepared import Prepared
from anxin.desk.foundation.organisations.models import Site
from anxin.desk.foundation.outbox.laid_aside import LONGEST_REST, lay_aside, list_due, rest_longer
from anxin.desk.foundation.outbox.models import LaidAside
from anxin.desk.operations.incidents.actions.signals import Named, NewSignal, promote
from anxin.desk.operations.incidents.kinds import kind_of_rules, marker_rules, shipped_kinds
from anxin.desk.operations.incidents.models import IntakeCursor
from anxin.engine.verdict import Verdict

BATCH = 200
READER = "incidents.decisions"
LOOK_BACK = timedelta(hours=1)
"""How far an organisation's first look goes back: older decisions are history, not alerts."""
_KNOWN = Prepared(
    lambda organisation_id: IntakeCursor.objects.filter(organisation_id=organisation_id).values_list("seq")
)
_ALERTING = Prepared(lambda low, high: _alerting_between(low, high).values_list("pk")[:1], using=PROJECTION)
"""Prepared, as both are asked five times a second, and nearly always there is nothing."""
_ACTOR, _RECIPIENT, _TARGET = 1, 2, 3


@dataclass(frozen=True)
class _Batch:
    """Decisions of one organisation with what belongs to them."""

    organisation_id: str
    projection_id: int
    rows: tuple[Decision, ...]
    sites: tuple[Site, ...]
    origins: Mapping[int, Origin]


def take_decisions(*, at: datetime, limit: int = BATCH) -> int:
    """Promote what was decided since the last look, organisation by organisation; return how many rows were read."""
    current = {each.organisation_id: each for each in Projection.objects.filter(is_current=True)}
    done = one_by_one(current, lambda each: _take(current[each], at, limit), at=at)
    return done + _take_again(current, at)


def _take(projection: Projection, at: datetime, limit: int) -> int:
    known = _known_seq(projection.organisation_id)
    since = known if known is not None else _first_seq(projection, at)
    if known is not None and not _is_worth_a_look(projection, since):
        return 0
    rows = tuple(_alerting(projection, since)[:limit])
    batch = _batch(projection, rows)
    of = {_name(projection, seq_of(row.pk)): row for row in rows}
    one_by_one(of, lambda each: _promote_or_lay_aside(batch, of[each], at), at=at)
    seq = seq_of(rows[-1].pk) if len(rows) == limit else max(since, projection.position)
    IntakeCursor.objects.update_or_create(organisation_id=projection.organisation_id, defaults={"seq": seq})
    return len(rows)


def _name(projection: Projection, seq: int) -> tuple[str, str, int]:
    return READER, projection.organisation_id, seq


def _promote_or_lay_aside(batch: _Batch, row: Decision, at: datetime) -> int:
    """Promote a decision; one that cannot be is tried again by itself, and the later ones are not kept waiting."""
    try:
        _promote(batch, row, at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:
        name = (READER, batch.organisation_id, seq_of(row.pk))
        lay_aside(name, object_id="", kind="decision", fault=fault, at=at)
        raise
    return 1


def _take_again(current: Mapping[str, Projection], at: datetime) -> int:
    """Try again what was laid aside and is due; return how many were promoted."""
    laid = [each for each in list_due(READER, at=at) if each.organisation_id in current]
    names = {_name(current[each.organisation_id], each.seq): each for each in laid}
    return one_by_one(
        names, lambda each: _promote_again_or_rest(current[each[1]], names[each], at), at=at, longest=LONGEST_REST
    )


def _promote_again_or_rest(projection: Projection, laid: LaidAside, at: datetime) -> int:
    try:
        return _promote_again(projection, laid, at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:
        rest_longer(laid, fault, at=at, is_in_order=False)
        raise


def _promote_again(projection: Projection, laid: LaidAside, at: datetime) -> int:
    row = Decision.objects.filter(pk=row_id(projection.pk, laid.seq)).first()
    if row is not None:
        _promote(_batch(projection, (row,)), row, at)
    laid.delete()
    return 1


def _known_seq(organisation_id: str) -> int | None:
    return next((int(seq) for (seq,) in _KNOWN.values(organisation_id)), None)


def _is_worth_a_look(projection: Projection, since: int) -> bool:
    """Return False when nothing alerts, and so little is new that looking again costs less than noting the place."""
    if projection.position - since >= BATCH:
        return True
    return _ALERTING.is_any(*_between(projection, since))


def _between(projection: Projection, since: int) -> tuple[int, int]:
    return row_id(projection.pk, since), row_id(projection.pk, projection.position)


def _first_seq(projection: Projection, at: datetime) -> int:
    hour = to_ms(at - LOOK_BACK) // HOUR_MS
    found = ArrivalHour.objects.filter(projection_id=projection.pk, hour__gte=hour).order_by("hour").first()
    return seq_of(found.first_id) - 1 if found is not None else projection.position


def _alerting(projection: Projection, since: int) -> QuerySet[Decision]:
    return _alerting_between(*_between(projection, since)).order_by("id")


def _alerting_between(low: int, high: int) -> QuerySet[Decision]:
    return Decision.objects.filter(id__gt=low, id__lte=high, verdict__gte=int(Verdict.REVIEW)).exclude(rules="")


def _batch(projection: Projection, rows: tuple[Decision, ...]) -> _Batch:
    if not rows:
        return _Batch(projection.organisation_id, projection.pk, (), (), {})
    mask = (1 << ORIGIN_BITS) - 1
    sites = Site.objects.filter(organisation_id=projection.organisation_id, closed_at=None)
    origins = {each.pk & mask: each for each in Origin.objects.filter(projection_id=projection.pk)}
    return _Batch(projection.organisation_id, projection.pk, rows, tuple(sites), origins)


def _promote(batch: _Batch, row: Decision, at: datetime) -> None:
    rules = tuple(row.rules.split())
    kind = shipped_kinds()[kind_of_rules(rules)]
    if row.verdict < int(Verdict.HOLD) and kind.level > 1:
        return
    site_id = _site_of(batch, row)
    signal = NewSignal(
        source="decision",
        source_ref=str(seq_of(row.pk)),
        kind=kind.code,
        dedup_key=f"{kind.code}:{rules[0]}:{site_id}"[:160],
        received_at=from_ms(row.received_at),
        occurred_at=from_ms(row.occurred_at),
        entities=_entities(row, kind.subject),
        suggested_level=_level(row, kind.level),
        markers=tuple(sorted({marker_rules()[each] for each in rules if each in marker_rules()})),
        amount_minor=row.amount_minor or 0,
        currency=row.currency if row.amount_minor else "",
        site_id=site_id,
    )
    promote(signal, by=system_actor(batch.organisation_id, "decisions"), at=at)


def _level(row: Decision, level: int) -> int:
    """Return the rule's level; what the gateway blocked has stopped already, unless its kind is an L1 all the same."""
    return 3 if row.verdict == int(Verdict.BLOCK) and level > 1 else level


def _site_of(batch: _Batch, row: Decision) -> str:
    """Return the narrowest site that the event's origin belongs to, "" when none does."""
    origin = batch.origins.get(row.origin)
    if origin is None:
        return ""
    able = [each for each in batch.sites if covers(each, origin)]
    return min(able, key=_breadth).id if able else ""


def _breadth(site: Site) -> int:
    return [site.platform, site.business_line, site.region].count("*")


def _entities(row: Decision, subject: str) -> tuple[Named, ...]:
    roles = dict(DecisionEntity.objects.filter(decision_id=row.pk).values_list("entity_id", "role"))
    found = Entity.objects.filter(pk__in=list(roles)).order_by("id").values_list("id", "kind", "key")
    return tuple(Named(_role(kind, roles[pk], subject), kind, key) for pk, kind, key in found)


def _role(kind: str, role: int, subject: str) -> str:
    if kind != "user":
        return "thing"
    if role == _ACTOR:
        return subject
    if role in (_RECIPIENT, _TARGET):
        return "victim" if subject == "suspect" else "suspect"
    return "thing"
