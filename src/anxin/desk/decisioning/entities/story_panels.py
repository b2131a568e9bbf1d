"""An entity's story as a timeline: each happening in words, with what was decided and where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse

from anxin.desk.decisioning.decisions.event_fields import EventField
from anxin.desk.decisioning.decisions.rule_titles import NO_TITLES, Titles, titled
from anxin.desk.decisioning.decisions.wording import (
    amount_words,
    event_words,
    line_words,
    place_words,
    terminal_words,
)
from anxin.desk.decisioning.entities.timeline import TimelineItem
from anxin.desk.foundation.ui.shapes import TimelineEntry
from anxin.desk.foundation.ui.vocabulary import VERDICTS
from anxin.desk.foundation.ui.words import Words, say

_ICONS = {
    "sign_in": "log-in",
    "account": "user-cog",
    "device": "smartphone",
    "order": "package",
    "payment": "credit-card",
    "refund": "undo-2",
    "message": "message-square",
    "content": "file-text",
    "report": "flag",
    "staff": "user-check",
    "label": "tag",
    "other": "circle",
}
_VIEW = "entity.view"
_NEWS = {
    "new_device": Words("新设备", "new device"),
    "new_city": Words("新城市", "new city"),
    "new_payee": Words("新收款方", "new payee"),
    "new_address": Words("新地址", "new address"),
    "screen_sharing": Words("正在共享屏幕", "screen shared"),
    "remote_app": Words("远程控制", "remote control"),
    "call_in_progress": Words("正在通话", "on the phone"),
}
"""What an event says that somebody on the line must hear first."""
_LONGEST_TEXT = 120
_ROLE = Words("{role}：{event}", "{event} ({role})")
_LET_GO = Words("内容已按保存期限或请求销毁", "what it said was let go")
_VIEWS = Words("被查看 {n} 次（{who}）", "looked at once ({who})|looked at {n} times ({who})")


def story_entries(items: Sequence[TimelineItem], titles: Titles = NO_TITLES) -> tuple[TimelineEntry, ...]:
    """Return the entries of a story; views by staff that follow one another are one entry."""
    found: list[TimelineEntry] = []
    views: list[TimelineItem] = []
    for item in items:
        if item.staff is not None and item.staff.act == _VIEW:
            views.append(item)
            continue
        found += _viewed(views)
        views = []
        found.append(_staff(item) if item.staff is not None else _event(item, titles))
    return (*found, *_viewed(views))


def _viewed(views: Sequence[TimelineItem]) -> Iterable[TimelineEntry]:
    if views:
        who = "、".join(dict.fromkeys(each.staff.actor_label for each in views if each.staff is not None))
        yield TimelineEntry(views[0].at, say(_VIEWS, None, n=len(views), who=who), icon="eye")


def _staff(item: TimelineItem) -> TimelineEntry:
    assert item.staff is not None
    staff = item.staff
    return TimelineEntry(item.at, staff.sentence, staff.reason, staff.actor_label, _ICONS["staff"])


def _event(item: TimelineItem, titles: Titles) -> TimelineEntry:
    line = item.line
    if line is None:
        return TimelineEntry(item.at, say(item.strand.words), say(_LET_GO), icon=_ICONS[item.strand.name])
    title = event_words(line.event_type)
    if item.role is not None and item.role.name != "actor":
        title = say(_ROLE, None, role=say(item.role.words), event=title)
    mark = VERDICTS[line.verdict]
    parts = [title, amount_words(line.amount_minor, line.currency)]
    if line.verdict != "allow":
        parts.append(say(mark.words))
    return TimelineEntry(
        at=item.at,
        title=" · ".join(each for each in parts if each),
        detail=" · ".join((*(titled(each, titles) for each in line.rules[:3]), *_details(item))),
        icon=_ICONS[item.strand.name],
        tone="" if line.verdict == "allow" else mark.tone,
        href=reverse("decision", args=[line.seq]),
    )


def _details(item: TimelineItem) -> Iterable[str]:
    fields = {each.path: each for each in item.fields}
    place = " ".join(_plain(fields, name) for name in ("ip_country", "ip_province", "ip_city"))
    if place.strip():
        yield place_words(place.strip())
    yield from (say(words) for name, words in _NEWS.items() if _plain(fields, name) == "true")
    if item.line is not None:
        yield from filter(None, (terminal_words(item.line.terminal), line_words(item.line.business_line)))
    text = fields.get("text")
    if text is not None and text.shown is not None and text.shown.text:
        yield f"“{text.shown.text[:_LONGEST_TEXT]}{'…' if len(text.shown.text) > _LONGEST_TEXT else ''}”"
    if item.is_erased:
        yield say(_LET_GO)


def _plain(fields: dict[str, EventField], name: str) -> str:
    field = fields.get(name)
    return field.value if field is not None and field.shown is None else ""
