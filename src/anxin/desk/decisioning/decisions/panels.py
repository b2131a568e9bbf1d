"""A decision as its page shows it: everything in the language of the request, personal values masked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from anxin.desk.decisioning.decisions.event_fields import EventField
from anxin.desk.decisioning.decisions.explained import DecisionView, FeatureLine
from anxin.desk.decisioning.decisions.order_words import LISTS, MEASURES, measure_words, order_reason
from anxin.desk.decisioning.decisions.queries import DecisionLine
from anxin.desk.decisioning.decisions.reveals import MaskedField, masked_field
from anxin.desk.decisioning.decisions.rule_panels import RulePanel, rule_panels
from anxin.desk.decisioning.decisions.strands import shapes_of
from anxin.desk.decisioning.decisions.wording import (
    amount_words,
    counted_by_words,
    delay_words,
    event_words,
    field_words,
    flag_words,
    kind_words,
    line_words,
    province_words,
    terminal_words,
    told,
    value_words,
    window_words,
)
from anxin.desk.foundation.edge.clock import from_ms
from anxin.desk.foundation.ui.shapes import Reason
from anxin.desk.foundation.ui.words import Words, filled, joined, say
from anxin.engine.decision import Text
from anxin.engine.schema.schema import Schema

HIDDEN = Words("（不可见）", "(not shown)")
_LISTED = Words("{item}在名单“{list}”上", "{item} is on the list “{list}”")
_HELD = Words("{kind}上有生效中的措施：{measure}", "a measure is in force on the {kind}: {measure}")


@dataclass(frozen=True)
class DecisionRow:
    """One decision in a list."""

    href: str
    seq: int
    event_id: str
    event: str
    event_type: str
    at: datetime
    verdict: str
    score: float
    rules: str
    where: str
    terminal: str
    amount: str
    policy: str
    flags: tuple[str, ...]


@dataclass(frozen=True)
class FieldPanel:
    """One field of the event: `masked` for a personal one, else `value`, perhaps with the page of what it names."""

    path: str
    label: str
    value: str
    href: str
    masked: MaskedField | None


@dataclass(frozen=True)
class FeaturePanel:
    """One feature as the decision saw it."""

    name: str
    label: str
    value: str
    window: str
    by: str


@dataclass(frozen=True)
class ShadowPanel:
    """What a shadow policy would have said; `differs` from what was answered."""

    policy: str
    verdict: str
    score: float
    rules: str
    differs: bool


@dataclass(frozen=True)
class DecisionPanels:
    """Everything the page of one decision shows. `delay` is how long the event took to arrive.

    `took` is how long it took to decide, empty where the log does not say.
    """

    row: DecisionRow
    reasons: tuple[Reason, ...]
    rules: tuple[RulePanel, ...]
    features: tuple[FeaturePanel, ...]
    envelope: tuple[FieldPanel, ...]
    own: tuple[FieldPanel, ...]
    shadows: tuple[ShadowPanel, ...]
    delay: str
    took: str
    parts: tuple[tuple[str, str], ...]


def decision_row(line: DecisionLine) -> DecisionRow:
    """Return a line in words."""
    where = (line_words(line.business_line), province_words(line.region))
    return DecisionRow(
        href=reverse("decision", args=[line.seq]),
        seq=line.seq,
        event_id=line.event_id,
        event=event_words(line.event_type),
        event_type=line.event_type,
        at=line.occurred_at,
        verdict=line.verdict,
        score=line.score,
        rules=" ".join(line.rules),
        where=" · ".join(each for each in where if each),
        terminal=terminal_words(line.terminal),
        amount=amount_words(line.amount_minor, line.currency),
        policy=line.policy,
        flags=tuple(flag_words(each) for each in line.flags),
    )


def decision_panels(view: DecisionView) -> DecisionPanels:
    """Return a decision in words."""
    fields = tuple(field_panel(each, view.line) for each in view.fields)
    is_envelope = {each.path: each.is_envelope for each in view.fields}
    lag = int((view.line.received_at - view.line.occurred_at).total_seconds() * 1000)
    return DecisionPanels(
        row=decision_row(view.line),
        reasons=tuple(_reasons(view)),
        rules=rule_panels(view.explanation.rules) if view.explanation is not None else (),
        features=tuple(_feature(each) for each in view.features),
        envelope=tuple(each for each in fields if is_envelope[each.path]),
        own=tuple(each for each in fields if not is_envelope[each.path]),
        shadows=tuple(_shadows(view)),
        delay=delay_words(lag) if lag >= 0 else "—",
        took=_took(view.took_us),
        parts=_parts(view),
    )


def _took(microseconds: int | None) -> str:
    if microseconds is None:
        return ""
    return f"{microseconds} µs" if microseconds < 1000 else f"{microseconds / 1000:.3g} ms"


def field_panel(field: EventField, line: DecisionLine) -> FieldPanel:
    """Return one field in words."""
    label = field_words(field.path)
    if field.shown is None:
        value = value_words(field.path, field.value, event_type=line.event_type, currency=line.currency)
        return FieldPanel(field.path, label, value, _href(field, line.event_type), None)
    reveal_href = reverse("decision_reveal", args=[line.seq, field.path])
    return FieldPanel(field.path, label, "", "", masked_field(label, field.shown, reveal_href, say(HIDDEN)))


def _href(field: EventField, event_type: str) -> str:
    """Return the page of the person or thing that a plain field names, "" where it names none."""
    shape = shapes_of(Schema.shipped()).get(event_type)
    named = next((each for each in shape.names if each.field == field.path), None) if shape is not None else None
    if named is None or named.token is not None or named.is_many or not field.value or len(field.value) > 200:
        return ""
    return reverse("entity", args=[named.kind, field.value])


def _reasons(view: DecisionView) -> Iterable[Reason]:
    explanation = view.explanation
    if explanation is None:
        yield from (Reason(rule) for rule in view.line.rules)
        return
    for rule in explanation.rules:
        if rule.has_fired:
            yield Reason(told(rule.reasons.agent if rule.reasons is not None else rule.title), source=rule.rule)
    for match in explanation.lists:
        named = view.lists.get(match.list)
        title = told(named) if named is not None else match.list
        sentence = say(_LISTED, None, item=field_words(match.item), list=title)
        yield Reason(sentence, source=say(order_reason(LISTS, match.reason)))
    for hold in explanation.holds:
        kind, measure = kind_words(hold.entity_kind), measure_words(hold.measure)
        sentence = say(filled(_HELD, kind=kind, measure=measure))
        yield Reason(sentence, source=say(order_reason(MEASURES, hold.reason)))
    labels = {each.name: told(Text(each.zh, each.en)) for each in view.features}
    for unknown in view.unknown:
        missing = joined(labels.get(each) or field_words(each) for each in unknown.missing)
        yield Reason(
            say(Words("缺少数据：{missing}", "data is missing: {missing}"), None, missing=missing),
            unknown.rule,
            None,
            is_known=False,
        )


def _feature(feature: FeatureLine) -> FeaturePanel:
    return FeaturePanel(
        name=feature.name,
        label=told(Text(feature.zh, feature.en)),
        value=told(Text(feature.shown_zh, feature.shown_en)),
        window=window_words(feature.window_ms),
        by=joined(counted_by_words(each) for each in feature.by),
    )


def _shadows(view: DecisionView) -> Iterable[ShadowPanel]:
    for shadow in view.shadows:
        differs = shadow.verdict != view.line.verdict
        yield ShadowPanel(shadow.policy, shadow.verdict, shadow.score, " ".join(shadow.rules), differs)


def _parts(view: DecisionView) -> tuple[tuple[str, str], ...]:
    """Return where the score comes from: rules by points, then the model's strongest inputs."""
    if view.explanation is None:
        return ()
    score = view.explanation.score
    found = [(rule, f"+{points:g}") for rule, points in score.rule_points.items()]
    if score.model_score is not None:
        found.append((say(Words("模型分", "model score")), f"{score.model_score:.1f}"))
    found += [(told(part.text), f"{part.contribution:+.2f}") for part in score.strongest]
    return tuple(found)


def held_words(measures: Iterable[str]) -> str:
    """Return what measures are called, one after the other."""
    return joined(say(measure_words(each)) for each in measures)


def label_words(is_fraud: bool | None) -> Sequence[object]:
    """Return what a label says about fraud, and its tone."""
    if is_fraud is None:
        return Words("未说明", "not said"), "neutral"
    return (Words("欺诈", "fraud"), "danger") if is_fraud else (Words("非欺诈", "not fraud"), "ok")


def moment_of(milliseconds: int | None) -> datetime | None:
    """Return an instant, None for none."""
    return None if milliseconds is None else from_ms(milliseconds)
