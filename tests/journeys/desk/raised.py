"""An L3 of fifty minutes ago for the shop (`open USER`), and what the worker does once raised (`call INCIDENT`)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

AGE = timedelta(minutes=50)


def main(what: str, about: str) -> None:
    from anxin.desk.foundation.edge.clock import now

    {"open": opened, "call": called}[what](about, now())


def opened(user: str, at: datetime) -> None:
    from anxin.desk.foundation.organisations.actors import actor_of
    from anxin.desk.foundation.organisations.models import Person
    from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
    from anxin.desk.operations.incidents.actions.signals import Named

    begun = at - AGE
    by = actor_of(Person.objects.get(username="specialist"), at=begun, is_strong=True)
    open_incident(Seen("refund_abuse", 3, entities=(Named("victim", "user", user),)), by=by, at=begun)


def called(incident_id: str, at: datetime) -> None:
    """Plan the lead as primary for this moment only: with a plan, the others would be off shift for later journeys."""
    from anxin.desk.boot.reactions import react
    from anxin.desk.foundation.organisations.actors import actor_of
    from anxin.desk.foundation.organisations.models import Person
    from anxin.desk.operations.incidents.actions.ticking import look_at_incident
    from anxin.desk.operations.incidents.models import Incident
    from anxin.desk.operations.rota.actions import Post, Week, end_plan, plan_week

    lead = actor_of(Person.objects.get(username="shift_lead"), at=at, is_strong=True)
    always = Week(range(7), time(0), time(0), date(2026, 1, 1))
    plan = plan_week(Post("primary"), always, person_id=lead.person_id or "", by=lead, at=at)
    incident = Incident.objects.get(pk=incident_id)
    look_at_incident(incident_id=incident.id, organisation_id=incident.organisation_id, at=at)
    while react("calls", at):
        pass
    end_plan(plan_id=plan.id, by=lead, at=at)
