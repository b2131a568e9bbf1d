"""Follow the facts: each reader reacts to each fact once, in order, however many workers there are.

A fact that cannot be reacted to is laid aside and tried again by itself; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Max, QuerySet

from anxin.desk.foundation.audit.actions import lock_head
from anxin.desk.foundation.audit.models import AuditHead
from anxin.desk.foundation.edge.duties import one_by_one
from anxin.desk.foundation.outbox.laid_aside import (
    LONGEST_REST,
    find_first,
    is_any_laid,
    lay_aside,
    lay_behind,
    list_due,
    rest_longer,
)
from anxin.desk.foundation.outbox.models import Fact, LaidAside, Place

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


@dataclass(frozen=True)
class Reader:
    """Who reads, and how; in order: what is told of an object waits behind what was laid aside about it."""

    name: str
    reactions: Mapping[str, Reaction]
    is_in_order: bool = True


def follow(name: str, reactions: Mapping[str, Reaction], *, at: datetime, is_in_order: bool = True) -> int:
    """React to the new facts of the kinds named; return how many. What a reaction writes commits with the place."""
    reader = Reader(name, reactions, is_in_order)
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, (name,))
        heads = dict(cursor.fetchall())
    done = one_by_one(heads, lambda each: _follow_one(reader, each, heads[each], at), at=at)
    return done + _try_again(reader, at)


def _follow_one(reader: Reader, organisation_id: str, head: int, at: datetime) -> int:
    place = _place(reader.name, organisation_id, at)
    if not _news(reader, place, head).exists():
        # Nothing to react to: pass without holding up those who write.
        Place.objects.filter(pk=place.pk, seq=place.seq).update(seq=head)
        return 0
    try:
        return _react(reader, place, at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001 whatever it is, it is told by the one fact that it befalls again
        facts = {each.seq: each for each in _news(reader, place, head).order_by("seq")[:AT_ONCE]}
    keys = [(reader.name, organisation_id, seq) for seq in facts]
    return one_by_one(keys, lambda each: _react_alone(reader, place, facts[each[2]], at), at=at)


def _news(reader: Reader, place: Place, head: int) -> QuerySet[Fact]:
    news = Fact.objects.filter(organisation_id=place.organisation_id, seq__gt=place.seq, seq__lte=head)
    return news.filter(kind__in=reader.reactions)


@transaction.atomic
def _react(reader: Reader, place: Place, at: datetime) -> int:
    head = lock_head(place.organisation_id).fact_seq
    place = Place.objects.select_for_update().get(pk=place.pk)
    facts = list(_news(reader, place, head).order_by("seq")[:AT_ONCE])
    hear = _hear if reader.is_in_order and is_any_laid(reader.name) else _tell
    for each in facts:
        hear(reader, each, at)
    place.seq = facts[-1].seq if len(facts) == AT_ONCE else head
    place.save(update_fields=("seq",))
    return len(facts)


def _react_alone(reader: Reader, place: Place, fact: Fact, at: datetime) -> int:
    """React to one fact, or lay it aside and raise what it failed with; either way the place moves on."""
    try:
        return _pass(reader, place, fact, at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:
        _pass(reader, place, fact, at, fault)
        raise


@transaction.atomic
def _pass(reader: Reader, place: Place, fact: Fact, at: datetime, fault: Exception | None = None) -> int:
    """Move on behind a fact, reacting to it or, with a fault, laying it aside; 0 when another worker was faster."""
    lock_head(place.organisation_id)
    if not Place.objects.filter(pk=place.pk, seq__lt=fact.seq).update(seq=fact.seq):
        return 0
    if fault is None:
        _hear(reader, fact, at)
    else:
        name = (reader.name, fact.organisation_id, fact.seq)
        lay_aside(name, object_id=fact.object_id, kind=fact.kind, fault=fault, at=at)
    return 1


def _hear(reader: Reader, fact: Fact, at: datetime) -> None:
    first = find_first(reader.name, fact.organisation_id, fact.object_id) if reader.is_in_order else None
    if first is not None:
        lay_behind(first, seq=fact.seq, kind=fact.kind, at=at)
    else:
        _tell(reader, fact, at)


def _tell(reader: Reader, fact: Fact, at: datetime) -> None:
    reader.reactions[fact.kind](Told(fact.organisation_id, fact.seq, fact.kind, fact.payload), at)


def _try_again(reader: Reader, at: datetime) -> int:
    """Try what was laid aside and is due, in order; return how many now went well."""
    first: dict[tuple[str, str, int], LaidAside] = {}
    seen: set[tuple[str, str]] = set()
    for each in list_due(reader.name, at=at):
        about = each.organisation_id, each.object_id
        if not reader.is_in_order or about not in seen:
            first[reader.name, each.organisation_id, each.seq] = each
        seen.add(about)
    return one_by_one(first, lambda each: _hear_again_or_rest(reader, first[each], at), at=at, longest=LONGEST_REST)


def _hear_again_or_rest(reader: Reader, laid: LaidAside, at: datetime) -> int:
    try:
        return _hear_again(reader, laid, at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:
        rest_longer(laid, fault, at=at, is_in_order=reader.is_in_order)
        raise


@transaction.atomic
def _hear_again(reader: Reader, laid: LaidAside, at: datetime) -> int:
    lock_head(laid.organisation_id)
    if not LaidAside.objects.filter(pk=laid.pk).delete()[0]:
        return 0
    facts = Fact.objects.filter(organisation_id=laid.organisation_id, seq=laid.seq, kind__in=reader.reactions)
    fact = facts.first()
    if fact is not None:
        _tell(reader, fact, at)
    return 1


def _place(reader: str, organisation_id: str, at: datetime) -> Place:
    found = Place.objects.filter(reader=reader, organisation_id=organisation_id).first()
    if found is not None:
        return found
    old = Fact.objects.filter(organisation_id=organisation_id, at__lte=at - NEW_READER)
    start = old.aggregate(last=Max("seq"))["last"] or 0
    made, _ = Place.objects.get_or_create(reader=reader, organisation_id=organisation_id, defaults={"seq": start})
    return made
