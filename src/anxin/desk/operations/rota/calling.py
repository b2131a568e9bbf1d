"""Turn what incidents tell into calls: the ladder's steps, broken promises, gaps, silent holders, questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from anxin.desk.foundation.notifications.actions.paging import Notice, queue_pages
from anxin.desk.foundation.notifications.wording import Argument
from anxin.desk.foundation.organisations.models import RoleGrant
from anxin.desk.foundation.outbox.following import Told
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.facts import (
    ClockBreached,
    ConsultChanged,
    CoverageGap,
    LadderStepDue,
    LeaseNudged,
    ReviewDue,
)
from anxin.desk.operations.incidents.kinds import kind_name
from anxin.desk.operations.incidents.models import Consult, Incident
from anxin.desk.operations.rota.queries import has_rota, people_on_call
from anxin.desk.operations.rota.roles import find_role, promise_words, step_words

LEADS = 5
"""How many of a role are told where nobody plans a rota."""


def call_step(fact: LadderStepDue, told: Told, at: datetime) -> int:
    """Call whom a step of the ladder names; where nobody plans, the organisation's channels. A gap is told apart."""
    if find_role(fact.role) is None or (not fact.people and has_rota(told.organisation_id)):
        return 0
    role = step_words(fact.role)
    return _call("ladder", fact.incident_id, told, fact.people, {"role_zh": role.zh, "role_en": role.en}, at=at)


def tell_breach(fact: ClockBreached, told: Told, at: datetime) -> int:
    """Tell lead and duty manager, and the organisation's channels, that a promise was broken (C17)."""
    clock = promise_words().get(fact.clock)
    if clock is None:
        return 0
    more = {"clock_zh": clock.zh, "clock_en": clock.en, "due_at": fact.breached_at}
    people = _those_in_charge(told.organisation_id, at)
    return _call("breach", fact.incident_id, told, people, more, at=at, is_for_all=True)


def tell_gap(fact: CoverageGap, told: Told, at: datetime) -> int:
    """Tell lead and duty manager that a step called nobody."""
    role = step_words(fact.role)
    people = _those_in_charge(told.organisation_id, at)
    return _call(
        "gap", fact.incident_id, told, people, {"role_zh": role.zh, "role_en": role.en}, at=at, is_for_all=True
    )


def nudge(fact: LeaseNudged, told: Told, at: datetime) -> int:
    """Ask the silent holder (C15)."""
    return _call("nudge", fact.incident_id, told, (fact.holder_id,), {}, at=at)


def tell_stalled(fact: LeaseNudged, told: Told, at: datetime) -> int:
    """Call again: whoever is primary, and those in charge (C15); the holder hears that it is free."""
    primary = people_on_call(organisation_id=told.organisation_id, at=at, roles=("primary",))
    people = (*primary, *_those_in_charge(told.organisation_id, at), fact.holder_id)
    return _call("stalled", fact.incident_id, told, people, {}, at=at)


def tell_review(fact: ReviewDue, told: Told, at: datetime) -> int:
    """Tell those in charge, in their own time, that a review is due."""
    people = _those_in_charge(told.organisation_id, at)
    return _call("review_due", fact.incident_id, told, people, {}, at=at, is_urgent=False)


def call_mentor(fact: ConsultChanged, told: Told, at: datetime) -> int:
    """Call the first mentor to a question about an incident, once it is asked."""
    if fact.state != "open" or not fact.incident_id:
        return 0
    return _call_advisers("consult", fact, told, _mentors(fact, told, at)[:1], at)


def call_next_mentor(fact: ConsultChanged, told: Told, at: datetime) -> int:
    """Call the next mentor, and those in charge, to a question nobody answered in time.

    About an incident the first mentor was called when it was asked. Without one nobody was: it is the first one's turn,
    and nobody waits on the line, so that quiet hours hold.
    """
    in_charge = _those_in_charge(told.organisation_id, at)
    if fact.incident_id:
        return _call_advisers("consult_late", fact, told, (*_mentors(fact, told, at)[1:2], *in_charge), at)
    return _tell_helpers(fact, told, (*_mentors(fact, told, at)[:1], *in_charge), at)


