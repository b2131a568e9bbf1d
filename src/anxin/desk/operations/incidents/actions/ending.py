"""Publish the review, close, and reopen."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.operations.incidents.actions.responding import is_certified, take_lead
from anxin.desk.operations.incidents.actions.signals import Named, add_party
from anxin.desk.operations.incidents.births import Birth, open_incident_row
from anxin.desk.operations.incidents.clocks.happenings import Reopened, Started
from anxin.desk.operations.incidents.errors import require_guards
from anxin.desk.operations.incidents.grading import Grading
from anxin.desk.operations.incidents.kinds import OTHER, find_kind
from anxin.desk.operations.incidents.locking import lock_for
from anxin.desk.operations.incidents.models import Incident, Party
from anxin.desk.operations.incidents.stages import Stage
from anxin.desk.operations.incidents.surroundings import surroundings
from anxin.desk.operations.incidents.timeline import write

SAME_INCIDENT = timedelta(hours=72)
"""How long after its end an incident is the same one; later it is a recurrence."""


@transaction.atomic
def publish_review(*, incident_id: str, by: Actor, at: datetime, version: int | None = None) -> Incident:
    """Go on to the improvement: the review is published."""
    incident = lock_for("publish_review", incident_id=incident_id, by=by, version=version)
    is_published = surroundings().is_review_published(incident_id=incident.id)
    require_guards((("actor.is_human", by.kind is ActorKind.PERSON), ("review.published", is_published)))
    incident.stage, incident.review_due_at = Stage.IMPROVING, None
    write(incident, "publish_review", by=by, at=at)
    return incident


@transaction.atomic
def close(*, incident_id: str, by: Actor, at: datetime, version: int | None = None, note: str = "") -> Incident:
    """Close it: every corrective action is proven, or its risk accepted."""
    incident = lock_for("close", incident_id=incident_id, by=by, version=version)
    measures = surroundings().measures_of(incident_id=incident.id, at=at)
    require_guards(
        (
            ("actor.is_human", by.kind is ActorKind.PERSON),
            ("finding.recorded", bool(incident.cause and incident.responsible)),
            ("actions.proven", surroundings().count_unproven_actions(incident_id=incident.id) == 0),
            ("measures.owned", measures.unowned == 0),
        )
    )
    incident.stage, incident.ended_at, incident.holder_id = Stage.CLOSED, at, ""
    write(incident, "close", by=by, at=at, note=note)
    return incident


@transaction.atomic
def reopen(*, incident_id: str, by: Actor, at: datetime, note: str, version: int | None = None) -> Incident:
    """Take it up again: within 72 h the same incident in a new generation (C13), later a new one that recurs.

    Whoever reopens leads it. Return the incident that is open now.
    """
    incident = lock_for("reopen", incident_id=incident_id, by=by, version=version)
    require_guards(
        (
            ("actor.is_human", by.kind is ActorKind.PERSON),
            ("actor.certified", is_certified(by, incident, at)),
            ("reason.given", bool(note.strip())),
        )
    )
    if incident.ended_at is not None and at - incident.ended_at > SAME_INCIDENT:
        return _recur(incident, by, at, note)
    _begin_again(incident, by, at)
    write(incident, "reopen", by=by, at=at, told=Reopened(at), data={"n": incident.reopen_count}, note=note)
    write(incident, "start", by=by, at=at, told=Started(at), data={"is_taking_over": False})
    return incident


def _begin_again(incident: Incident, by: Actor, at: datetime) -> None:
    """Forget what was reached in the generation before; its record stays in the timeline."""
    incident.stage, incident.ended_at, incident.dismissed_code = Stage.RESPONDING, None, ""
    incident.reopen_count += 1
    incident.verifier_id, incident.review_why, incident.no_action_code = "", "", ""
    incident.protected_at = incident.contained_at = incident.submitted_at = incident.verified_at = None
    incident.contacted_at = incident.informed_at = incident.review_due_at = None
    incident.attempts, incident.started_at = 0, at
    incident.ladder_from, incident.ladder_step = at, 0
    take_lead(incident, by.person_id or "", at)


def _recur(incident: Incident, by: Actor, at: datetime, note: str) -> Incident:
    kind = find_kind(incident.organisation_id, incident.kind, at=at) or find_kind(
        incident.organisation_id, OTHER, at=at
    )
    assert kind is not None
    birth = Birth(
        kind=kind,
        grading=Grading(incident.level, incident.level_reason),
        zero=at,
        site_id=incident.site_id,
        is_drill=incident.is_drill,
        recurrence_of=incident.id,
        note=note,
    )
    fresh = open_incident_row(birth, by=by, at=at)
    parties = Party.objects.filter(incident_id=incident.id, moved_to="")
    from_before = [(each.role, each.entity_kind, each.entity_key) for each in parties]
    write(incident, "recur", by=by, at=at, data={"incident": fresh.id}, is_quiet=True)
    _name_again(fresh, from_before, at)
    take_lead(fresh, by.person_id or "", at)
    fresh.stage, fresh.started_at = Stage.RESPONDING, at
    write(fresh, "start", by=by, at=at, told=Started(at), data={"is_taking_over": False})
    return fresh


def _name_again(fresh: Incident, parties: list[tuple[str, str, str]], at: datetime) -> None:
    for role, kind, key in parties:
        add_party(fresh, Named(role, kind, key), at=at)
