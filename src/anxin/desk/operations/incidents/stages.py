"""The stages of an incident, and which command is possible in which."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from anxin.desk.foundation.edge.actor import Grade


class Stage(enum.StrEnum):
    """Where an incident stands; the last three are ends."""

    IDENTIFIED = "identified"
    RESPONDING = "responding"
    DISPOSING = "disposing"
    VERIFYING = "verifying"
    REVIEWING = "reviewing"
    IMPROVING = "improving"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    MERGED = "merged"


ENDS = frozenset({Stage.CLOSED, Stage.DISMISSED, Stage.MERGED})
OPEN = frozenset(Stage) - ENDS
URGENT = frozenset({Stage.IDENTIFIED, Stage.RESPONDING, Stage.DISPOSING})
"""Stages in which somebody still has to act: only these nudge, stall and escalate."""
LED = OPEN - {Stage.IDENTIFIED}


@dataclass(frozen=True)
class Command:
    """One command: the permission it needs, in which stages it is possible, and where it leads (None: it stays)."""

    permission: str
    stages: frozenset[Stage]
    to: Stage | None = None
    at_least: Grade = Grade.LIMITED


_WORK = "incident.work"
COMMANDS: Mapping[str, Command] = {
    "start": Command(_WORK, frozenset({Stage.IDENTIFIED}), Stage.RESPONDING),
    "dismiss": Command(
        "incident.dismiss", frozenset({Stage.IDENTIFIED, Stage.RESPONDING}), Stage.DISMISSED, Grade.REQUEST
    ),
    "record_no_action": Command(_WORK, URGENT),
    "contain": Command(_WORK, frozenset({Stage.RESPONDING}), Stage.DISPOSING),
    "record_loss": Command(_WORK, LED),
    "record_finding": Command(_WORK, LED),
    "submit": Command(_WORK, frozenset({Stage.DISPOSING}), Stage.VERIFYING),
    "fail_verify": Command("incident.verify", frozenset({Stage.VERIFYING}), Stage.DISPOSING, Grade.SECOND),
    "verify": Command("incident.verify", frozenset({Stage.VERIFYING}), Stage.REVIEWING, Grade.SECOND),
    "publish_review": Command("incident.verify", frozenset({Stage.REVIEWING}), Stage.IMPROVING, Grade.SECOND),
    "close": Command("incident.close", frozenset({Stage.IMPROVING}), Stage.CLOSED, Grade.SECOND),
    "reopen": Command(_WORK, frozenset({Stage.CLOSED, Stage.DISMISSED}), Stage.RESPONDING),
    "merge": Command(_WORK, OPEN, Stage.MERGED),
    "split": Command(_WORK, OPEN),
    "claim": Command(_WORK, OPEN),
    "release": Command(_WORK, OPEN),
    "extend_lease": Command(_WORK, URGENT),
    "offer_handover": Command(_WORK, OPEN),
    "accept_handover": Command(_WORK, OPEN),
    "decline_handover": Command(_WORK, OPEN),
    "triage": Command(_WORK, frozenset({Stage.IDENTIFIED, Stage.RESPONDING, Stage.DISPOSING})),
    "raise_level": Command("incident.level", OPEN),
    "lower_level": Command("incident.level", OPEN, at_least=Grade.REQUEST),
    "pause": Command(_WORK, frozenset({Stage.RESPONDING, Stage.DISPOSING})),
    "resume": Command(_WORK, frozenset({Stage.RESPONDING, Stage.DISPOSING})),
    "log_contact": Command(_WORK, OPEN),
    "begin_care": Command(_WORK, LED),
    "end_care": Command(_WORK, LED),
    "note": Command(_WORK, OPEN),
    "open_task": Command(_WORK, LED),
    "consult": Command(_WORK, OPEN),
    "waive": Command("incident.close", OPEN, at_least=Grade.SECOND),
}
"""Every command on one incident; the guards beyond stage and permission stand with each action."""
