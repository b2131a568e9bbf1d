"""The risk card: what to protect, why, what is at stake, who it is about, and what looks alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode

from anxin.desk.decisioning.decisions.risk import RiskLevel
from anxin.desk.decisioning.decisions.rule_titles import NO_TITLES, Titles
from anxin.desk.decisioning.decisions.wording import amount_words
from anxin.desk.decisioning.entities.panels import EntityCard, Fact, count_facts, entity_card, place_facts, risk_reasons
from anxin.desk.decisioning.entities.profile import EntityView
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.shapes import Reason
from anxin.desk.foundation.ui.vocabulary import kind_mark
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.detail import IncidentDetail
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.operations.incidents.queries import PartyLine, SignalLine
from anxin.desk.operations.measures.catalogue import measures
from anxin.desk.operations.measures.queries import MeasureLine, list_case_measures
from anxin.desk.workbench.incident.wording import source_words

MOST_TARGETS = 6
MOST_SIGNALS = 4
MOST_REASONS = 4
_LEVEL = Words("定为 L{level}：{reason}", "It is an L{level}: {reason}")
_MARKER = Words("正在发生：{marker}", "It goes on at this moment: {marker}")
_SIGNAL = Words("{kind}，来自{source}", "{kind}, from {source}")
_MISSING = Words(
    "没有{kind} {key} 的任何记录：数据未到达，或不在您的范围",
    "Nothing is known about the {kind} {key}: no data came, or it is not yours to see",
)
_ABOUT = Words("{label}：{sentence}", "{label}: {sentence}")
_RULE = Words("定级规则", "rules of grading")
ROLES = {
    "victim": Words("受害人", "victim"),
    "suspect": Words("嫌疑方", "suspect"),
    "merchant": Words("商家", "merchant"),
    "reporter": Words("报告人", "reporter"),
    "thing": Words("涉及对象", "thing"),
}


@dataclass(frozen=True)
class Target:
    """Somebody or something that a measure can protect; `href` is the measures' own panel about it."""

    party: PartyLine
    role: Words
    label: str
    href: str


@dataclass(frozen=True)
class Sum:
    """One sum of the money row; `text` "" when nobody said."""

    words: Words
    text: str
    tone: str = ""


@dataclass(frozen=True)
class PersonTile:
    """One person or thing of the incident with what is known of it."""

    card: EntityCard
    role: Words
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class RiskTiles:
    """What loads after the page: reasons worst first, people and things, each with how old it is."""

    reasons: tuple[Reason, ...]
    people: tuple[PersonTile, ...]
    at: datetime


def list_targets(found: IncidentDetail) -> tuple[Target, ...]:
    """Return whom measures can protect, the most likely first: the kind's own subject, people before things."""
    kinds = set().union(*(each.entities for each in measures().values()))
    fitting = [each for each in found.parties if each.entity_kind in kinds]
    subject = found.kind.subject if found.kind is not None else "victim"
    order = {"user": 0, "payee": 1, "card": 2}
    fitting.sort(key=lambda each: (each.role == "reporter", order.get(each.entity_kind, 3), each.role != subject))
    once = {(each.entity_kind, each.entity_key): each for each in reversed(fitting)}
    first = sorted(once.values(), key=fitting.index)[:MOST_TARGETS]
    return tuple(_target(found.line.id, each) for each in first)


def _target(incident_id: str, party: PartyLine) -> Target:
    panel = reverse("measures_panel", args=[party.entity_kind, party.entity_key])
    label = f"{say(kind_mark(party.entity_kind).words)} {short_key(party)}"
    return Target(party, ROLES[party.role], label, f"{panel}?{urlencode({'incident': incident_id})}")


def short_key(party: PartyLine) -> str:
    """Return a key as it is shown: tokens of personal values are cut, they mean nothing to people."""
    return party.entity_key[:8] if party.entity_kind in ("phone", "email", "ip") else party.entity_key


