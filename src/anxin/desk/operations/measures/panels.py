"""What the pages of measures show: which measures fit, how far the person may go alone, how an order stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from anxin.desk.foundation.edge.actor import Actor, Grade
from anxin.desk.foundation.organisations.quotas import Quota, quotas_of
from anxin.desk.foundation.ui.shapes import Choice, Filter, Step
from anxin.desk.foundation.ui.vocabulary import Mark, kind_mark
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.measures.catalogue import Cap, Measure, measures, reasons
from anxin.desk.operations.measures.queries import UNCONFIRMED_AFTER, MeasureFilter, MeasureLine, list_measures

STATES: Mapping[str, Mark] = {
    "waiting": Mark(Words("等待审批", "waits for approval"), "user-check", "warning"),
    "sent": Mark(Words("已下达", "sent"), "send", "info"),
    "accepted": Mark(Words("网关已执行", "the gateway obeys"), "shield", "info"),
    "effective": Mark(Words("已生效", "effective"), "shield-check", "ok"),
    "failed": Mark(Words("平台执行失败", "the platform failed"), "octagon-alert", "danger"),
    "reverted": Mark(Words("已解除", "taken back"), "undo-2", "neutral"),
    "expired": Mark(Words("到期解除", "lapsed"), "hourglass", "neutral"),
    "declined": Mark(Words("未批准", "declined"), "ban", "neutral"),
}
FINDINGS: Mapping[str, Mark] = {
    "right": Mark(Words("处置正确", "right"), "circle-check", "ok"),
    "good_faith": Mark(Words("误判但合理", "wrong, in good faith"), "info", "info"),
    "wrong": Mark(Words("处置不当", "wrong"), "octagon-alert", "danger"),
}
_SHOWN = (
    Choice("waiting", Words("等待审批", "Waiting for approval")),
    Choice("unreviewed", Words("待复核", "To be reviewed")),
    Choice("ended", Words("已结束", "Ended")),
    Choice("all", Words("全部记录", "Every one")),
)
_PAST = 3


@dataclass(frozen=True)
class Offer:
    """One measure as this person may use it. `longest_hours` and `amount` (yuan, None: no limit) alone.

    `is_request`: it can only be asked for. `lacks_certificate`: alone it would be refused.
    """

    kind: str
    words: Words
    stops: Words
    leaves: Words
    tells: Words
    until: datetime
    longest_hours: float
    amount: int | None
    quota: Quota
    is_request: bool
    lacks_certificate: bool
    standing: MeasureLine | None


@dataclass(frozen=True)
class Standing:
    """One measure with its state, its way, and what this person may do about it."""

    line: MeasureLine
    mark: Mark
    about: Words
    reason: Words
    finding: Mark | None
    steps: tuple[Step, ...]
    can_release: bool
    can_ask_release: bool
    can_extend: bool
    can_review: bool
    can_answer: bool


@dataclass(frozen=True)
class ProtectPanel:
    """Everything of the panel about one entity. `look_again_ms`: when a missing receipt is to be told (0: never).

    `fits`: some measure is about such a kind at all.
    """

    fits: bool
    offers: tuple[Offer, ...]
    standing: tuple[Standing, ...]
    past: tuple[Standing, ...]
    chosen: str
    is_request_only: bool
    look_again_ms: int


def protect_panel(kind: str, key: str, *, chosen: str, by: Actor, at: datetime) -> ProtectPanel:
    """Return the panel about an entity; `chosen` is the measure marked, "" the first that can be ordered."""
    lines = list_measures(by=by, at=at, entity=(kind, key))
    alive = [each for each in lines if each.ended_at is None]
    offers = tuple(_offers(kind, alive, by, at))
    free = [each.kind for each in offers if each.standing is None]
    return ProtectPanel(
        fits=any(kind in each.entities for each in measures().values()),
        offers=offers,
        standing=tuple(standing(each, by) for each in alive),
        past=tuple(standing(each, by) for each in lines if each.ended_at is not None)[:_PAST],
        chosen=chosen if chosen in free else next(iter(free), ""),
        is_request_only=all(each.is_request for each in offers),
        look_again_ms=look_again_ms(alive, at),
    )


def standing(line: MeasureLine, by: Actor) -> Standing:
    """Return a measure with what may be done about it."""
    is_alive, is_ordered = line.ended_at is None, line.state not in ("waiting", "declined")
    may_confirm = _reaches(by, "freeze.extend", Grade.SECOND)
    is_alone, may_ask = may_release_alone(by), _reaches(by, "freeze.release", Grade.REQUEST)
    return Standing(
        line=line,
        mark=STATES[line.state],
        about=kind_mark(line.entity_kind).words,
        reason=reasons().get(line.reason, Words(line.reason, line.reason)),
        finding=FINDINGS.get(line.finding),
        steps=_steps(line),
        can_release=is_alive and not line.can_undo and is_alone,
        can_ask_release=is_alive and is_ordered and not (line.can_undo or is_alone) and may_ask,
        can_extend=is_alive and is_ordered and _reaches(by, "freeze.extend", Grade.REQUEST),
        can_answer=is_ordered and may_confirm and not line.is_mine,
        can_review=is_ordered and may_confirm and not line.is_mine and not line.finding,
    )


def may_release_alone(by: Actor) -> bool:
    """Return whether the person may end somebody's measure without a second person."""
    return _reaches(by, "freeze.release", Grade.LIMITED)


