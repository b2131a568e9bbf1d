"""Follow the facts: each reader reacts to each fact once, in order, however many workers there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from anxin.desk.foundation.audit.actions import lock_head
from anxin.desk.foundation.audit.models import AuditHead
from anxin.desk.foundation.outbox.models import Fact, Place

AT_ONCE = 50
_BEHIND = (
    f"SELECT head.organisation_id, head.fact_seq FROM {AuditHead._meta.db_table} head "
    f"LEFT JOIN {Place._meta.db_table} place ON place.organisation_id = head.organisation_id AND place.reader = %s "
    "WHERE head.fact_seq > 0 AND (place.seq IS NULL OR place.seq < head.fact_seq) ORDER BY head.organisation_id"
)
"""Written out, as several readers ask it many times a second, and nearly always there is nothing."""
NEW_READER = timedelta(minutes=10)
"""How old facts may be that a reader which never read before still reacts to."""


@dataclass(frozen=True)
class Told:
    """A fact as a reader gets it; `payload` is JSON, `seq` names it for ever."""

    organisation_id: str
    seq: int
    kind: str
    payload: str


Reaction = Callable[[Told, datetime], None]


def follow(reader: str, reactions: Mapping[str, Reaction], *, at: datetime) -> int:
    """React to the new facts of the kinds named; return how many. What a reaction writes commits with the place."""
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, (reader,))
        behind = cursor.fetchall()
    return sum(_follow_one(reader, reactions, organisation_id, head, at) for organisation_id, head in behind)


def _follow_one(reader: str, reactions: Mapping[str, Reaction], organisation_id: str, head: int, at: datetime) -> int:
    place = _place(reader, organisation_id, at)
    news = Fact.objects.filter(organisation_id=organisation_id, seq__gt=place.seq, seq__lte=head, kind__in=reactions)
    if not news.exists():
        # Nothing to react to: pass without holding up those who write.
        Place.objects.filter(pk=place.pk, seq=place.seq).update(seq=head)
        return 0
    return _react(place, reactions, at)


@transaction.atomic
def _react(place: Place, reactions: Mapping[str, Reaction], at: datetime) -> int:
    head = lock_head(place.organisation_id).fact_seq
    place = Place.objects.select_for_update().get(pk=place.pk)
    news = Fact.objects.filter(
        organisation_id=place.organisation_id, seq__gt=place.seq, seq__lte=head, kind__in=reactions
    )
    facts = list(news.order_by("seq")[:AT_ONCE])
    for each in facts:
        reactions[each.kind](Told(each.organisation_id, each.seq, each.kind, each.payload), at)
    place.seq = facts[-1].seq if len(facts) == AT_ONCE else head
    place.save(update_fields=("seq",))
    return len(facts)


def _place(reader: str, organisation_id: str, at: datetime) -> Place:
    found = Place.objects.filter(reader=reader, organisation_id=organisation_id).first()
    if found is not None:
        return found
    old = Fact.objects.filter(organisation_id=organisation_id, at__lte=at - NEW_READER)
    start = old.aggregate(last=Max("seq"))["last"] or 0
    made, _ = Place.objects.get_or_create(reader=reader, organisation_id=organisation_id, defaults={"seq": start})
    return made
