"""Reads of lists: which there are, who is on them, why and until when, and how a change stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from anxin.desk.decisioning.decisions.cursors import parse_cursor, render_cursor
from anxin.desk.decisioning.decisions.models import Entity, EntityOrder
from anxin.desk.decisioning.decisions.orders_seen import orders_seen
from anxin.desk.decisioning.decisions.scope import Scope, find_scope, get_scope
from anxin.desk.decisioning.decisions.sealed_body import open_words
from anxin.desk.decisioning.entities.access import is_in_scope
from anxin.desk.decisioning.entities.profile import EntityName, name_entities
from anxin.desk.decisioning.lists.access import access_change
from anxin.desk.decisioning.lists.declared import DeclaredList, get_declared, lists_in_force
from anxin.desk.decisioning.lists.models import ChangeState, ListChange, ListChangeItem
from anxin.desk.decisioning.lists.reviewing import taken_off
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import from_ms, to_ms
from anxin.desk.foundation.permissions.authority import require
from anxin.engine.lists.entry import EntryKind

_STEP = 400


@dataclass(frozen=True)
class ListLine:
    """One list of the policy in force; `by_people` and `by_policy` count entries, `waiting` changes that wait."""

    declared: DeclaredList
    by_people: int
    by_policy: int
    waiting: int


@dataclass(frozen=True)
class EntryLine:
    """One entry. `name` is the entity it is about where the actor may see one; `source` a change, or who else said so.

    `until` None: no end. `control_seq` is its number in the control stream, 0 for entries of the policy.
    """

    key: str
    entry_kind: str
    name: EntityName | None
    reason: str
    placed_by: str
    source: str
    at: datetime | None
    until: datetime | None
    control_seq: int


@dataclass(frozen=True)
class EntryPage:
    """Entries of a list, newest first; `cursor` goes on, None at the end."""

    declared: DeclaredList
    items: tuple[EntryLine, ...]
    cursor: str | None


@dataclass(frozen=True)
class ItemLine:
    """One entry of a change. `state` is waiting, ordered, in_force, refused, declined, undone or kept."""

    key: str
    entry_kind: str
    name: EntityName | None
    reason: str
    days: int
    state: str
    refusal: str


@dataclass(frozen=True)
class ChangeLine:
    """One change of a list."""

    id: str
    list_name: str
    act: str
    state: str
    count: int
    requested_label: str
    requested_at: datetime
    approval_id: str
    ordered_label: str
    ordered_at: datetime | None
    undone_label: str
    undone_at: datetime | None
    is_mine: bool


def list_lists(*, by: Actor, at: datetime) -> tuple[ListLine, ...]:
    """Return the lists of the policy in force by name; none as long as nothing was projected. Raise Forbidden."""
    require(by, "list.view")
    scope = find_scope(by)
    if scope is None:
        return ()
    people = dict(_alive(scope, at).values_list("list_name").annotate(n=Count("id")))
    changes = ListChange.objects.filter(organisation_id=by.organisation_id, state=ChangeState.WAITING)
    waiting = dict(changes.values_list("list_name").annotate(n=Count("id")))
    return tuple(
        ListLine(each, people.get(name, 0), len(each.first), waiting.get(name, 0))
        for name, each in lists_in_force(scope).items()
    )


def list_fitting(kind: str, *, by: Actor) -> tuple[DeclaredList, ...]:
    """Return the lists that rules look such a kind of entity up in; raise Forbidden."""
    require(by, "list.view")
    scope = find_scope(by)
    lists = lists_in_force(scope).values() if scope is not None else ()
    return tuple(each for each in lists if any(found.entity_kind == kind for found in each.looked_up))


def page_entries(name: str, *, by: Actor, at: datetime, cursor: str | None = None, limit: int = 50) -> EntryPage:
    """Return a page of what people put on a list; its first page ends with the policy's own entries.

    Raise Forbidden, or NotFound when the policy has no such list.
    """
    require(by, "list.view")
    scope = get_scope(by)
    declared = get_declared(scope, name)
    rows = _alive(scope, at).filter(list_name=name)
    if cursor is not None:
        rows = rows.filter(pk__lt=parse_cursor(cursor, 1)[0])
    found = list(rows.order_by("-id")[: limit + 1])
    kept = found[:limit]
    lines = _entry_lines(kept, scope, by)
    following = render_cursor(kept[-1].pk) if len(found) > limit else None
    own = _policy_lines(declared, scope, {(row.entry_kind, row.key) for row in kept}) if following is None else ()
    return EntryPage(declared, (*lines, *own), following)


def list_changes(
    *, by: Actor, list_name: str = "", state: str = "", before: str = "", limit: int = 20
) -> tuple[ChangeLine, ...]:
    """Return changes, newest first, of one list or all; raise Forbidden."""
    require(by, "list.view")
    rows = ListChange.objects.filter(organisation_id=by.organisation_id)
    rows = rows.filter(list_name=list_name) if list_name else rows
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(pk__lt=before) if before else rows
    return tuple(_change(row, by) for row in rows.order_by("-id")[:limit])


def get_change(*, change_id: str, by: Actor) -> ChangeLine:
    """Return one change; raise Forbidden, NotFound."""
    return _change(access_change(change_id=change_id, by=by), by)


def list_items(*, change_id: str, by: Actor, after: int = -1, limit: int = 200) -> tuple[tuple[ItemLine, ...], int]:
    """Return a page of a change's entries, and the place of its last (-1: there are no more); raise NotFound."""
    change = access_change(change_id=change_id, by=by)
    rows = list(change.items.filter(place__gt=after).order_by("place")[: limit + 1])
    kept = rows[:limit]
    scope = find_scope(by)
    names = _names_of([each.key for each in kept], scope, by)
    numbers = [each.control_seq for each in kept if each.control_seq is not None]
    seen = _seen(change, numbers)
    items = tuple(
        ItemLine(
            each.key,
            each.entry_kind,
            names.get(each.key),
            each.reason,
            each.days,
            _state(change, each, seen),
            seen.get(each.control_seq or 0, ""),
        )
        for each in kept
    )
    return items, kept[-1].place if len(rows) > limit else -1