def _call_advisers(code: str, fact: ConsultChanged, told: Told, people: Sequence[str], at: datetime) -> int:
    row, others = _question(fact, told, people)
    return _call(code, fact.incident_id, told, others, _about(row), at=at) if others else 0


def _tell_helpers(fact: ConsultChanged, told: Told, people: Sequence[str], at: datetime) -> int:
    row, others = _question(fact, told, people)
    notice = Notice(
        occasion=f"help_late:{row.id}",
        code="help_late",
        subject=("consult", row.id),
        path="/consults/",
        arguments=_about(row),
    )
    return queue_pages(notice, others, organisation_id=told.organisation_id, at=at)


def _question(fact: ConsultChanged, told: Told, people: Sequence[str]) -> tuple[Consult, Sequence[str]]:
    """Return the question and who of these is to be called: not its asker, and nobody once it is answered."""
    row = Consult.objects.get(pk=fact.consult_id, organisation_id=told.organisation_id)
    return row, [each for each in people if each != row.asker_id and row.state == "open"]


def _about(row: Consult) -> Mapping[str, Argument]:
    topic = choices("topics")[row.topic]
    return {"topic_zh": topic.zh, "topic_en": topic.en, "due_at": row.due_at.isoformat()}


def _mentors(fact: ConsultChanged, told: Told, at: datetime) -> tuple[str, ...]:
    """Return whom to ask: mentors on call first, then those who were here last; never the asker."""
    planned = people_on_call(organisation_id=told.organisation_id, at=at, roles=("mentor",))
    asker = Consult.objects.values_list("asker_id", flat=True).get(pk=fact.consult_id)
    found = dict.fromkeys((*planned, *_latest("mentor", told.organisation_id, at)))
    return tuple(each for each in found if each != asker)


def _call(
    code: str,
    incident_id: str,
    told: Told,
    people: Sequence[str],
    more: Mapping[str, Argument],
    *,
    at: datetime,
    is_for_all: bool = False,
    is_urgent: bool = True,
) -> int:
    incident = Incident.objects.get(pk=incident_id, organisation_id=told.organisation_id)
    kind = kind_name(told.organisation_id, incident.kind)
    arguments: dict[str, Argument] = {
        "level": incident.level,
        "number": incident.number,
        "kind_zh": kind.zh,
        "kind_en": kind.en,
        "due_at": (incident.due_at or at).isoformat(),
    }
    notice = Notice(
        occasion=f"{code}:{incident_id}:{told.seq}",
        code=code,
        subject=("incident", incident_id),
        path=f"/incidents/{incident_id}/",
        arguments=arguments | dict(more),
        is_urgent=is_urgent,
        is_for_all=is_for_all,
    )
    return queue_pages(notice, people, organisation_id=told.organisation_id, at=at)


def _those_in_charge(organisation_id: str, at: datetime) -> tuple[str, ...]:
    """Return lead and duty manager on call; where nobody plans, the shift leads who were here last."""
    if has_rota(organisation_id):
        return people_on_call(organisation_id=organisation_id, at=at, roles=("lead", "duty_manager"))
    return _latest("shift_lead", organisation_id, at)


def _latest(role: str, organisation_id: str, at: datetime) -> tuple[str, ...]:
    """Return who holds a role, those who were here last first."""
    current = Q(until=None) | Q(until__gt=at)
    rows = RoleGrant.objects.filter(
        current, organisation_id=organisation_id, role=role, revoked_at=None, person__is_active=True
    )
    latest = rows.order_by("-person__active_at", "person_id").values_list("person_id", flat=True)
    return tuple(dict.fromkeys(latest))[:LEADS]
