"""What each line of a change would do, before anything is done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from anxin.desk.decisioning.decisions.keys import EntityKeys, keys_of
from anxin.desk.decisioning.decisions.models import Entity, EntityOrder
from anxin.desk.decisioning.decisions.scope import Scope, get_scope
from anxin.desk.decisioning.entities.recognition import recognise
from anxin.desk.decisioning.lists.catalogue import ACTS, PUT, REMOVE, lapses, reasons
from anxin.desk.decisioning.lists.declared import DeclaredList, get_declared
from anxin.desk.decisioning.lists.lines import TypedLine
from anxin.desk.decisioning.lists.models import ChangeState, ListChangeItem
from anxin.desk.decisioning.lists.values import entry_of
from anxin.desk.foundation.edge.actor import Actor, Grade
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words
from anxin.engine.lists.entry import EntryKind, ValueUnfit

PERMISSION = "list.put"
_STEP = 400
Place = tuple[str, str]


@dataclass(frozen=True)
class Wanted:
    """What is asked for: `reason` and `days` hold for every line that says nothing else."""

    act: str
    list_name: str
    lines: Sequence[TypedLine]
    reason: str
    days: int


@dataclass(frozen=True)
class LineResult:
    """What one line would do.

    `outcome` is new, renewed, taken_off, repeated, not_listed or refused; the last three change nothing. `shown` is
    what was typed, masked where it is personal; `why` says what is wrong.
    """

    number: int
    shown: str
    outcome: str
    why: Words | None = None
    entry_kind: str = ""
    key: str = ""
    reason: str = ""
    days: int = 0

    @property
    def changes(self) -> bool:
        """Return whether the list would change."""
        return self.outcome in ("new", "renewed", "taken_off")


@dataclass(frozen=True)
class Review:
    """A change as it would be."""

    declared: DeclaredList
    act: str
    results: tuple[LineResult, ...]

    @property
    def changing(self) -> tuple[LineResult, ...]:
        """Return the lines that change something."""
        return tuple(each for each in self.results if each.changes)


def review_change(wanted: Wanted, *, by: Actor, at: datetime) -> Review:
    """Return what a change would do, line by line; raise Forbidden, NotFound, FieldInvalid. Nothing changes."""
    require(by, PERMISSION, at_least=Grade.REQUEST)
    if wanted.act not in ACTS:
        raise FieldInvalid(pointer="/act", field="act", reason=", ".join(ACTS))
    _check_reason(wanted.act, wanted.reason)
    if wanted.act == PUT:
        _check_days(wanted.days)
    scope = get_scope(by)
    declared = get_declared(scope, wanted.list_name)
    keys = keys_of(Organisation.objects.values_list("slug", flat=True).get(pk=by.organisation_id))
    known = _known_ids(scope, declared, [each.value for each in wanted.lines])
    read = [_read(each, wanted, declared, keys, is_known=each.value in known) for each in wanted.lines]
    places = {(each.entry_kind, each.key) for each in read if each.key}
    listed = standing_keys(scope, declared, places, at)
    return Review(declared, wanted.act, tuple(_judged(read, wanted.act, listed)))


def standing_keys(scope: Scope, declared: DeclaredList, places: Collection[Place], at: datetime) -> set[Place]:
    """Return which of the entries (kind, value) stand on the list, put there by people or by the policy."""
    found = {(row.entry_kind, row.key) for row in orders_standing(scope, declared.name, places, at)}
    by_policy = {(str(EntryKind(each.kind)), each.value) for each in declared.first} & set(places)
    return found | (by_policy - taken_off(scope.organisation_id, declared.name) if by_policy else by_policy)


def taken_off(organisation_id: str, name: str) -> set[Place]:
    """Return the entries whose last ordered change took them off: those of the policy leave no other trace."""
    rows = ListChangeItem.objects.filter(
        change__organisation_id=organisation_id, change__list_name=name, change__state=ChangeState.ORDERED
    ).order_by("control_seq")
    acts = {(kind, key): act for kind, key, act in rows.values_list("entry_kind", "key", "change__act")}
    return {place for place, act in acts.items() if act == REMOVE}


def orders_standing(scope: Scope, name: str, places: Collection[Place], at: datetime) -> list[EntityOrder]:
    """Return the orders in force that put these entries on a list."""
    alive = Q(until_at=None) | Q(until_at__gt=to_ms(at))
    return list(_rows(scope, name, places, alive, ended_seq=None))


def _rows(scope: Scope, name: str, places: Collection[Place], *more: Q, **also: object) -> Iterable[EntityOrder]:
    keys = sorted({key for _, key in places})
    wanted: QuerySet[EntityOrder] = EntityOrder.objects.filter(
        *more, projection_id=scope.projection_id, list_name=name, refusal="", **also
    )
    for start in range(0, len(keys), _STEP):
        for row in wanted.filter(key__in=keys[start : start + _STEP]):
            if (row.entry_kind, row.key) in places:
                yield row


def _known_ids(scope: Scope, declared: DeclaredList, values: Sequence[str]) -> set[str]:
    """Return those of the values that are ids of the kinds of entity which the list is about."""
    kinds = {each.entity_kind for each in declared.looked_up if each.entity_kind and not each.personal}
    values = [each for each in values if each.isprintable()]
    found: set[str] = set()
    for start in range(0, len(values) if kinds else 0, _STEP):
        rows = Entity.objects.filter(projection_id=scope.projection_id, key__in=values[start : start + _STEP])
        found.update(rows.filter(kind__in=kinds).values_list("key", flat=True))
    return found


def _read(line: TypedLine, wanted: Wanted, declared: DeclaredList, keys: EntityKeys, *, is_known: bool) -> LineResult:
    try:
        kind, key = entry_of(declared, line.value, keys, is_known=is_known)
        reason = line.reason or wanted.reason
        _check_reason(wanted.act, reason)
        days = _days(line.days, wanted) if wanted.act == PUT else 0
    except ValueUnfit as unfit:
        return LineResult(line.number, recognise(line.value).shown, "refused", Words(unfit.zh, unfit.en))
    except FieldInvalid as wrong:
        why = Words(wrong.sentence("zh"), wrong.sentence("en"))
        return LineResult(line.number, recognise(line.value).shown, "refused", why)
    shown = key if key == line.value or kind is not EntryKind.EXACT else recognise(line.value).shown
    return LineResult(line.number, shown, "", None, str(kind), key, reason, days)


def _judged(read: Sequence[LineResult], act: str, listed: Collection[Place]) -> Iterable[LineResult]:
    seen: set[Place] = set()
    for each in read:
        place = (each.entry_kind, each.key)
        if each.outcome:
            yield each
        elif place in seen:
            yield _with(each, "repeated")
        elif act == PUT:
            yield _with(each, "renewed" if place in listed else "new")
        else:
            yield _with(each, "taken_off" if place in listed else "not_listed")
        seen.add(place)


def _with(each: LineResult, outcome: str) -> LineResult:
    return LineResult(each.number, each.shown, outcome, None, each.entry_kind, each.key, each.reason, each.days)


def _check_reason(act: str, code: str) -> None:
    fitting: Mapping[str, object] = {name: each for name, each in reasons().items() if act in each.acts}
    if code not in fitting:
        raise FieldInvalid(pointer="/reason", field="reason", reason=", ".join(fitting))


def _check_days(days: int) -> None:
    if not 1 <= days <= lapses()[-1]:
        raise FieldInvalid(pointer="/days", field="days", reason=f"1 – {lapses()[-1]}")


def _days(typed: str, wanted: Wanted) -> int:
    if not typed:
        return wanted.days
    days = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 0
    _check_days(days)
    return days
