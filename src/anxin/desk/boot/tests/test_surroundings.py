"""Measures count for the incident under whose name they were ordered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from anxin.desk.boot.surroundings import Desk, note_protections
from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.actions import responding
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.replay import replay
from anxin.desk.operations.measures.models import ActionRequest

pytestmark = pytest.mark.django_db


def ordered(incident: Incident, by: Actor, **more: object) -> ActionRequest:
    given: dict[str, object] = {
        "id": "act_1",
        "organisation_id": by.organisation_id,
        "kind": "freeze_account",
        "entity_kind": "user",
        "entity_key": "u1",
        "reason": "takeover",
        "incident_id": incident.id,
        "state": "accepted",
        "requested_by": by.person_id,
        "requested_label": by.label,
        "requested_at": NIGHT,
        "expires_at": NIGHT + timedelta(hours=24),
    }
    return ActionRequest.objects.create(**(given | more))


def test_an_accepted_measure_keeps_the_promise_of_an_l1(actor: Callable[..., Actor]) -> None:
    by = actor("specialist")
    incident = open_incident(Seen(kind="account_takeover", level=1), by=by, at=NIGHT)
    responding.start(incident_id=incident.id, by=by, at=NIGHT + timedelta(minutes=12))
    accepted_at = NIGHT + timedelta(minutes=29, seconds=59)
    ordered(incident, by, accepted_at=accepted_at)
    assert note_protections(NIGHT + timedelta(minutes=29, seconds=59, milliseconds=400)) == 1
    assert note_protections(NIGHT + timedelta(minutes=30)) == 0
    incident.refresh_from_db()
    assert (incident.clock_standing, incident.protected_at) == ("met", accepted_at)
    assert replay(incident) == ()


def test_how_measures_stand(actor: Callable[..., Actor]) -> None:
    by = actor("specialist")
    incident = open_incident(Seen(kind="account_takeover", level=1), by=by, at=NIGHT)
    row = ordered(incident, by, accepted_at=NIGHT)
    found = Desk().measures_of(incident_id=incident.id, at=NIGHT)
    assert (found.effective, found.unsettled, found.in_force, found.actors) == (0, 1, 1, {by.person_id})
    ActionRequest.objects.filter(pk=row.pk).update(state="effective", effective_at=NIGHT)
    found = Desk().measures_of(incident_id=incident.id, at=NIGHT)
    assert (found.effective, found.unsettled, found.in_force) == (1, 0, 1)
