"""What the pages of reviews show: lists, words of every code, what this person may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.timezone import localtime

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.shapes import Cell, Choice, Column, Filter, Row, Table, TimelineEntry
from anxin.desk.foundation.ui.vocabulary import LEVELS, Mark
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.incidents.choices import choices as incident_choices
from anxin.desk.operations.incidents.kinds import kind_name
from anxin.desk.oversight.reviews.case_queries import CaseFilter, CaseLine
from anxin.desk.oversight.reviews.choices import choices
from anxin.desk.oversight.reviews.queries import ActionLine, EntryLine, EventLine, ReviewLine, ReviewView

STATES: Mapping[str, Mark] = {
    "open": Mark(choices("states")["open"], "calendar-plus", "warning"),
    "scheduled": Mark(choices("states")["scheduled"], "calendar-check", "info"),
    "published": Mark(choices("states")["published"], "circle-check", "ok"),
}
ACTION_STATES: Mapping[str, Mark] = {
    "open": Mark(choices("action_states")["open"], "circle-dashed", "info"),
    "given": Mark(choices("action_states")["given"], "eye", "warning"),
    "proven": Mark(choices("action_states")["proven"], "circle-check", "ok"),
    "accepted": Mark(choices("action_states")["accepted"], "hourglass", "neutral"),
}
LATE = Mark(Words("逾期", "late"), "clock-alert", "danger")
_SHOWN = (
    Choice("late", Words("逾期", "Late")),
    Choice("mine", Words("我主持的", "Mine to facilitate")),
    Choice("published", Words("已发布", "Published")),
)
_ICONS = {"finding": "search", "praise": "thumbs-up", "helped": "life-buoy"}
_EVENTS = {
    "promote": Words("建立事件", "opened"),
    "signal": Words("收到线索", "a signal came"),
    "start": Words("开始响应", "started"),
    "claim": Words("认领", "claimed"),
    "contain": Words("控制住", "contained"),
    "submit": Words("提交校验", "submitted"),
    "verify": Words("校验通过", "verified"),
    "fail_verify": Words("校验未通过", "verification failed"),
    "record_loss": Words("填写损失", "recorded the loss"),
    "record_finding": Words("责任认定", "recorded the finding"),
    "record_no_action": Words("决定无需处置", "decided that nothing is to be done"),
    "log_contact": Words("联系当事人", "contacted somebody"),
    "protect": Words("保护措施被接受", "a measure was accepted"),
    "raise_level": Words("升级", "raised the level"),
    "lower_level": Words("降级", "lowered the level"),
    "consult": Words("请教导师", "asked a mentor"),
    "note": Words("记录", "noted"),
    "reopen": Words("重新打开", "reopened"),
    "dismiss": Words("排除", "dismissed"),
    "begin_care": Words("开始核实", "began to check"),
    "end_care": Words("核实完成", "ended the check"),
    "publish_review": Words("发布复盘", "published the review"),
}


@dataclass(frozen=True)
class EventPanel:
    """One event of the timeline by role, with what may be done about it."""

    seq: int
    entry: TimelineEntry
    role: Words
    is_referred: bool
    protection: Words | None
    can_reveal: bool


@dataclass(frozen=True)
class EntryPanel:
    """One thing the review says, in words."""

    line: EntryLine
    kind: Words
    factor: Words | None
    role: Words | None
    icon: str


@dataclass(frozen=True)
class ActionPanel:
    """One corrective action, in words."""

    line: ActionLine
    kind: Words
    proof: Words
    mark: Mark


@dataclass(frozen=True)
class ReviewPanel:
    """A review in words, with what this person may do."""

    view: ReviewView
    type: Words
    why: Words
    kind: Words
    mark: Mark
    entries: Sequence[EntryPanel]
    events: Sequence[EventPanel]
    actions: Sequence[ActionPanel]
    can_write: bool
    can_facilitate: bool
    can_publish: bool


def review_panel(view: ReviewView, by: Actor) -> ReviewPanel:
    """Return a review as its page shows it."""
    is_open = view.line.state != "published"
    verify = by.grant("incident.verify")
    return ReviewPanel(
        view=view,
        type=choices("types")[view.line.type],
        why=_words("whys", view.line.why),
        kind=kind_name(by.organisation_id, view.line.incident_kind),
        mark=STATES[view.line.state],
        entries=[entry_panel(each) for each in view.entries],
        events=[_event(each, view) for each in view.events],
        actions=[action_panel(each) for each in view.actions],
        can_write=is_open and by.grant("review.write") is not None,
        can_facilitate=is_open and by.grant("review.facilitate") is not None,
        can_publish=view.line.state == "scheduled" and verify is not None and verify.grade.rank >= 1,
    )


def entry_panel(line: EntryLine) -> EntryPanel:
    """Return one thing the review says."""
    factor = choices("factors").get(line.factor)
    return EntryPanel(line, choices("entries")[line.kind], factor, choices("roles").get(line.role), _ICONS[line.kind])


def action_panel(line: ActionLine) -> ActionPanel:
    """Return one corrective action."""
    mark = LATE if line.is_late else ACTION_STATES[line.state]
    return ActionPanel(line, choices("actions")[line.kind], choices("proofs")[line.proof_required], mark)


def review_table(lines: Sequence[ReviewLine], kinds: Mapping[str, Words], next_href: str | None) -> Table:
    """Return the list of reviews."""
    columns = (
        Column(Words("事件", "Incident")),
        Column(Words("级别", "Level")),
        Column(Words("类型", "Kind")),
        Column(Words("复盘", "Review"), is_minor=True),
        Column(Words("缘由", "Why"), is_minor=True),
        Column(Words("状态", "State")),
        Column(Words("主持人", "Facilitator"), is_minor=True),
        Column(Words("发布期限", "Publish by")),
        Column(Words("未完成措施", "Open actions"), is_number=True),
    )
    return Table(
        caption=Words("复盘", "Reviews"),
        columns=columns,
        rows=[_review_row(each, kinds) for each in lines],
        empty=Words("没有符合条件的复盘", "No such reviews"),
        empty_how=Words(
            "事件校验通过后，按规则自动建立。", "One opens by itself when an incident that needs it is verified."
        ),
        next_href=next_href,
    )


def review_filters(shown: str) -> tuple[Filter, ...]:
    """Return the filters of the list."""
    value = "" if shown == "due" else shown
    return (Filter("shown", Words("显示", "Show"), value, _SHOWN, unchosen=Words("待完成", "Due")),)


def case_filters(chosen: CaseFilter, kinds: Mapping[str, Words]) -> tuple[Filter, ...]:
    """Return the filters of the library."""
    offered = tuple(Choice(code, words) for code, words in kinds.items())
    factors = tuple(Choice(code, words) for code, words in choices("factors").items())
    return (
        Filter("q", Words("搜索案例", "Search cases"), chosen.text, kind="search"),
        Filter("kind", Words("事件类型", "Kind"), chosen.kind, offered),
        Filter("factor", Words("因素", "Factor"), chosen.factor, factors),
        Filter("rule", Words("规则编号", "Rule"), chosen.rule),
    )


@dataclass(frozen=True)
class CasePanel:
    """One case in words."""

    line: CaseLine
    kind: Words
    cause: Words
    factors: Sequence[Words]


def case_panel(line: CaseLine, kinds: Mapping[str, Words]) -> CasePanel:
    """Return a case as lists and its page show it."""
    known = {**incident_choices("causes"), **choices("factors")}
    factors = [known.get(each, Words(each, each)) for each in line.factors]
    cause = incident_choices("causes").get(line.cause, Words("未认定", "not found"))
    return CasePanel(line, kinds.get(line.kind, Words(line.kind, line.kind)), cause, factors)


def _review_row(line: ReviewLine, kinds: Mapping[str, Words]) -> Row:
    state = say(STATES[line.state].words)
    late = f" · {say(LATE.words)}" if line.is_late or line.is_waiting else ""
    cells = (
        f"#{line.number}",
        say(LEVELS[line.level].words),
        say(kinds.get(line.incident_kind, Words(line.incident_kind, line.incident_kind))),
        say(choices("types")[line.type]),
        say(_words("whys", line.why)),
        state + late,
        line.facilitator or "—",
        localtime(line.due_at).strftime("%Y-%m-%d %H:%M"),
        line.open_actions,
    )
    return Row([Cell(each) for each in cells], href=reverse("review", args=(line.id,)), key=line.id)


def _event(event: EventLine, view: ReviewView) -> EventPanel:
    title = say(_EVENTS.get(event.kind, Words(event.kind, event.kind.replace("_", " "))))
    role = choices("roles")[event.role]
    return EventPanel(
        seq=event.seq,
        entry=TimelineEntry(event.at, title, by=say(role)),
        role=role,
        is_referred=event.is_referred,
        protection=choices("protections").get(event.protection),
        can_reveal=view.is_facilitator and event.role != "system",
    )


def _words(name: str, code: str) -> Words:
    return choices(name).get(code, Words(code, code))
