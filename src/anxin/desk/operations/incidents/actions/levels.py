"""Confirm, raise or lower the level, with a reason; lowering needs a second person (C10, C11)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.approvals.actions import request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.edge.actor import Actor, ActorKind, system_actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.operations.incidents.choices import require_choice
from anxin.desk.operations.incidents.clocks.happenings import LevelLowered, LevelRaised, Triaged
from anxin.desk.operations.incidents.errors import require_guards
from anxin.desk.operations.incidents.locking import lock_for, lock_own, require_stage
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.timeline import Data, write

LEVELS = (1, 2, 3)


@transaction.atomic
def triage(*, incident_id: str, by: Actor, at: datetime, version: int | None = None) -> Incident:
    """Confirm the provisional level (C2)."""
    incident = lock_for("triage", incident_id=incident_id, by=by, version=version)
    require_guards((("actor.is_human", by.kind is ActorKind.PERSON), ("triage.open", incident.is_provisional)))
    incident.is_provisional = False
    write(incident, "triage", by=by, at=at, told=Triaged(at), data={"level": incident.level})
    return incident


@transaction.atomic
def raise_level(
    *, incident_id: str, level: int, code: str, by: Actor, at: datetime, version: int | None = None, note: str = ""
) -> Incident:
    """Raise the level at once: whoever is in doubt chooses the higher one."""
    incident = lock_for("raise_level", incident_id=incident_id, by=by, version=version)
    _require_level(level)
    require_choice("level_reasons", code, field="code")
    require_guards((("level.higher", level < incident.level),))
    raise_to(incident, level, code, by=by, at=at, note=note)
    return incident


def raise_to(incident: Incident, level: int, code: str, *, by: Actor, at: datetime, note: str = "") -> None:
    """Raise a locked incident; the ladder begins anew, a provisional level counts as confirmed when a person raises."""
    data: Data = {"from": incident.level, "to": level, "level_reason": code}
    incident.level_reason, incident.ladder_from, incident.ladder_step = code, at, 0
    is_confirmed = incident.is_provisional and by.kind is ActorKind.PERSON
    write(incident, "raise_level", by=by, at=at, told=LevelRaised(at, level), data=data, note=note)
    if is_confirmed:
        incident.is_provisional = False
        write(incident, "triage", by=by, at=at, told=Triaged(at), data={"level": level}, is_quiet=True)


@transaction.atomic
def lower_level(
    *, incident_id: str, level: int, code: str, note: str, by: Actor, at: datetime, version: int | None = None
) -> Approval:
    """Ask to lower the level; until a second person agrees, the due time stays (C11)."""
    incident = lock_for("lower_level", incident_id=incident_id, by=by, version=version)
    _require_level(level)
    require_choice("level_reasons", code, field="code")
    require_guards((("level.lower", level > incident.level), ("reason.given", bool(note.strip()))))
    return request_approval(
        "incident.lower_level",
        on=("incident", incident.id),
        by=by,
        at=at,
        arguments={"from": incident.level, "level": level, "code": code},
        reason=note,
    )


def lower_approved(approved: ApprovedAct, at: datetime) -> None:
    """Lower the level that two people agreed to lower, if it is still the higher one."""
    by = approved.second or system_actor(approved.organisation_id, "incidents")
    incident = lock_own(approved.on[1], organisation_id=approved.organisation_id)
    assert incident is not None
    require_stage("lower_level", incident)
    level, code = int(approved.arguments["level"] or 0), str(approved.arguments["code"])
    require_guards((("level.lower", level > incident.level),))
    data: Data = {"from": incident.level, "to": level, "level_reason": code, "requested_by": approved.requested_by}
    incident.level_reason = code
    write(incident, "lower_level", by=by, at=at, told=LevelLowered(at, level), data=data)


def _require_level(level: int) -> None:
    if level not in LEVELS:
        raise FieldInvalid(pointer="/level", field="level", reason="1, 2, 3")
