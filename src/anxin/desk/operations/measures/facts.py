"""What this package tells others: the platform's webhook acts on these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class MeasureOrdered:
    """A measure is in force in the gateway and wants the platform's receipt; `until` is RFC 3339."""

    kind: ClassVar[str] = "measure.ordered"
    topic: ClassVar[str] = "measures"
    object_id: str
    measure: str
    entity_kind: str
    entity_key: str
    reason: str
    until: str


@dataclass(frozen=True)
class MeasureChanged:
    """A measure was accepted, confirmed, extended, reviewed, answered about or ended; `state` says how it stands."""

    kind: ClassVar[str] = "measure.changed"
    topic: ClassVar[str] = "measures"
    object_id: str
    measure: str
    entity_kind: str
    entity_key: str
    state: str
    why: str


@dataclass(frozen=True)
class BatchChanged:
    """A batch of measures was asked for, got on, or was taken back; `state` says how it stands."""

    kind: ClassVar[str] = "measure.batch"
    topic: ClassVar[str] = "measures"
    object_id: str
    measure: str
    incident_id: str
    state: str
    n: int


@dataclass(frozen=True)
class MeasureAsked:
    """The platform is asked whether a measure stands there: it answers by `POST /api/v1/measures/{object_id}:verify`.

    An endpoint that names this kind is waited for when an incident is verified, as is an account that asks for the same
    by `GET /api/v1/measures/outgoing`.
    """

    kind: ClassVar[str] = "measure.verify"
    topic: ClassVar[str] = "measures"
    object_id: str
    question_id: str
    measure: str
    entity_kind: str
    entity_key: str
