"""What a request about an incident comes to, in sentences for whoever decides; what they may not see is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from anxin.desk.foundation.approvals.acts import Asked, Description
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.words import Words, filled
from anxin.desk.operations.incidents.access import visible_incidents
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.clocks.happenings import LevelLowered
from anxin.desk.operations.incidents.clockwork import current_policy, foresee
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.operations.incidents.models import Incident

NOWHERE = Words("", "")
_LABEL = Words("L{level} 事件 #{number} {kind}", "L{level} incident #{number}, {kind}")
_DISMISS = Words("排除 {incident}，原因“{reason}”", "Dismiss {incident}: {reason}")
_DISMISSED = Words(
    "事件结束，不再计时，也不再处置；72 小时内可以重新打开。",
    "the incident ends, its promise stops; it can be reopened within 72 h.",
)
_LOWER = Words("把 {incident} 降为 L{level}，原因“{reason}”", "Lower {incident} to L{level}: {reason}")
_LOWERED = Words(
    "承诺改按 L{level}，时限从 {before} 变为 {after}；不同意则时限不变。",
    "the promise becomes that of an L{level}: due {after} instead of {before}. After a no, nothing moves.",
)
_LOWERED_NO_CLOCK = Words(
    "级别改为 L{level}，承诺已经了结，时限不变。", "it becomes an L{level}; its promise is settled already."
)
_STAKE = Words("{money}{victims}，{promise}", "{money}{victims}, {promise}")
_DUE = Words("时限 {due}", "due {due}")
_SETTLED = Words("承诺已了结", "its promise is settled")
_AT_RISK = Words("涉险 {sum} {currency}", "{sum} {currency} at risk")
_NO_SUM = Words("涉险金额未填写", "no sum at risk was said")
_VICTIMS = Words("，{n} 名受害人", ", {n} victim|, {n} victims")
_OVER = Words("已了结", "settled")
_RECOMPUTE = Words("按承诺版本 {version} 重算进行中事件的时限", "Compute running promises anew by version {version}")
_RECOMPUTED = Words(
    "这些事件的时限立即按新版本重算，旧时限留作记录；已经超时的仍算超时。",
    "their due times are computed anew at once, the old ones stay on record; what was late stays late.",
)
_OUTDATED = Words("此版本已不是现行版本：同意也不会执行。", "this version is no longer in force: a yes does nothing.")
_MANY = Words("{n} 起进行中的事件", "{n} running incident|{n} running incidents")


def incident_label(row: Incident, names: Mapping[str, Words], level: int = 0) -> Words:
    """Return level (0: as it is now), number and kind of an incident in words."""
    kind = names.get(row.kind, Words(row.kind, row.kind))
    return filled(_LABEL, level=level or row.level, number=row.number, kind=kind)


def incident_labels(ids: Iterable[str], by: Actor) -> Mapping[str, Words]:
    """Return what those of these incidents are called that the reader may see."""
    wanted = {each for each in ids if each}
    if not wanted:
        return {}
    names = kind_names(by.organisation_id)
    return {row.id: incident_label(row, names) for row in visible_incidents(by).filter(pk__in=wanted)}


def describe_dismissals(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say which incident would be dismissed, and what is at risk in it."""
    del at
    reasons = choices("dismissals")
    return {
        each.approval_id: _described(
            row, filled(_DISMISS, incident=label, reason=reasons[str(each.arguments["code"])]), _DISMISSED
        )
        for each, row, label in _incidents(asked, by)
    }


def describe_lowerings(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say which incident would be lowered to which level, and what that does to its due time."""
    reasons, found = choices("level_reasons"), dict[str, Description]()
    for each, row, label in _incidents(asked, by):
        level, reason = int(each.arguments["level"] or 0), reasons[str(each.arguments["code"])]
        words = filled(_LOWER, incident=label, level=level, reason=reason)
        found[each.approval_id] = _described(row, words, _lowered(row, level, at))
    return found


def describe_recomputes(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say by which version how many promises would be computed anew."""
    version = current_policy(by.organisation_id, at=at).version
    return {
        each.approval_id: Description(
            filled(_RECOMPUTE, version=each.object_id),
            _RECOMPUTED if each.object_id == version else _OUTDATED,
            filled(_MANY, n=int(each.arguments["n"] or 0)),
            "/incident-settings/",
        )
        for each in asked
    }


def _incidents(asked: Sequence[Asked], by: Actor) -> Iterator[tuple[Asked, Incident, Words]]:
    rows = visible_incidents(by).in_bulk([each.object_id for each in asked])
    names = kind_names(by.organisation_id)
    found = ((each, rows.get(each.object_id)) for each in asked)
    return (
        (each, row, incident_label(row, names, int(each.arguments.get("from") or 0)))
        for each, row in found
        if row is not None
    )


def _described(row: Incident, words: Words, follows: Words) -> Description:
    return Description(words, follows, stake_of(row), f"/incidents/{row.id}/")


def stake_of(row: Incident) -> Words:
    """Return what is at stake in an incident: money, people and time."""
    if row.at_risk_minor is None:
        money = _NO_SUM
    else:
        money = filled(_AT_RISK, sum=f"{row.at_risk_minor / 100:,.2f}", currency=row.currency)
    people = filled(_VICTIMS, n=row.victims) if row.victims else NOWHERE
    promise = filled(_DUE, due=_clock(row.due_at)) if row.due_at is not None else _SETTLED
    return filled(_STAKE, money=money, victims=people, promise=promise)


def _lowered(row: Incident, level: int, at: datetime) -> Words:
    if row.due_at is None or level <= row.level:
        return filled(_LOWERED_NO_CLOCK, level=level)
    after = foresee(row, LevelLowered(at, level)).primary
    return filled(_LOWERED, level=level, before=_clock(row.due_at), after=_clock(after.due if after.is_open else None))


def _clock(due: datetime | None) -> Words:
    if due is None:
        return _OVER
    shown = timezone.localtime(due).strftime("%m-%d %H:%M")
    return Words(shown, shown)
