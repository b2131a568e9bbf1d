"""What the log's records hold."""

from __future__ import annotations

import enum
import hashlib
from typing import Any

import msgspec

from anxin.engine.decision import FeatureValue


class Kind(enum.IntEnum):
    """What a record is; 0 is the seal of a segment and never given to a reader."""

    DECISION = 1
    CONTROL = 2
    BRAKE = 3
    SKIPPED = 4
    LABEL = 5
    MARK = 6


class DecisionRecord(msgspec.Struct, frozen=True, array_like=True):
    """One decided event.

    `event` is the body as it came, `answer` the JSON answer, `vector` the features in the policy's order, `digest` the
    BLAKE2b-128 of the body, `received_at` ms UTC, `caller` the id of the API key. `took_us` is the time from arrival to
    the decision in microseconds, without the disk; None in logs of before it. It is no part of the decision: a replay
    takes another time and is equal all the same.
    """

    received_at: int
    event_id: str
    event_type: str
    event: bytes
    digest: bytes
    answer: bytes
    vector: list[FeatureValue]
    policy: str
    model: str | None = None
    control_seq: int = 0
    caller: str = ""
    took_us: int | None = None


class ControlRecord(msgspec.Struct, frozen=True, array_like=True):
    """A control record met at this place of the log; `body` is its JSON, `kind` its word.

    `refusal` is the code of why it had no effect, empty when it took effect; older logs say nothing of it.
    """

    control_seq: int
    at: int
    kind: str
    body: bytes
    refusal: str = ""


class BrakeRecord(msgspec.Struct, frozen=True, array_like=True):
    """A rule's budget was breached, or its brake released; `budget` names which budget."""

    at: int
    rule: str
    budget: str
    spent: float
    limit: float
    released: bool = False


class SkippedRecord(msgspec.Struct, frozen=True, array_like=True):
    """An event that was taken in and not decided; `reason` is an error code."""

    received_at: int
    event_id: str
    event: bytes
    reason: str


class LabelRecord(msgspec.Struct, frozen=True, array_like=True):
    """A label that came in later; `event_id` None when it is about an entity, `entity` its kind and token."""

    received_at: int
    label: str
    source: str
    at: int
    event_id: str | None = None
    entity: tuple[str, str] | None = None
    event: bytes = b""


class MarkRecord(msgspec.Struct, frozen=True, array_like=True):
    """The program started or stopped here; `word` is `started` or `stopped`, `version` the program's."""

    at: int
    word: str
    version: str


Record = DecisionRecord | ControlRecord | BrakeRecord | SkippedRecord | LabelRecord | MarkRecord

_KIND_BY_TYPE: dict[type[Any], Kind] = {
    DecisionRecord: Kind.DECISION,
    ControlRecord: Kind.CONTROL,
    BrakeRecord: Kind.BRAKE,
    SkippedRecord: Kind.SKIPPED,
    LabelRecord: Kind.LABEL,
    MarkRecord: Kind.MARK,
}
_DECODERS = {int(kind): msgspec.msgpack.Decoder(struct) for struct, kind in _KIND_BY_TYPE.items()}

encode_record = msgspec.msgpack.Encoder().encode


def kind_of(record: Record) -> Kind:
    """Return the kind a record is appended under."""
    return _KIND_BY_TYPE[type(record)]


def decode_record(kind: int, payload: bytes) -> Record:
    """Return the record; raise KeyError for an unknown kind and msgspec.DecodeError for other bytes."""
    record: Record = _DECODERS[kind].decode(payload)
    return record


def body_digest(body: bytes) -> bytes:
    """Return the 16-byte digest by which two bodies of one event id are compared."""
    return hashlib.blake2b(body, digest_size=16).digest()
