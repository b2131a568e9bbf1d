"""Measures count for the incident under whose name they were ordered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from anxin.desk.boot.surroundings import Desk, ask_about_measures, note_protections
from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.operations.incidents.actions import responding
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.replay import replay
from anxin.desk.operations.measures.models import ActionRequest

pytestmark = pytest.mark.django_db(databases="__all__")


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


@pytest.mark.parametrize(("is_ended", "protected_after"), [(True, None), (False, timedelta(hours=2))])
def test_a_reopened_incident_is_protected_by_what_still_stands_only(
    actor: Callable[..., Actor], is_ended: bool, protected_after: timedelta | None
) -> None:
    by = actor("specialist")
    incident = open_incident(Seen(kind="account_takeover", level=1), by=by, at=NIGHT)
    ordered(
        incident, by, state="effective", accepted_at=NIGHT, ended_at=NIGHT + timedelta(hours=1) if is_ended else None
    )
    reopened_at = NIGHT + timedelta(hours=2)
    Incident.objects.update(
        stage="responding", reopen_count=1, started_at=reopened_at, commander_id=by.person_id, holder_id=by.person_id
    )
    assert note_protections(reopened_at + timedelta(seconds=1)) == (0 if is_ended else 1)
    incident.refresh_from_db()
    assert incident.protected_at == (NIGHT + protected_after if protected_after is not None else None)


def test_how_measures_stand(actor: Callable[..., Actor]) -> None:
    by = actor("specialist")
    incident = open_incident(Seen(kind="account_takeover", level=1), by=by, at=NIGHT)
    row = ordered(incident, by, accepted_at=NIGHT)
    found = Desk().measures_of(incident_id=incident.id, at=NIGHT)
    assert (found.effective, found.unsettled, found.in_force, found.actors) == (0, 1, 1, {by.person_id})
    ActionRequest.objects.filter(pk=row.pk).update(state="effective", effective_at=NIGHT)
    found = Desk().measures_of(incident_id=incident.id, at=NIGHT)
    assert (found.effective, found.unsettled, found.in_force) == (1, 0, 1)
    assert (found.mismatched, found.unowned) == (1, 0)


@pytest.mark.parametrize(
    ("more", "counted", "in_force", "fallen"),
    [
        ({"state": "waiting"}, "waiting", 0, ""),
        ({"state": "sent"}, "pending", 1, ""),
        ({"state": "accepted", "accepted_at": NIGHT}, "pending", 1, ""),
        ({"state": "failed"}, "failed", 0, "failed"),
        ({"state": "failed", "accepted_at": NIGHT}, "failed", 1, "failed"),
        ({"state": "failed", "reviewed_at": NIGHT}, "", 0, "failed"),
        ({"state": "expired", "ended_at": NIGHT}, "", 0, "expired"),
        ({"state": "reverted", "ended_at": NIGHT}, "", 0, "reverted"),
        ({"state": "declined", "ended_at": NIGHT}, "", 0, "declined"),
        ({"state": "effective", "effective_at": NIGHT}, "effective", 1, ""),
    ],
)
def test_what_became_of_a_measure(
    actor: Callable[..., Actor], more: dict[str, object], counted: str, in_force: int, fallen: str
) -> None:
    by = actor("specialist")
    incident = open_incident(Seen(kind="account_takeover", level=1), by=by, at=NIGHT)
    ordered(incident, by, **more)
    found = Desk().measures_of(incident_id=incident.id, at=NIGHT)
    assert [each for each in ("effective", "waiting", "pending", "failed") if getattr(found, each)] == [counted][
        : len(counted)
    ]
    assert (found.in_force, found.fallen, found.unsettled) == (
        in_force,
        fallen,
        int(counted in ("waiting", "pending", "failed")),
    )


def test_the_platform_is_asked_once_what_was_handed_in(actor: Callable[..., Actor]) -> None:
    by = actor("specialist")
    incident = open_incident(Seen(kind="account_takeover", level=1), by=by, at=NIGHT)
    row = ordered(incident, by, accepted_at=NIGHT)
    assert ask_about_measures(NIGHT) == 0
    Incident.objects.update(stage="verifying", submitted_at=NIGHT, commander_id=by.person_id)
    assert (ask_about_measures(NIGHT), ask_about_measures(NIGHT)) == (1, 0)
    assert Fact.objects.get(kind="measure.verify").object_id == row.id


def test_reviews_and_certificates_are_asked(actor: Callable[..., Actor]) -> None:
    by = actor("specialist")
    incident = open_incident(Seen(kind="account_takeover", level=1), by=by, at=NIGHT)
    desk, who = Desk(), {"organisation_id": by.organisation_id, "person_id": by.person_id or ""}
    assert (
        desk.is_review_published(incident_id=incident.id),
        desk.count_unproven_actions(incident_id=incident.id),
    ) == (
        False,
        0,
    )
    assert desk.is_certified(**who, level=1, at=NIGHT)
