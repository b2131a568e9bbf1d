"""Whether something is on a list, as the gateway would find it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from anxin.desk.decisioning.decisions.keys import keys_of
from anxin.desk.decisioning.decisions.models import EntityOrder
from anxin.desk.decisioning.decisions.scope import Scope, find_scope
from anxin.desk.decisioning.decisions.sealed_body import open_words
from anxin.desk.decisioning.entities.recognition import recognise
from anxin.desk.decisioning.lists.declared import DeclaredList, lists_in_force
from anxin.desk.decisioning.lists.reviewing import taken_off
from anxin.desk.decisioning.lists.values import possible_keys
from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import from_ms, to_ms
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words
from anxin.engine.lists.entry import Entry, EntryKind
from anxin.engine.lists.store import ListStore

_MOST_BROAD = 20_000


@dataclass(frozen=True)
class Membership:
    """A list that a value is on: the entry that matches, who put it there and why; `until` None: no end."""

    list_name: str
    words: Words
    colour: str
    entry_kind: str
    reason: str
    placed_by: str
    source: str
    until: datetime | None


@dataclass(frozen=True)
class LookupAnswer:
    """What was asked for, masked, and the lists it is on."""

    shown: str
    what: Words
    memberships: tuple[Membership, ...]


@transaction.atomic
def look_up(value: str, *, by: Actor, at: datetime) -> LookupAnswer:
    """Return the lists that a value is on now, as the gateway would look it up; noted in the trail. Raise Forbidden."""
    require(by, "entity.search")
    asked = recognise(value)
    scope = find_scope(by)
    found = _memberships(value, scope, at) if scope is not None and value.strip() else ()
    details: dict[str, str | int | bool | None] = {"what": asked.code, "n": len(found)}
    record_entry("list.lookup", by=by, at=at, on=("lists", "lookup"), details=details)
    return LookupAnswer(asked.shown, asked.words, found)


def _memberships(value: str, scope: Scope, at: datetime) -> tuple[Membership, ...]:
    slug = Organisation.objects.values_list("slug", flat=True).get(pk=scope.organisation_id)
    keys = possible_keys(value, keys_of(slug))
    lists = lists_in_force(scope)
    store = _store(scope, lists.values(), keys)
    found = []
    for name, each in lists.items():
        entry = next((match for key in keys if (match := store.find(name, key, to_ms(at))) is not None), None)
        if entry is not None:
            found.append(_membership(each, entry))
    return tuple(found)


def _store(scope: Scope, lists: Iterable[DeclaredList], keys: tuple[str, ...]) -> ListStore:
    """Return the lists as far as these values could meet them: all that is no exact entry, and theirs."""
    store = ListStore()
    for each in lists:
        gone = taken_off(scope.organisation_id, each.name) if each.first else set()
        for first in each.first:
            kind = EntryKind(first.kind)
            if (str(kind), first.value) not in gone:
                store.put(each.name, Entry(first.value, kind, first.reason, each.policy, "policy", first.until))
    rows = EntityOrder.objects.filter(
        ~Q(list_name="") & (Q(key__in=keys) | ~Q(entry_kind="exact")),
        projection_id=scope.projection_id,
        ended_seq=None,
    )
    kept = list(rows.order_by("id")[:_MOST_BROAD])
    words = open_words(scope.organisation_id, {row.pk: bytes(row.sealed) for row in kept})
    for row in kept:
        said, kind = words[row.pk], EntryKind(row.entry_kind)
        origin = (said.get("reason", ""), said.get("by", ""), said.get("source", ""))
        store.put(row.list_name, Entry(row.key, kind, *origin, row.until_at))
    return store


def _membership(declared: DeclaredList, entry: Entry) -> Membership:
    return Membership(
        declared.name,
        declared.words,
        declared.colour,
        str(entry.kind),
        entry.reason,
        entry.added_by,
        entry.source,
        from_ms(entry.expires_at) if entry.expires_at is not None else None,
    )
