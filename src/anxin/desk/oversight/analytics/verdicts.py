"""What an incident turned out to be: confirmed, a false alarm, or not known."""

from __future__ import annotations

import enum

from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.stages import Stage

_KNOWN = frozenset({Stage.REVIEWING, Stage.IMPROVING, Stage.CLOSED})
_FALSE = frozenset({"false_alarm"})
NOTHING = "no_incident"


class Verdict(enum.StrEnum):
    """How an incident ended: `open` nothing is known yet, `aside` it says nothing about the rule."""

    CONFIRMED = "confirmed"
    FALSE = "false"
    ASIDE = "aside"
    OPEN = "open"


def verdict_of(incident: Incident) -> Verdict:
    """Return what an incident turned out to be; withdrawn reports, duplicates, tests and drills say nothing."""
    if incident.is_drill or incident.stage == Stage.MERGED:
        return Verdict.ASIDE
    if incident.stage == Stage.DISMISSED:
        return Verdict.FALSE if incident.dismissed_code in _FALSE else Verdict.ASIDE
    if Stage(incident.stage) not in _KNOWN or incident.verified_at is None:
        return Verdict.OPEN
    return Verdict.FALSE if incident.cause == NOTHING else Verdict.CONFIRMED
