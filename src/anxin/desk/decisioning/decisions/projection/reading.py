"""From a log record to what the projection folds: decoded once, personal values turned into tokens."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from anxin.desk.decisioning.decisions.keys import EntityKeys
from anxin.desk.decisioning.decisions.models import KEY_LENGTH
from anxin.desk.decisioning.decisions.strands import EventShape, roles, shapes_of, strand_of
from anxin.engine.errors import EngineError
from anxin.engine.log.records import DecisionRecord
from anxin.engine.schema.decoder import EventDecoder
from anxin.engine.schema.invalid import SchemaInvalid
from anxin.engine.schema.schema import Schema
from anxin.engine.verdict import Verdict

ACTOR = roles()["actor"].number
TARGET = roles()["target"].number
RECIPIENT = roles()["recipient"].number
_MOST_NAMES = 60
_VERDICTS = {each.word: each for each in Verdict}
EntityName = tuple[str, str]
"""Kind and key."""


class Named(NamedTuple):
    """One entity as an event names it; `clear` is the value of a personal one."""

    entity: EntityName
    role: int
    clear: str | None


class OriginKey(NamedTuple):
    """Where an event came from."""

    platform: str
    business_line: str
    region: str
    legal_region: str


class ReadDecision(NamedTuple):
    """A decision record with what matters of its event and answer. `event` is None when no schema reads it any more."""

    seq: int
    record: DecisionRecord
    shape: EventShape
    event: Any
    occurred_at: int
    names: tuple[Named, ...]
    origin: OriginKey
    verdict: Verdict
    score: float
    rules: tuple[str, ...]
    flags: tuple[str, ...]
    amount_minor: int | None
    text: str

    @property
    def actor(self) -> EntityName | None:
        """Return the one who acted."""
        return self.names[0].entity if self.names and self.names[0].role == ACTOR else None


class _Reason(msgspec.Struct):
    rule: str


class _Answer(msgspec.Struct):
    verdict: str
    score: float
    reasons: tuple[_Reason, ...] = ()
    flags: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()


_read_answer = msgspec.json.Decoder(_Answer).decode


class EventReader:
    """Reads decision records of one organisation; `extend` follows its policies' own event types."""

    def __init__(self, keys: EntityKeys) -> None:
        self.keys = keys
        self._extensions: dict[str, None] = {}
        self._open(Schema.shipped())

    def extend(self, events_yaml: str) -> None:
        """Learn the event types that a policy adds; those that contradict known ones are left as known."""
        if not events_yaml or events_yaml in self._extensions:
            return
        self._extensions[events_yaml] = None
        try:
            self._open(self.schema.extended(events_yaml))
        except SchemaInvalid:
            # The newer policy redefines a type: its own schema alone then reads what comes from now on.
            self._open(Schema.shipped().extended(events_yaml))

    def read(self, seq: int, record: DecisionRecord) -> ReadDecision:
        """Return what matters of a record."""
        answer = _read_answer(record.answer)
        shape = self._shapes.get(record.event_type) or _unknown_shape(record.event_type)
        event = self._decode(record.event)
        flags = (*answer.flags, *(f"without:{part}" for part in answer.degraded))
        return ReadDecision(
            seq=seq,
            record=record,
            shape=shape,
            event=event,
            occurred_at=event.occurred_at if event is not None else record.received_at,
            names=self._names(event, shape) if event is not None else (),
            origin=_origin(event),
            verdict=_VERDICTS[answer.verdict],
            score=answer.score,
            rules=tuple(each.rule for each in answer.reasons),
            flags=flags if event is not None else (*flags, "unreadable"),
            amount_minor=getattr(event, shape.money) if shape.money and event is not None else None,
            text=_text(event, shape) if shape.texts and event is not None else "",
        )

    def _open(self, schema: Schema) -> None:
        self.schema = schema
        self._decoder = EventDecoder(schema)
        self._shapes = shapes_of(schema)
        self._values = {name: _reader_of(shape) for name, shape in self._shapes.items()}

    def _decode(self, body: bytes) -> Any:
        try:
            return self._decoder.decode(body).event
        except EngineError:
            return None

    def _names(self, event: Any, shape: EventShape) -> tuple[Named, ...]:
        found: dict[EntityName, Named] = {}
        for each, value in zip(shape.names, self._values[shape.event_type](event), strict=True):
            if not value:
                continue
            for one in value if each.is_many else (value,):
                token = each.token
                is_short = token is None and len(one) <= KEY_LENGTH
                entity = (each.kind, one if is_short else self.keys.key(token, one))
                if entity not in found:
                    found[entity] = Named(entity, each.role, one if token else None)
        return tuple(itertools.islice(found.values(), _MOST_NAMES))


def _reader_of(shape: EventShape) -> Callable[[Any], tuple[Any, ...]]:
    """Return the function that reads all naming fields of an event in one step."""
    fields = [each.field for each in shape.names]
    if len(fields) > 1:
        return attrgetter(*fields)
    return lambda event: tuple(getattr(event, name) for name in fields)


def _origin(event: Any) -> OriginKey:
    if event is None:
        return OriginKey("", "", "", "")
    return OriginKey(event.platform or "", event.business_line or "", event.region or "", event.legal_region or "")


def _text(event: Any, shape: EventShape) -> str:
    return "\n".join(filter(None, (getattr(event, name) for name in shape.texts)))


def _unknown_shape(event_type: str) -> EventShape:
    return EventShape(event_type, strand_of(event_type).number, (), (), None, None, is_accusation=False)
