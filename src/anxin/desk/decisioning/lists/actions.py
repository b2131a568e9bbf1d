"""Ask for a change of a list, carry it out once a second person said yes, take it back as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.decisioning.decisions.ids import row_id, seq_of
from anxin.desk.decisioning.decisions.models import EntityOrder
from anxin.desk.decisioning.decisions.scope import Scope, find_scope, get_scope
from anxin.desk.decisioning.decisions.sealed_body import open_words
from anxin.desk.decisioning.lists.access import access_change
from anxin.desk.decisioning.lists.catalogue import PUT
from anxin.desk.decisioning.lists.declared import lists_in_force
from anxin.desk.decisioning.lists.errors import ChangeClosed, NothingToChange, UndoLate
from anxin.desk.decisioning.lists.facts import ListChanged
from anxin.desk.decisioning.lists.models import ChangeState, ListChange, ListChangeItem
from anxin.desk.decisioning.lists.reviewing import PERMISSION, Wanted, orders_standing, review_change
from anxin.desk.foundation.approvals.actions import request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct, Argument
from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.control.actions import order_gateway_many
from anxin.desk.foundation.edge.actor import Actor, Grade, system_actor
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import seal

UNDONE_WITHIN = timedelta(hours=24)
OBJECT = "list_change"
Body = Mapping[str, object]


@transaction.atomic
def ask_for_change(wanted: Wanted, *, note: str = "", by: Actor, at: datetime) -> ListChange:
    """Ask a second person for a change of a list; lines that change nothing are left out.

    Raise Forbidden, NotFound, FieldInvalid, NothingToChange; then nothing has changed.
    """
    lock_head(by.organisation_id)
    lines = review_change(wanted, by=by, at=at).changing
    if not lines:
        raise NothingToChange
    change = ListChange(
        id=new_id("lch", at=at),
        organisation_id=by.organisation_id,
        list_name=wanted.list_name,
        act=wanted.act,
        state=ChangeState.WAITING,
        count=len(lines),
        requested_by=by.person_id or "",
        requested_label=by.label,
        requested_at=at,
    )
    if note:
        change.note_sealed = seal(by.organisation_id, note, about=f"list.note:{change.id}", at=at)
    change.save(force_insert=True)
    ListChangeItem.objects.bulk_create(
        ListChangeItem(
            change=change, place=place, key=each.key, entry_kind=each.entry_kind, reason=each.reason, days=each.days
        )
        for place, each in enumerate(lines)
    )
    details: dict[str, Detail] = {"list": change.list_name, "act": change.act, "n": change.count}
    record_entry("list.ask", by=by, at=at, on=(OBJECT, change.id), reason=note, details=details)
    counted: dict[str, Argument] = {"list": change.list_name, "n": change.count}
    approval = request_approval(
        f"list.{change.act}", on=(OBJECT, change.id), by=by, at=at, arguments=counted, reason=note
    )
    change.approval_id = approval.id
    change.save(update_fields=("approval_id",))
    return change


@transaction.atomic
def carry_out_change(approved: ApprovedAct, at: datetime) -> None:
    """Order the change of the gateway: what the approvals of `list.put` and `list.remove` do."""
    change = _locked(approved.on[1], approved.organisation_id)
    if change.state != ChangeState.WAITING:
        raise ChangeClosed(state=change.state)
    by = approved.second or system_actor(change.organisation_id, "lists")
    items = list(change.items.order_by("place"))
    scope = find_scope(system_actor(change.organisation_id, "lists"))
    before = _standing_before(scope, change, items, at) if scope is not None else {}
    declared = lists_in_force(scope).get(change.list_name) if scope is not None else None
    colour = declared.colour if declared is not None else None
    put = change.act == PUT
    bodies = [_put_body(change, each, colour, at) if put else _remove_body(change, each) for each in items]
    details: dict[str, Detail] = {"list": change.list_name, "n": change.count}
    record_entry(f"list.{change.act}", by=by, at=at, on=(OBJECT, change.id), details=details)
    change.first_seq = order_gateway_many(f"list.{change.act}", bodies, organisation=_slug(change), at=at)
    change.last_seq = change.first_seq + len(bodies) - 1
    change.state, change.ordered_at, change.ordered_label = ChangeState.ORDERED, at, by.label
    change.save()
    for place, each in enumerate(items):
        each.control_seq = change.first_seq + place
        each.before_seq = before.get((each.entry_kind, each.key))
    ListChangeItem.objects.bulk_update(items, ("control_seq", "before_seq"), batch_size=200)
    _tell(change, at)


@transaction.atomic
def let_go_of_change(approved: ApprovedAct, at: datetime) -> None:
    """End a change that was declined, taken back or never answered."""
    change = _locked(approved.on[1], approved.organisation_id)
    if change.state != ChangeState.WAITING:
        return
    by = approved.second or system_actor(change.organisation_id, "lists")
    details: dict[str, Detail] = {"list": change.list_name, "n": change.count}
    record_entry("list.decline", by=by, at=at, on=(OBJECT, change.id), details=details)
    change.state = ChangeState.DECLINED
    change.save(update_fields=("state",))
    _tell(change, at)


@transaction.atomic
def undo_change(*, change_id: str, note: str = "", by: Actor, at: datetime) -> ListChange:
    """Put every entry of a change back to what stood before; those that somebody changed since then are kept.

    Raise Forbidden, NotFound, ChangeClosed, UndoLate.
    """
    require(by, PERMISSION, at_least=Grade.SECOND)
    access_change(change_id=change_id, by=by)
    change = _locked(change_id, by.organisation_id)
    if change.state != ChangeState.ORDERED or change.ordered_at is None:
        raise ChangeClosed(state=change.state)
    if at - change.ordered_at > UNDONE_WITHIN:
        raise UndoLate(hours=UNDONE_WITHIN // timedelta(hours=1))
    scope = get_scope(by)
    items = list(change.items.order_by("place"))
    changed = _changed_since(scope, change, items)
    mine = [each for each in items if (each.entry_kind, each.key) not in changed]
    details: dict[str, Detail] = {"list": change.list_name, "n": len(mine)}
    record_entry("list.undo", by=by, at=at, on=(OBJECT, change.id), reason=note, details=details)
    _order_back(scope, change, mine, at)
    kept = [each.pk for each in items if each not in mine]
    ListChangeItem.objects.filter(pk__in=kept).update(is_kept=True)
    change.state, change.undone_at, change.undone_label = ChangeState.UNDONE, at, by.label
    change.save()
    _tell(change, at)
    return change


def _order_back(scope: Scope, change: ListChange, items: Sequence[ListChangeItem], at: datetime) -> None:
    """Order what stood before, where something did; else that the entry is gone."""
    stood = _orders_of(scope, items, at)
    declared = lists_in_force(scope).get(change.list_name)
    first = {(each.kind, each.value): each for each in declared.first} if declared is not None else {}
    puts: list[Body] = []
    removals: list[Body] = []
    for each in items:
        place = (each.entry_kind, each.key)
        if each.before_seq is not None and each.before_seq in stood:
            puts.append(stood[each.before_seq])
        elif place in first and change.act != PUT and declared is not None:
            entry = {"value": each.key, "kind": each.entry_kind, "reason": first[place].reason}
            origin = {"added_by": declared.policy, "source": "policy", "expires_at": first[place].until}
            puts.append({"list": change.list_name, "entry": entry | origin})
        elif change.act == PUT:
            removals.append(_remove_body(change, each))
    slug = _slug(change)
    if puts:
        order_gateway_many("list.put", puts, organisation=slug, at=at)
    if removals:
        order_gateway_many("list.remove", removals, organisation=slug, at=at)


def _orders_of(scope: Scope, items: Iterable[ListChangeItem], at: datetime) -> dict[int, Body]:
    """Return by place in the log the bodies that put back what stood before and has not ended by itself meanwhile."""
    seqs = [each.before_seq for each in items if each.before_seq is not None]
    found: dict[int, Body] = {}
    for start in range(0, len(seqs), 400):
        ids = [row_id(scope.projection_id, seq) for seq in seqs[start : start + 400]]
        rows = [row for row in EntityOrder.objects.filter(pk__in=ids) if _is_alive(row, at)]
        words = open_words(scope.organisation_id, {row.pk: bytes(row.sealed) for row in rows})
        for row in rows:
            said = words[row.pk]
            entry = {"value": row.key, "kind": row.entry_kind, "reason": said.get("reason", "")}
            origin = {"added_by": said.get("by", ""), "source": said.get("source", ""), "expires_at": row.until_at}
            found[seq_of(row.pk)] = {"list": row.list_name, "entry": entry | origin}
    return found


def _is_alive(row: EntityOrder, at: datetime) -> bool:
    return row.until_at is None or row.until_at > to_ms(at)


def _standing_before(
    scope: Scope, change: ListChange, items: Sequence[ListChangeItem], at: datetime
) -> dict[tuple[str, str], int]:
    places = {(each.entry_kind, each.key) for each in items}
    rows = orders_standing(scope, change.list_name, places, at)
    return {(row.entry_kind, row.key): seq_of(row.pk) for row in rows}


def _changed_since(scope: Scope, change: ListChange, items: Sequence[ListChangeItem]) -> set[tuple[str, str]]:
    """Return the entries of a change about which somebody ordered something after it."""
    later = ListChangeItem.objects.filter(
        change__organisation_id=change.organisation_id,
        change__list_name=change.list_name,
        control_seq__gt=change.last_seq or 0,
    )
    found = set(later.values_list("entry_kind", "key"))
    rows = EntityOrder.objects.filter(
        projection_id=scope.projection_id, list_name=change.list_name, control_seq__gt=change.last_seq or 0, refusal=""
    )
    return (found | set(rows.values_list("entry_kind", "key"))) & {(each.entry_kind, each.key) for each in items}


def _put_body(change: ListChange, item: ListChangeItem, colour: str | None, at: datetime) -> Body:
    return {
        "list": change.list_name,
        "colour": colour,
        "entry": {
            "value": item.key,
            "kind": item.entry_kind,
            "reason": item.reason,
            "added_by": change.requested_label,
            "source": change.id,
            "expires_at": to_ms(at + timedelta(days=item.days)),
        },
    }


def _remove_body(change: ListChange, item: ListChangeItem) -> Body:
    return {"list": change.list_name, "value": item.key, "entry_kind": item.entry_kind}


def _tell(change: ListChange, at: datetime) -> None:
    fact = ListChanged(change.id, change.list_name, change.act, str(change.state), change.count)
    publish_fact(fact, organisation_id=change.organisation_id, at=at)


def _locked(change_id: str, organisation_id: str) -> ListChange:
    lock_head(organisation_id)
    change = ListChange.objects.filter(pk=change_id, organisation_id=organisation_id).first()
    if change is None:
        raise NotFound
    return change


def _slug(change: ListChange) -> str:
    return Organisation.objects.values_list("slug", flat=True).get(pk=change.organisation_id)
