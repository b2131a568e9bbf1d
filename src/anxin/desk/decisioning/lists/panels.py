"""What the pages of lists show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from anxin.desk.decisioning.decisions.wording import field_words, kind_words
from anxin.desk.decisioning.entities.panels import entity_href, entity_label
from anxin.desk.decisioning.entities.profile import EntityName
from anxin.desk.decisioning.lists.catalogue import ACTS, reason_words
from anxin.desk.decisioning.lists.declared import DeclaredList
from anxin.desk.decisioning.lists.membership import Membership
from anxin.desk.decisioning.lists.queries import ChangeLine, EntryLine, ItemLine
from anxin.desk.foundation.ui.vocabulary import Mark
from anxin.desk.foundation.ui.words import Words, joined, say

COLOURS: Mapping[str, Mark] = {
    "black": Mark(Words("黑名单", "black list"), "ban", "danger"),
    "white": Mark(Words("白名单", "white list"), "check", "ok"),
    "grey": Mark(Words("灰名单", "grey list"), "list", "neutral"),
}
KINDS: Mapping[str, Words] = {
    "exact": Words("完全一致", "the same"),
    "prefix": Words("开头一致", "begins with it"),
    "network": Words("网段", "within the network"),
    "pattern": Words("文字模式", "fits the pattern"),
    "domain": Words("域名及其子域", "the domain and below"),
}
STATES: Mapping[str, Mark] = {
    "waiting": Mark(Words("等待审批", "waits for approval"), "user-check", "warning"),
    "ordered": Mark(Words("已下达", "ordered"), "send", "info"),
    "in_force": Mark(Words("网关已执行", "the gateway obeys"), "shield-check", "ok"),
    "refused": Mark(Words("网关已拒绝", "refused by the gateway"), "octagon-alert", "danger"),
    "declined": Mark(Words("未批准", "declined"), "ban", "neutral"),
    "undone": Mark(Words("已撤销", "taken back"), "undo-2", "neutral"),
    "kept": Mark(Words("之后另有变更，保留", "changed since, kept"), "info", "info"),
}
OUTCOMES: Mapping[str, Mark] = {
    "new": Mark(Words("将加入", "will be added"), "plus", "ok"),
    "renewed": Mark(
        Words("已在名单，将更新期限和原因", "on it already: end and reason are renewed"), "rotate-ccw", "info"
    ),
    "taken_off": Mark(Words("将移出", "will be taken off"), "minus", "ok"),
    "repeated": Mark(Words("与前面的行重复", "the same as a line before"), "copy", "neutral"),
    "not_listed": Mark(Words("不在名单上", "not on the list"), "circle-dot", "neutral"),
    "refused": Mark(Words("不能执行", "cannot be done"), "octagon-alert", "danger"),
}
_BY_POLICY = Words("策略自带", "by the policy")


@dataclass(frozen=True)
class EntryRow:
    """One entry on the screen; `token` is shown where nobody knows whom it is about."""

    label: str
    href: str
    about: str
    kind: Words
    key: str
    entry_kind: str
    reason: str
    placed_by: str
    change_href: str
    at: datetime | None
    until: datetime | None
    state: Mark | None = None
    refusal: str = ""


@dataclass(frozen=True)
class ChangeRow:
    """One change on the screen."""

    line: ChangeLine
    act: Words
    mark: Mark
    href: str


def looked_up_words(declared: DeclaredList) -> str:
    """Return by what a list is looked up, in words; "" when no rule asks it."""
    kinds = dict.fromkeys(
        say(kind_words(each.entity_kind)) if each.entity_kind else field_words(each.field)
        for each in declared.looked_up
    )
    return joined(kinds)


def entry_row(line: EntryLine) -> EntryRow:
    """Return an entry in words."""
    label, href, about = _named(line.key, line.name)
    is_change = line.source.startswith("lch_")
    return EntryRow(
        label=label,
        href=href,
        about=about,
        kind=KINDS[line.entry_kind],
        key=line.key,
        entry_kind=line.entry_kind,
        reason=say(reason_words(line.reason)),
        placed_by=say(_BY_POLICY) if line.source == "policy" else line.placed_by,
        change_href=reverse("list_change", args=[line.source]) if is_change else "",
        at=line.at,
        until=line.until,
    )


def item_row(item: ItemLine) -> EntryRow:
    """Return an entry of a change in words."""
    label, href, about = _named(item.key, item.name)
    reason, kind = say(reason_words(item.reason)), KINDS[item.entry_kind]
    return EntryRow(
        label,
        href,
        about,
        kind,
        item.key,
        item.entry_kind,
        reason,
        "",
        "",
        None,
        None,
        STATES[item.state],
        item.refusal,
    )


def change_row(line: ChangeLine) -> ChangeRow:
    """Return a change in words."""
    return ChangeRow(line, ACTS[line.act], STATES[line.state], reverse("list_change", args=[line.id]))


def membership_row(each: Membership) -> dict[str, object]:
    """Return what a look-up found, in words."""
    return {
        "found": each,
        "mark": COLOURS[each.colour],
        "kind": KINDS[each.entry_kind],
        "reason": say(reason_words(each.reason)),
        "href": reverse("list_entries", args=[each.list_name]),
        "placed_by": say(_BY_POLICY) if each.source == "policy" else each.placed_by,
    }


def _named(key: str, name: EntityName | None) -> tuple[str, str, str]:
    """Return label, page and kind of what an entry is about; a token that nobody met is shown by its beginning."""
    if name is None:
        return key if len(key) != 32 else f"{key[:8]}…", "", ""
    return entity_label(name), entity_href(name), say(name.words)
