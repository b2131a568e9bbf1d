"""An entity as its page shows it: everything in the language of the request, personal values masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from anxin.desk.decisioning.decisions.order_words import LISTS, MEASURES, measure_words, order_reason
from anxin.desk.decisioning.decisions.reveals import MaskedField, masked_field
from anxin.desk.decisioning.decisions.risk import RiskLevel
from anxin.desk.decisioning.decisions.rule_titles import NO_TITLES, Titles, titled
from anxin.desk.decisioning.decisions.wording import amount_words, place_words, terminal_words
from anxin.desk.decisioning.entities.profile import EntityName, EntityView, OrderLine, RiskView
from anxin.desk.decisioning.entities.queries import RiskCourse
from anxin.desk.foundation.ui.shapes import Point, Reason, Trend
from anxin.desk.foundation.ui.vocabulary import Mark
from anxin.desk.foundation.ui.words import Words, say

HIDDEN = Words("（不可见）", "(not shown)")
RISKS = {
    RiskLevel.NONE: Mark(Words("无风险记录", "no risk seen"), "circle-check", "neutral"),
    RiskLevel.LOW: Mark(Words("低风险", "low risk"), "circle-check", "ok"),
    RiskLevel.ELEVATED: Mark(Words("风险偏高", "elevated risk"), "triangle-alert", "warning"),
    RiskLevel.HIGH: Mark(Words("高风险", "high risk"), "octagon-alert", "danger"),
    RiskLevel.CRITICAL: Mark(Words("极高风险", "critical risk"), "octagon-alert", "danger"),
}
_COUNTS = {
    "events": Words("事件", "events"),
    "challenged": Words("要求验证", "challenged"),
    "reviewed": Words("转人工", "sent to review"),
    "held": Words("暂缓", "held"),
    "frozen": Words("冻结", "frozen"),
    "blocked": Words("拦截", "blocked"),
    "frauds": Words("定性为欺诈", "labelled as fraud"),
    "clearances": Words("已澄清", "cleared"),
    "disputes": Words("争议与拒付", "disputes"),
    "reports": Words("被举报", "reported"),
}
_POINTS = 60


@dataclass(frozen=True)
class EntityCard:
    """An entity in a list or at the head of a page. `masked` for personal kinds, else `label` says all."""

    kind: str
    key: str
    words: Words
    label: str
    href: str
    masked: MaskedField | None
    risk: Mark
    score: float
    last_seen: datetime
    first_seen: datetime
    why: str
    held: bool


@dataclass(frozen=True)
class OrderPanel:
    """A hold or list entry in force: `verdict` is "" for list entries, whose list is in `title`."""

    title: str
    verdict: str
    tone: str
    reason: str
    placed_by: str
    at: datetime
    until: datetime | None


@dataclass(frozen=True)
class Fact:
    """One line about an entity."""

    label: Words
    value: str


def entity_href(name: EntityName) -> str:
    """Return the page of an entity."""
    return reverse("entity", args=[name.kind, name.key])


def entity_label(name: EntityName) -> str:
    """Return what an entity is shown as."""
    return name.title if name.shown is None else name.shown.text or say(HIDDEN)


def masked_name(name: EntityName) -> MaskedField | None:
    """Return the masked form of a personal entity with the way to reveal it, None for others."""
    if name.shown is None:
        return None
    return masked_field(say(name.words), name.shown, reverse("entity_reveal", args=[name.kind, name.key]), say(HIDDEN))


def entity_card(view: EntityView, titles: Titles = NO_TITLES) -> EntityCard:
    """Return an entity in short."""
    reasons = view.risk.reasons
    return EntityCard(
        kind=view.name.kind,
        key=view.name.key,
        words=view.name.words,
        label=entity_label(view.name),
        href=entity_href(view.name),
        masked=masked_name(view.name),
        risk=RISKS[view.risk.level],
        score=view.risk.score,
        last_seen=view.last_seen,
        first_seen=view.first_seen,
        why=say(reasons[0].words, None, detail=titled(reasons[0].detail, titles)) if reasons else "",
        held=bool(view.orders),
    )


def risk_reasons(risk: RiskView, titles: Titles = NO_TITLES) -> tuple[Reason, ...]:
    """Return why a risk is as it is, each with how often and the record that says so."""
    often = Words("{sentence}，{n} 次", "{sentence}|{sentence}, {n} times")
    found = []
    for each in risk.reasons:
        sentence = say(each.words, None, detail=titled(each.detail, titles))
        said = say(often, None, sentence=sentence, n=each.count) if each.count > 1 else sentence
        found.append(Reason(said, say(Words("决策 #{seq}", "decision #{seq}"), None, seq=each.seq), each.at))
    return tuple(found)


def risk_trend(course: RiskCourse, at: datetime) -> Trend:
    """Return the course of a risk up to now; hours on the axis within two days, else days."""
    points = course.points[-_POINTS:]
    is_long = bool(points) and (at - points[0].at).days >= 2
    shown = [Point(_label(each.at, is_long), each.score) for each in points]
    if shown:
        shown.append(Point(say(Words("现在", "now")), course.now.score))
    return Trend(Words("风险走势", "Course of the risk"), shown, unit=Words("分", "points"), is_lower_better=True)


def _label(at: datetime, is_long: bool) -> str:
    return timezone.localtime(at).strftime("%m-%d" if is_long else "%H:%M")


def order_panels(orders: Iterable[OrderLine]) -> tuple[OrderPanel, ...]:
    """Return holds and list entries in force."""
    return tuple(_order(each) for each in orders)


def _order(order: OrderLine) -> OrderPanel:
    tones = {"black": "danger", "white": "ok"}
    return OrderPanel(
        title=say(measure_words(order.measure)) if order.verdict else order.list_name,
        verdict=order.verdict,
        tone=tones.get(order.colour, "neutral"),
        reason=say(order_reason(MEASURES if order.verdict else LISTS, order.reason)),
        placed_by=order.placed_by or order.source,
        at=order.at,
        until=order.until,
    )


def count_facts(view: EntityView) -> tuple[Fact, ...]:
    """Return how often what happened, without what never did; nothing where only some sites are seen."""
    if view.counts is None:
        return ()
    counted = {name: getattr(view.counts, name) for name in _COUNTS}
    return tuple(Fact(_COUNTS[name], f"{n:,}") for name, n in counted.items() if n or name == "events")


def money_facts(view: EntityView) -> tuple[Fact, ...]:
    """Return money by currency: paid, refunded, disputed."""
    found = []
    for each in view.money or ():
        for words, amount in (
            (Words("已付", "paid"), each.paid),
            (Words("已退", "refunded"), each.refunded),
            (Words("有争议", "disputed"), each.disputed),
        ):
            if amount:
                found.append(Fact(words, amount_words(amount, each.currency)))
    return tuple(found)


def place_facts(view: EntityView) -> tuple[Fact, ...]:
    """Return where the entity was met last."""
    given = (
        (Words("最近 IP 属地", "latest IP region"), place_words(view.place)),
        (Words("最近终端", "latest terminal"), terminal_words(view.terminal)),
        (Words("平台", "platform"), view.platform),
    )
    return tuple(Fact(words, value) for words, value in given if value)
