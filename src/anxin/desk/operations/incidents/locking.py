"""Take an incident for a command: head of the trail first, then the row; permission, version and stage are judged."""

from __future__ import annotations

from anxin.desk.foundation.audit.actions import lock_head
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import Conflict, NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.access import visible_incidents
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.errors import WrongStage
from anxin.desk.operations.incidents.holding import held_incidents
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.stages import COMMANDS, Stage


def lock_for(command: str, *, incident_id: str, by: Actor, version: int | None = None) -> Incident:
    """Return the incident, locked until the transaction ends; `version` None: whatever it is by now.

    Raise Forbidden, NotFound, Conflict, WrongStage.
    """
    wanted = COMMANDS[command]
    require(by, wanted.permission, at_least=wanted.at_least)
    incident = lock_visible(incident_id, by=by)
    if version is not None and incident.version != version:
        raise Conflict(version=incident.version)
    require_stage(command, incident)
    return incident


def require_stage(command: str, incident: Incident) -> None:
    """Raise WrongStage when the command is not possible in the incident's stage."""
    if Stage(incident.stage) not in COMMANDS[command].stages:
        words = choices("stages")[incident.stage]
        raise WrongStage(unmet=(f"stage.{incident.stage}",), stage=words.en, stage_zh=words.zh)


def lock_visible(incident_id: str, *, by: Actor) -> Incident:
    """Return an incident the actor may see, locked; raise NotFound."""
    lock_head(by.organisation_id)
    found = visible_incidents(by).select_for_update().filter(pk=incident_id).first()
    if found is None:
        raise NotFound
    return found


def lock_own(incident_id: str, *, organisation_id: str) -> Incident | None:
    """Return an incident for the system itself, locked; None when there is none, or another is held."""
    held = held_incidents()
    if held is not None:
        return held.incidents.get(incident_id)
    lock_head(organisation_id)
    return Incident.objects.select_for_update().filter(pk=incident_id, organisation_id=organisation_id).first()
