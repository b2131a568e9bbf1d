"""Take an incident on, protect the victim, decide that nothing is to be done, contain it, or dismiss it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.approvals.actions import Duty, request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.edge.actor import Actor, ActorKind, system_actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.choices import require_choice
from anxin.desk.operations.incidents.clocks.happenings import Handled, Protected, Started
from anxin.desk.operations.incidents.errors import require_guards
from anxin.desk.operations.incidents.kinds import find_kind
from anxin.desk.operations.incidents.locking import lock_for, lock_own, require_stage
from anxin.desk.operations.incidents.models import Incident, Party
from anxin.desk.operations.incidents.stages import OPEN, Stage
from anxin.desk.operations.incidents.surroundings import surroundings
from anxin.desk.operations.incidents.timeline import Data, write


@transaction.atomic
def start(
    *, incident_id: str, by: Actor, at: datetime, version: int | None = None, is_taking_over: bool = False
) -> Incident:
    """Respond: a human leads it from now on, holds the lease, and the playbook begins.

    `is_taking_over`: explicitly, although not on shift or although a colleague holds it.
    """
    incident = lock_for("start", incident_id=incident_id, by=by, version=version)
    require_guards(
        (
            ("actor.is_human", by.kind is ActorKind.PERSON),
            ("actor.on_shift", is_taking_over or surroundings().is_on_shift(by=by, at=at)),
            ("actor.certified", is_certified(by, incident, at)),
            ("lease.free", is_taking_over or incident.holder_id in ("", by.person_id)),
        )
    )
    take_lead(incident, by.person_id or "", at)
    incident.stage, incident.started_at = Stage.RESPONDING, at
    write(incident, "start", by=by, at=at, told=Started(at), data={"is_taking_over": is_taking_over})
    kind = find_kind(incident.organisation_id, incident.kind, at=at)
    if kind is not None:
        surroundings().open_playbook(incident_id=incident.id, procedure=kind.procedure, by=by, at=at)
    return incident


def is_certified(by: Actor, incident: Incident, at: datetime) -> bool:
    """Return whether the actor may lead an incident of this level."""
    return surroundings().is_certified(
        organisation_id=by.organisation_id, person_id=by.person_id or "", level=incident.level, at=at
    )


def take_lead(incident: Incident, person_id: str, at: datetime) -> None:
    """Let a person lead and hold the incident; a verifier chosen before may have to go."""
    incident.commander_id = incident.holder_id = person_id
    incident.active_at, incident.nudged_at = at, None
    if incident.verifier_id == person_id:
        incident.verifier_id = ""


@transaction.atomic
def record_no_action(
    *, incident_id: str, code: str, by: Actor, at: datetime, version: int | None = None, note: str = ""
) -> Incident:
    """Record the decision that no protective measure is needed, with its reason; it counts as protection (C3)."""
    incident = lock_for("record_no_action", incident_id=incident_id, by=by, version=version)
    require_choice("no_actions", code, field="code")
    require_guards((("actor.is_human", by.kind is ActorKind.PERSON), ("decision.none", not incident.no_action_code)))
    incident.no_action_code = code
    incident.protected_at = incident.protected_at or at
    write(incident, "record_no_action", by=by, at=at, told=Protected(at), data={"code": code}, note=note)
    return incident


@transaction.atomic
def note_protection(*, incident_id: str, measure_id: str, by: Actor, at: datetime) -> Incident | None:
    """Note that the target system accepted a protective measure: for the package of measures; None when it is over."""
    incident = lock_own(incident_id, organisation_id=by.organisation_id)
    if incident is None or Stage(incident.stage) not in OPEN:
        return None
    incident.protected_at = incident.protected_at or at
    write(incident, "protect", by=by, at=at, told=Protected(at), data={"measure": measure_id}, is_quiet=True)
    return incident


@transaction.atomic
def contain(*, incident_id: str, by: Actor, at: datetime, version: int | None = None) -> Incident:
    """Go on to the disposal: the loss is stopped, or it is decided that nothing is to be stopped."""
    incident = lock_for("contain", incident_id=incident_id, by=by, version=version)
    measures = surroundings().measures_of(incident_id=incident.id, at=at)
    require_guards((("protection.effective", measures.effective > 0 or bool(incident.no_action_code)),))
    incident.stage, incident.contained_at = Stage.DISPOSING, at
    data: Data = {"effective": measures.effective, "no_action": incident.no_action_code}
    write(incident, "contain", by=by, at=at, told=Handled(at), data=data)
    return incident


@transaction.atomic
def dismiss(
    *,
    incident_id: str,
    code: str,
    note: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
    is_reporter_answered: bool = False,
) -> Incident | Approval:
    """Say that it is no incident: an L3 at once; for L1 and L2 return the approval of a second person to wait for.

    `is_reporter_answered`: the answer to whoever reported it is on its way.
    """
    incident = lock_for("dismiss", incident_id=incident_id, by=by, version=version)
    require_choice("dismissals", code, field="code")
    _require_dismissable(incident, note, is_reporter_answered, at)
    if incident.level < 3:
        arguments: Data = {"code": code, "is_reporter_answered": is_reporter_answered}
        return request_approval(
            "incident.dismiss",
            on=("incident", incident.id),
            by=by,
            at=at,
            arguments=arguments,
            reason=note,
            duty=Duty(),
        )
    require(by, "incident.work")
    return _dismiss(incident, code, note, by, at)


def dismiss_approved(approved: ApprovedAct, at: datetime) -> None:
    """Dismiss what a second person agreed to dismiss, if it still may be."""
    by = approved.second or system_actor(approved.organisation_id, "incidents")
    incident = lock_own(approved.on[1], organisation_id=approved.organisation_id)
    assert incident is not None
    require_stage("dismiss", incident)
    _require_dismissable(incident, "-", bool(approved.arguments["is_reporter_answered"]), at)
    _dismiss(incident, str(approved.arguments["code"]), "", by, at, requested_by=approved.requested_by)


def _require_dismissable(incident: Incident, note: str, is_reporter_answered: bool, at: datetime) -> None:
    measures = surroundings().measures_of(incident_id=incident.id, at=at)
    require_guards(
        (
            ("reason.given", bool(note.strip())),
            ("measures.reverted", measures.in_force == 0 and measures.unsettled == 0),
            ("reporter.answered", is_reporter_answered or not _has_reporter(incident)),
        )
    )


def _has_reporter(incident: Incident) -> bool:
    return Party.objects.filter(incident_id=incident.id, role="reporter", moved_to="").exists()


def _dismiss(incident: Incident, code: str, note: str, by: Actor, at: datetime, *, requested_by: str = "") -> Incident:
    incident.stage, incident.ended_at, incident.dismissed_code = Stage.DISMISSED, at, code
    incident.holder_id = ""
    data: Data = {"code": code, "requested_by": requested_by}
    write(incident, "dismiss", by=by, at=at, told=Handled(at), data=data, note=note)
    return incident
