"""Bring one incident of the shop to its review, as a night's shift would have."""

from __future__ import annotations

from datetime import timedelta

CHECKS = ("sessions_revoked", "contact_restored")


def main() -> None:
    from anxin.desk.foundation.edge.clock import now
    from anxin.desk.foundation.organisations.actors import actor_of
    from anxin.desk.foundation.organisations.models import Person
    from anxin.desk.operations.incidents.actions import contacts, disposing, responding
    from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
    from anxin.desk.oversight.reviews.actions.opening import open_reviews

    start = now() - timedelta(hours=30)
    agent, lead = (
        actor_of(Person.objects.get(username=each), at=start, is_strong=True) for each in ("specialist", "shift_lead")
    )
    incident = open_incident(Seen(kind="account_takeover", level=1), by=agent, at=start)
    where = {"incident_id": incident.id, "by": agent}
    responding.start(**where, at=start + timedelta(minutes=2))
    responding.record_no_action(**where, code="already_stopped", at=start + timedelta(minutes=3))
    responding.contain(**where, at=start + timedelta(minutes=4))
    told = contacts.Contact("chat", "delivered", "m1", is_informing=True)
    contacts.log_contact(**where, contact=told, at=start + timedelta(minutes=5))
    disposing.record_loss(**where, loss=disposing.Loss("CNY", 32_000, 32_000, 0), at=start + timedelta(minutes=6))
    finding = disposing.Finding("credential_theft", "outsider")
    disposing.record_finding(**where, finding=finding, at=start + timedelta(minutes=6))
    disposing.submit(**where, at=start + timedelta(minutes=7))
    disposing.verify(incident_id=incident.id, checks=CHECKS, by=lead, at=start + timedelta(hours=26))
    open_reviews(at=now())
