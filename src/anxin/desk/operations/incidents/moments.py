"""When time itself next changes something about an incident: a clock, a step of the ladder, a silent holder."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.operations.incidents.clocks.lapse import next_look
from anxin.desk.operations.incidents.clocks.policy import SlaPolicy
from anxin.desk.operations.incidents.clocks.state import IncidentClocks
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.stages import OPEN, URGENT, Stage


def next_moment(incident: Incident, clocks: IncidentClocks, policy: SlaPolicy) -> datetime | None:
    """Return the next moment at which the ticker has to look, None when nothing falls due by itself."""
    if Stage(incident.stage) not in OPEN:
        return None
    moments = [next_look(clocks, policy), ladder_moment(incident, clocks, policy), lease_moment(incident, policy)]
    return min((each for each in moments if each is not None), default=None)


def ladder_moment(incident: Incident, clocks: IncidentClocks, policy: SlaPolicy) -> datetime | None:
    """Return when the next step of the ladder falls due, None when the promise is kept or the ladder is over (C16)."""
    primary, ladder = clocks.primary, policy.levels[clocks.level].ladder
    is_over = incident.ladder_step >= len(ladder)
    if is_over or not primary.is_open or Stage(incident.stage) not in URGENT:
        return None
    return incident.ladder_from + ladder[incident.ladder_step][0]


def lease_moment(incident: Incident, policy: SlaPolicy) -> datetime | None:
    """Return when a silent holder is nudged, or loses the lease (C15)."""
    if not incident.holder_id or incident.active_at is None or Stage(incident.stage) not in URGENT:
        return None
    if incident.nudged_at is not None:
        return incident.nudged_at + policy.lease_grace
    return incident.active_at + policy.levels[incident.level].nudge