def money_row(found: IncidentDetail) -> tuple[Sum, ...]:
    """Return what is at risk, still moving, held, lost and recovered."""
    row = found.row
    known = (row.at_risk_minor, row.blocked_minor, row.confirmed_minor)
    at_risk, held, lost = (each or 0 for each in known)
    moving = max(at_risk - held - lost, 0) if row.at_risk_minor is not None else None
    is_over = row.contained_at is not None
    sums = (
        Sum(Words("涉险", "at risk"), amount_words(row.at_risk_minor, row.currency)),
        Sum(
            Words("未止住", "not stopped"),
            amount_words(moving, row.currency),
            "danger" if moving and not is_over else "",
        ),
        Sum(Words("已拦下", "held"), amount_words(row.blocked_minor, row.currency)),
        Sum(Words("已损失", "lost"), amount_words(row.confirmed_minor, row.currency), "warning" if lost else ""),
    )
    if row.recovered_minor:
        return (*sums, Sum(Words("已追回", "recovered"), amount_words(row.recovered_minor, row.currency), "ok"))
    return sums


def first_reasons(found: IncidentDetail) -> tuple[Reason, ...]:
    """Return why, as far as the incident itself knows."""
    row = found.row
    why = choices("level_reasons").get(row.level_reason)
    reason = say(why) if why is not None else row.level_reason
    lines = [Reason(say(_LEVEL, None, level=row.level, reason=reason), say(_RULE), row.opened_at)]
    lines += _markers(found.signals, but=row.level_reason)
    signals = found.signals[:MOST_SIGNALS]
    is_alike = all(each.kind == row.kind for each in signals)
    kinds = {row.kind: found.line.kind_words} if is_alike else kind_names(row.organisation_id)
    lines += [_signal(each, kinds.get(each.kind, Words(each.kind, each.kind))) for each in signals]
    return tuple(lines)


def _markers(signals: Iterable[SignalLine], *, but: str) -> Iterable[Reason]:
    said = {but}
    for signal in signals:
        for marker in signal.markers:
            if marker not in said and marker in choices("level_reasons"):
                said.add(marker)
                sentence = say(_MARKER, None, marker=say(choices("level_reasons")[marker]))
                yield Reason(sentence, source_words(signal.source), signal.received_at)


def _signal(signal: SignalLine, kind: Words) -> Reason:
    source = source_words(signal.source)
    place = f"#{signal.source_ref}" if signal.source == "decision" else ""
    return Reason(say(_SIGNAL, None, kind=say(kind), source=source), f"{source} {place}".strip(), signal.received_at)


def risk_tiles(
    found: IncidentDetail, views: tuple[EntityView, ...], *, at: datetime, titles: Titles = NO_TITLES
) -> RiskTiles:
    """Return what the people and things in it say; what is missing is said too."""
    by_key = {(each.name.kind, each.name.key): each for each in views}
    reasons: list[Reason] = []
    people: list[PersonTile] = []
    for party in found.parties[:MOST_TARGETS]:
        view = by_key.get((party.entity_kind, party.entity_key))
        if view is None:
            kind = say(kind_mark(party.entity_kind).words)
            missing = say(_MISSING, None, kind=kind, key=short_key(party))
            reasons.append(Reason(missing, at=at, is_known=False))
            continue
        card = entity_card(view, titles)
        people.append(PersonTile(card, ROLES[party.role], (*place_facts(view), *count_facts(view))[:6]))
        if view.risk.level is not RiskLevel.NONE:
            reasons += [_about(card, each) for each in risk_reasons(view.risk, titles)[:MOST_REASONS]]
    return RiskTiles(tuple(reasons), tuple(people), at)


def _about(card: EntityCard, reason: Reason) -> Reason:
    sentence = say(_ABOUT, None, label=f"{say(card.words)} {card.label}", sentence=reason.sentence)
    return Reason(sentence, reason.source, reason.at)


def measures_of_case(found: IncidentDetail, *, by: Actor, at: datetime) -> tuple[MeasureLine, ...]:
    """Return the measures ordered for the incident, and those in force about whom it names; newest first."""
    if by.grant("entity.view") is None:
        return ()
    about = frozenset((each.entity_kind, each.entity_key) for each in found.parties[:MOST_TARGETS])
    return list_case_measures(found.line.id, about, by=by, at=at)
