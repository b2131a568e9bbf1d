"""Suggest what a hand-over should say, from what the incident says by itself; and read what was written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone

from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.incidents.briefs import Brief
from anxin.desk.operations.incidents.handovers import NEXT_STEPS, Ahead, ToHandOver, ahead_of
from anxin.desk.operations.incidents.models import Incident

_CLOCKS = {
    "start": Words("{time} 前开始响应并采取保护", "started and protected by {time}"),
    "respond": Words("{time} 前联系到当事人", "the person is reached by {time}"),
    "handle": Words("{time} 前完成处置", "handled by {time}"),
    "contain": Words("{time} 前控制住", "contained by {time}"),
}


def suggest(item: ToHandOver) -> Brief:
    """Return the brief that an incident in hand makes by itself."""
    line = item.line
    return _brief(item.ahead, line.clock_kind, line.due_at, (line.at_risk_minor, line.currency))


def suggest_for(incident: Incident, *, at: datetime) -> Brief:
    """Return the brief of one incident that the caller may see."""
    money = (incident.at_risk_minor, incident.currency)
    return _brief(ahead_of(incident, at), incident.clock_kind, incident.due_at, money)


def read_items(given: QueryDict) -> Mapping[str, Brief]:
    """Return the chosen incidents with their briefs, from a form whose fields end with the incident's id."""
    return {
        each: Brief(
            given.get(f"next_step-{each}", "").strip(),
            given.get(f"promise-{each}", "").strip(),
            given.get(f"risk-{each}", "").strip(),
        )
        for each in given.getlist("incident")
    }


def _brief(ahead: Ahead, clock: str, due_at: datetime | None, money: tuple[int | None, str]) -> Brief:
    promise = ""
    if due_at is not None and clock in _CLOCKS:
        promise = say(_CLOCKS[clock], time=timezone.localtime(due_at).strftime("%H:%M"))
    minor, currency = money
    risks = (
        (minor, Words("涉及 {n} {currency}", "{n} {currency} at risk"), (minor or 0) // 100),
        (ahead.measures_in_force, Words("{n} 项措施生效中", "{n} measure in force|{n} measures in force"), None),
        (ahead.open_tasks, Words("{n} 项部门任务未完成", "{n} task open|{n} tasks open"), None),
        (ahead.open_consults, Words("{n} 个问题待导师答复", "{n} question open|{n} questions open"), None),
    )
    said = [say(words, n=shown if shown is not None else n, currency=currency) for n, words, shown in risks if n]
    return Brief(say(NEXT_STEPS[ahead.next_step]), promise, say(("；", "; ")).join(said))