def _seen(change: ListChange, numbers: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for start in range(0, len(numbers), _STEP):
        found.update(orders_seen(change.organisation_id, numbers[start : start + _STEP]))
    return found


def _state(change: ListChange, item: ListChangeItem, seen: Mapping[int, str]) -> str:
    if change.state == ChangeState.UNDONE:
        return "kept" if item.is_kept else "undone"
    if change.state != ChangeState.ORDERED or item.control_seq is None:
        return str(change.state)
    refusal = seen.get(item.control_seq)
    if refusal is None:
        return "ordered"
    return "refused" if refusal else "in_force"


def _alive(scope: Scope, at: datetime) -> QuerySet[EntityOrder]:
    alive = Q(until_at=None) | Q(until_at__gt=to_ms(at))
    rows = EntityOrder.objects.filter(alive, projection_id=scope.projection_id, ended_seq=None)
    return rows.exclude(list_name="")


def _entry_lines(rows: Sequence[EntityOrder], scope: Scope, by: Actor) -> tuple[EntryLine, ...]:
    words = open_words(scope.organisation_id, {row.pk: bytes(row.sealed) for row in rows})
    names = _names_of([row.key for row in rows], scope, by)
    return tuple(
        EntryLine(
            row.key,
            row.entry_kind,
            names.get(row.key),
            words[row.pk].get("reason", ""),
            words[row.pk].get("by", ""),
            words[row.pk].get("source", ""),
            from_ms(row.at),
            from_ms(row.until_at) if row.until_at is not None else None,
            row.control_seq,
        )
        for row in rows
    )


def _policy_lines(declared: DeclaredList, scope: Scope, shown: set[tuple[str, str]]) -> tuple[EntryLine, ...]:
    gone = (taken_off(scope.organisation_id, declared.name) | shown) if declared.first else set()
    return tuple(
        EntryLine(
            each.value,
            each.kind,
            None,
            each.reason,
            declared.policy,
            "policy",
            None,
            from_ms(each.until) if each.until is not None else None,
            0,
        )
        for each in declared.first
        if (str(EntryKind(each.kind)), each.value) not in gone
    )


def _names_of(keys: Sequence[str], scope: Scope | None, by: Actor) -> dict[str, EntityName]:
    """Return by key the entity that a value is, for who may see any; of several with one key the one met first."""
    if scope is None or not keys or by.grant("entity.view") is None:
        return {}
    found = Entity.objects.filter(projection_id=scope.projection_id, key__in=list(dict.fromkeys(keys)))
    rows = [row for row in found.order_by("-id") if is_in_scope(row, scope)]
    names = name_entities(rows, scope, by=by)
    return {row.key: names[row.pk] for row in rows}


def _change(row: ListChange, by: Actor) -> ChangeLine:
    return ChangeLine(
        row.id,
        row.list_name,
        row.act,
        str(row.state),
        row.count,
        row.requested_label,
        row.requested_at,
        row.approval_id,
        row.ordered_label,
        row.ordered_at,
        row.undone_label,
        row.undone_at,
        row.requested_by == by.person_id,
    )