def look_again_ms(lines: Sequence[MeasureLine], at: datetime) -> int:
    """Return when to look again so that a missing receipt is told in time, in ms; 0: nothing is missing."""
    pending = [each for each in lines if each.state in ("sent", "accepted") and not each.is_unconfirmed]
    left = [UNCONFIRMED_AFTER - (at - each.requested_at) for each in pending]
    return int(min(left, default=timedelta()).total_seconds() * 1000) + 200 if left else 0


def filters(chosen: MeasureFilter) -> tuple[Filter, ...]:
    """Return the filters of the list."""
    kinds = [Choice(kind, each.words) for kind, each in measures().items()]
    shown = "" if chosen.shown == "standing" else chosen.shown
    mine = (Choice("1", Words("我下达的", "Ordered by me")),)
    return (
        Filter("shown", Words("状态", "State"), shown, _SHOWN, unchosen=Words("生效中", "Standing")),
        Filter("kind", Words("措施", "Measure"), chosen.kind, kinds),
        Filter(
            "mine",
            Words("下达人", "Ordered by"),
            "1" if chosen.is_mine else "",
            mine,
            unchosen=Words("所有人", "Anybody"),
        ),
    )


def parse_filter(given: Mapping[str, str]) -> MeasureFilter:
    """Return the filter an address names; what is unknown there is left out."""
    shown, kind = given.get("shown", ""), given.get("kind", "")
    return MeasureFilter(
        shown=shown if shown in {each.value for each in _SHOWN} else "standing",
        kind=kind if kind in measures() else "",
        is_mine=given.get("mine") == "1",
    )


def hours_alone(kind: str, by: Actor) -> float | None:
    """Return how long the person may order a measure alone, None when the catalogue says nothing about their roles."""
    measure = measures().get(kind)
    cap = _cap(measure, by) if measure else None
    return cap.longest.total_seconds() / 3600 if cap else None


def _offers(entity_kind: str, alive: Sequence[MeasureLine], by: Actor, at: datetime) -> list[Offer]:
    fitting = [each for each in measures().values() if entity_kind in each.entities and by.grant(each.permission)]
    quotas = quotas_of(by=by, at=at) if fitting else {}
    now = {each.kind: each for each in alive}
    return [_offer(each, quotas.get(each.permission, Quota(0, None)), now, by, at) for each in fitting]


def _offer(measure: Measure, quota: Quota, now: Mapping[str, MeasureLine], by: Actor, at: datetime) -> Offer:
    cap = _cap(measure, by)
    longest = cap.longest if cap else measure.lapse
    is_certified = import_string(settings.CERTIFICATION)
    return Offer(
        kind=measure.kind,
        words=measure.words,
        stops=measure.stops,
        leaves=measure.leaves,
        tells=measure.tells,
        until=at + longest,
        longest_hours=longest.total_seconds() / 3600,
        amount=cap.amount_minor // 100 if cap and cap.amount_minor is not None else None,
        quota=quota,
        is_request=not _reaches(by, measure.permission, Grade.LIMITED),
        lacks_certificate=measure.needs_certificate and not is_certified(by, measure.kind, at),
        standing=now.get(measure.kind),
    )


def _cap(measure: Measure, by: Actor) -> Cap | None:
    """Return the widest of what the person's roles may do alone."""
    caps = [measure.caps[role] for role in by.roles if role in measure.caps]
    return max(caps, key=lambda each: (each.amount_minor is None, each.amount_minor or 0, each.longest), default=None)


def _reaches(by: Actor, permission: str, least: Grade) -> bool:
    grant = by.grant(permission)
    return grant is not None and grant.grade.rank >= least.rank


def _steps(line: MeasureLine) -> tuple[Step, ...]:
    if line.state in ("waiting", "declined"):
        return ()
    reached = (line.requested_at, line.accepted_at or line.effective_at, line.effective_at)
    words = (
        Words("已下达", "Sent"),
        Words("网关已执行", "Accepted by the gateway"),
        Words("平台确认生效", "Confirmed by the platform")
        if reached[2]
        else Words("等待平台确认", "Waits for the platform"),
    )
    is_open = line.state in ("sent", "accepted")
    nearest = next((place for place, at in enumerate(reached) if at is None), None) if is_open else None
    return tuple(
        _step(each, at, is_next=place == nearest) for place, (each, at) in enumerate(zip(words, reached, strict=True))
    )


def _step(words: Words, at: datetime | None, *, is_next: bool) -> Step:
    state = "done" if at is not None else "next" if is_next else "todo"
    return Step(words, state)
