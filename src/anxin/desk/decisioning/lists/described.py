"""What a change of a list comes to, in one sentence for whoever decides: never a personal value in clear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from anxin.desk.decisioning.decisions.scope import find_scope
from anxin.desk.decisioning.lists.catalogue import PUT, reason_words
from anxin.desk.decisioning.lists.declared import lists_in_force
from anxin.desk.decisioning.lists.models import ListChange, ListChangeItem
from anxin.desk.decisioning.lists.values import shown_key
from anxin.desk.foundation.approvals.acts import Asked, Description
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.ui.words import Words, filled

_SHOWN = 3
_PUT = Words(
    "加入“{name}”{n} 条：{values}{more}，原因“{reasons}”，{days} 天",
    "{n} entry on “{name}”: {values}{more}, because of {reasons}, days: {days}|"
    "{n} entries on “{name}”: {values}{more}, because of {reasons}, days: {days}",
)
_REMOVE = Words(
    "从“{name}”移出 {n} 条：{values}{more}，原因“{reasons}”",
    "{n} entry off “{name}”: {values}{more}, because of {reasons}|"
    "{n} entries off “{name}”: {values}{more}, because of {reasons}",
)
_MORE = Words(" 等", " and more")
_BREAK = Words("、", ", ")
_TO = Words("至", " to ")


_PUT_FOLLOWS = Words(
    "网关立即按此名单处置；到期自动移出。", "the gateway goes by it at once; entries leave the list after their days."
)
_REMOVE_FOLLOWS = Words("网关立即不再按此名单处置它们。", "the gateway stops going by them at once.")
_STAKE = Words("{n} 条", "{n} entry|{n} entries")


def describe_changes(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Return list, first values, reasons and lapse of each change; those that are not there are left out."""
    del at
    mine = ListChange.objects.filter(organisation_id=by.organisation_id)
    rows = list(mine.filter(pk__in=[each.object_id for each in asked]))
    scope = find_scope(system_actor(by.organisation_id, "lists")) if rows else None
    names = {name: each.words for name, each in lists_in_force(scope).items()} if scope is not None else {}
    items = ListChangeItem.objects.filter(change__in=rows)
    first: dict[str, list[str]] = defaultdict(list)
    for change_id, key in items.filter(place__lt=_SHOWN).order_by("place").values_list("change_id", "key"):
        first[change_id].append(key)
    kinds: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for change_id, reason, days in (
        items.order_by("reason", "days").values_list("change_id", "reason", "days").distinct()
    ):
        kinds[change_id].append((reason, days))
    found = {}
    for row in rows:
        name = names.get(row.list_name, Words(row.list_name, row.list_name))
        words = _sentence(row, name, first[row.id], kinds[row.id])
        follows = _PUT_FOLLOWS if row.act == PUT else _REMOVE_FOLLOWS
        href = reverse("list_change", args=[row.id])
        found[row.id] = Description(words, follows, filled(_STAKE, n=row.count), href)
    return {each.approval_id: found[each.object_id] for each in asked if each.object_id in found}


def _sentence(row: ListChange, name: Words, values: Sequence[str], kinds: Sequence[tuple[str, int]]) -> Words:
    days = sorted({each for _, each in kinds})
    reasons = tuple(dict.fromkeys(reason_words(reason) for reason, _ in kinds))
    ends = tuple(dict.fromkeys((str(days[0]), str(days[-1])))) if days else ()
    return filled(
        _PUT if row.act == PUT else _REMOVE,
        name=name,
        n=row.count,
        values=_joined(_BREAK, [shown_key(each) for each in values]),
        more=_MORE if row.count > _SHOWN else Words("", ""),
        reasons=_joined(_BREAK, reasons),
        days=_joined(_TO, [Words(each, each) for each in ends]),
    )


def _joined(between: Words, parts: Sequence[Words]) -> Words:
    return Words(between.zh.join(each.zh for each in parts), between.en.join(each.en for each in parts))
