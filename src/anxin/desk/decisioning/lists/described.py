"""What a change of a list comes to, in one sentence for whoever decides: never a personal value in clear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.urls import reverse

from anxin.desk.decisioning.decisions.scope import find_scope
from anxin.desk.decisioning.lists.catalogue import PUT, reason_words
from anxin.desk.decisioning.lists.declared import lists_in_force
from anxin.desk.decisioning.lists.models import ListChange, ListChangeItem
from anxin.desk.decisioning.lists.values import shown_key
from anxin.desk.foundation.approvals.acts import Description
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.ui.words import Words, say

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


def describe_changes(organisation_id: str, ids: Sequence[str]) -> Mapping[str, Description]:
    """Return list, first values, reasons and lapse of each change; those that are not there are left out."""
    rows = list(ListChange.objects.filter(organisation_id=organisation_id, pk__in=ids))
    scope = find_scope(system_actor(organisation_id, "lists")) if rows else None
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
        zh, en = (_sentence(row, name, first[row.id], kinds[row.id], language) for language in ("zh", "en"))
        found[row.id] = Description(Words(zh, en), reverse("list_change", args=[row.id]))
    return found


def _sentence(
    row: ListChange, name: Words, values: Sequence[str], kinds: Sequence[tuple[str, int]], language: str
) -> str:
    days = sorted({each for _, each in kinds})
    reasons = dict.fromkeys(say(reason_words(reason), language) for reason, _ in kinds)
    comma = say(_BREAK, language)
    return say(
        _PUT if row.act == PUT else _REMOVE,
        language,
        name=say(name, language),
        n=row.count,
        values=comma.join(say(shown_key(each), language) for each in values),
        more=say(_MORE, language) if row.count > _SHOWN else "",
        reasons=comma.join(reasons),
        days=say(_TO, language).join(dict.fromkeys((str(days[0]), str(days[-1])))) if days else "",
    )
