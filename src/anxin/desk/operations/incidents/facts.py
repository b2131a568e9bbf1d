"""What incidents tell the others: ids, codes and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class IncidentChanged:
    """A command was done; `command` names it."""

    kind: ClassVar[str] = "incident.changed"
    topic: ClassVar[str] = "incidents"
    incident_id: str
    number: int
    command: str
    stage: str
    level: int
    version: int

    @property
    def object_id(self) -> str:
        """The incident."""
        return self.incident_id


@dataclass(frozen=True)
class IncidentOpened(IncidentChanged):
    """An incident arose: whoever is on duty is told at once."""

    kind: ClassVar[str] = "incident.opened"


@dataclass(frozen=True)
class ClockBreached:
    """A promise was broken, once; instants are ISO 8601."""

    kind: ClassVar[str] = "incident.breached"
    topic: ClassVar[str] = "incidents"
    incident_id: str
    number: int
    level: int
    clock: str
    generation: int
    breached_at: str
    detected_at: str

    @property
    def object_id(self) -> str:
        """The incident."""
        return self.incident_id


@dataclass(frozen=True)
class ClockWarned:
    """A share (percent) of a promise's time is used up."""

    kind: ClassVar[str] = "incident.warned"
    topic: ClassVar[str] = "incidents"
    incident_id: str
    number: int
    clock: str
    percent: int

    @property
    def object_id(self) -> str:
        """The incident."""
        return self.incident_id


@dataclass(frozen=True)
class LadderStepDue:
    """Somebody is to be called: `role` of the ladder; `people` ids, empty when no rota says."""

    kind: ClassVar[str] = "incident.escalated"
    topic: ClassVar[str] = "incidents"
    incident_id: str
    number: int
    level: int
    step: int
    role: str
    people: tuple[str, ...]

    @property
    def object_id(self) -> str:
        """The incident."""
        return self.incident_id


@dataclass(frozen=True)
class CoverageGap:
    """A step of the ladder called nobody."""

    kind: ClassVar[str] = "incident.coverage_gap"
    topic: ClassVar[str] = "incidents"
    incident_id: str
    number: int
    role: str

    @property
    def object_id(self) -> str:
        """The incident."""
        return self.incident_id


@dataclass(frozen=True)
class LeaseNudged:
    """Nobody did anything for long: the holder is asked."""

    kind: ClassVar[str] = "incident.nudged"
    topic: ClassVar[str] = "incidents"
    incident_id: str
    number: int
    holder_id: str

    @property
    def object_id(self) -> str:
        """The incident."""
        return self.incident_id


@dataclass(frozen=True)
class LeaseStalled(LeaseNudged):
    """The holder did not answer: the incident is free again, and somebody is called again."""

    kind: ClassVar[str] = "incident.stalled"


@dataclass(frozen=True)
class ReviewDue:
    """A review is to be held; `why` is the rule that asks for it, `due_at` ISO 8601."""

    kind: ClassVar[str] = "incident.review_due"
    topic: ClassVar[str] = "incidents"
    incident_id: str
    number: int
    why: str
    due_at: str

    @property
    def object_id(self) -> str:
        """The incident."""
        return self.incident_id


@dataclass(frozen=True)
class TaskChanged:
    """A department's task was opened, accepted, declined, done, or is late."""

    kind: ClassVar[str] = "incident.task"
    topic: ClassVar[str] = "incidents"
    task_id: str
    incident_id: str
    department_id: str
    state: str

    @property
    def object_id(self) -> str:
        """The incident."""
        return self.incident_id


@dataclass(frozen=True)
class ConsultChanged:
    """Somebody asked a mentor, or was answered."""

    kind: ClassVar[str] = "incident.consult"
    topic: ClassVar[str] = "incidents"
    consult_id: str
    incident_id: str
    state: str

    @property
    def object_id(self) -> str:
        """The consultation."""
        return self.consult_id


@dataclass(frozen=True)
class ConsultLate(ConsultChanged):
    """Nobody answered within the promise: a mentor and the lead are called. Told once a question."""

    kind: ClassVar[str] = "incident.consult_late"
