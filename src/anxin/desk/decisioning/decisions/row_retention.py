"""Let go of decisions older than their retention, and of entities that were not named since, a piece at a time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from anxin.desk.decisioning.decisions.ids import entity_id, entity_range, row_id, row_range, seq_of
from anxin.desk.decisioning.decisions.models import (
    ArrivalHour,
    Decision,
    DecisionEntity,
    DecisionLabel,
    DecisionRule,
    Entity,
    EntityLink,
    Projection,
    RiskPoint,
    SealedRecord,
)
from anxin.desk.decisioning.decisions.projection.batch import HOUR_MS
from anxin.desk.decisioning.decisions.projection.tables import PROJECTION
from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.edge.duties import one_by_one
from anxin.desk.foundation.privacy.purposes import retention_rules

RULE = "decisions"
ENTITIES = 300
DECISIONS = 1_000
_MOST_HELD = 10_000


def let_go_decisions(at: datetime) -> int:
    """Delete a piece of what is older than its retention, of each organisation; return how many rows went or were seen.

    What a legal hold keeps sealed stays with its decision. First the entities' timelines, then the decisions.
    """
    days = retention_rules()[RULE].days
    if not days:
        return 0
    before = at - timedelta(days=days)
    current = {each.organisation_id: each for each in Projection.objects.filter(is_current=True)}
    return one_by_one(current, lambda each: _let_go(current[each], before, at), at=at)


def _let_go(projection: Projection, before: datetime, at: datetime) -> int:
    border = projection.clearing_until or _begin(projection, before, at)
    if not border:
        return 0
    held = list(_sealed(projection, border).values_list("decision_id", flat=True)[: _MOST_HELD + 1])
    if len(held) > _MOST_HELD:
        # The bodies' own retention is behind; it comes first.
        return 0
    with transaction.atomic(using=PROJECTION):
        return _clear_entities(projection, border, held) or _clear_decisions(projection, border)


def _begin(projection: Projection, before: datetime, at: datetime) -> int:
    """Return up to which decision a new round goes, 0 when nothing is old enough; noted in the trail."""
    hours = ArrivalHour.objects.filter(projection_id=projection.pk, hour__gte=to_ms(before) // HOUR_MS)
    border = hours.order_by("hour").values_list("first_id", flat=True).first()
    border = border or row_id(projection.pk, projection.position) + 1
    count = _old(projection, border).count()
    if not count:
        return 0
    with transaction.atomic():
        by = system_actor(projection.organisation_id, "retention")
        details: dict[str, str | int | bool | None] = {"rule": RULE, "n": count, "model": Decision._meta.label}
        record_entry("data.retain", by=by, at=at, on=("retention", RULE), details=details)
    projection.clearing_until, projection.cleared_entity = border, entity_range(projection.pk)[0]
    projection.save(update_fields=("clearing_until", "cleared_entity"))
    return border


def _clear_entities(projection: Projection, border: int, held: list[int]) -> int:
    """Clear the timelines of the next entities that were there before the border; return how many entities."""
    last = seq_of(border)
    end = entity_id(projection.pk, last, 0)
    rows = Entity.objects.filter(pk__gte=projection.cleared_entity, pk__lt=end).order_by("pk")
    found = list(rows.values_list("pk", "last_seq")[:ENTITIES])
    if not found:
        return 0
    ids = [each for each, _ in found]
    DecisionEntity.objects.filter(entity_id__in=ids, decision_id__lt=border).exclude(decision_id__in=held).delete()
    RiskPoint.objects.filter(entity_id__in=ids, seq__lt=last).delete()
    kept = set(DecisionEntity.objects.filter(entity_id__in=ids).values_list("entity_id", flat=True).distinct())
    _forget(projection, [each for each, last_seq in found if last_seq < last and each not in kept])
    Projection.objects.filter(pk=projection.pk).update(cleared_entity=ids[-1] + 1)
    return len(ids)


def _forget(projection: Projection, gone: list[int]) -> None:
    """Delete entities that nobody named since, with their links; who projects reads its entities again."""
    if not gone:
        return
    links = EntityLink.objects.filter(Q(entity_id__in=gone) | Q(other_id__in=gone))
    ends = Counter(end for pair in links.values_list("entity_id", "other_id") for end in pair)
    links.delete()
    for end, count in ends.items():
        Entity.objects.filter(pk=end).exclude(pk__in=gone).update(links=F("links") - count)
    RiskPoint.objects.filter(entity_id__in=gone).delete()
    Entity.objects.filter(pk__in=gone).delete()
    Projection.objects.filter(pk=projection.pk).update(epoch=F("epoch") + 1)


def _clear_decisions(projection: Projection, border: int) -> int:
    """Delete the next decisions before the border with their rules and labels; the round ends when none is left."""
    rows = list(_old(projection, border).order_by("pk").values_list("pk", "rules")[:DECISIONS])
    ids = [row for row, _ in rows]
    if ids:
        rules = {rule for _, words in rows for rule in words.split()}
        DecisionRule.objects.filter(projection_id=projection.pk, rule__in=rules, decision_id__in=ids).delete()
        DecisionLabel.objects.filter(Q(pk__in=ids) | Q(decision_id__in=ids)).delete()
        Decision.objects.filter(pk__in=ids).delete()
    if len(ids) < DECISIONS:
        ArrivalHour.objects.filter(projection_id=projection.pk, first_id__lt=border).delete()
        Projection.objects.filter(pk=projection.pk).update(clearing_until=0, cleared_entity=0)
    return len(ids)


def _old(projection: Projection, border: int) -> QuerySet[Decision]:
    start, _ = row_range(projection.pk)
    sealed = SealedRecord.objects.filter(decision_id=OuterRef("pk"))
    return Decision.objects.filter(~Exists(sealed), pk__gte=start, pk__lt=border)


def _sealed(projection: Projection, border: int) -> QuerySet[SealedRecord]:
    start, _ = row_range(projection.pk)
    return SealedRecord.objects.filter(decision_id__gte=start, decision_id__lt=border)
