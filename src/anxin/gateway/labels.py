"""Labels: what became known later, turned into events of their own."""

from __future__ import annotations

import difflib
import hashlib
from datetime import datetime
from typing import Annotated, Any

import msgspec

from anxin.engine.errors import EngineError
from anxin.engine.log.records import DecisionRecord, body_digest
from anxin.engine.schema.refusals import FieldRefused, malformed_of, refusal_of
from anxin.engine.schema.types import EventType
from anxin.gateway.intake import Submission, Waiter
from anxin.gateway.organisation import Organisation
from anxin.gateway.problems import EventNotFound
from anxin.gateway.unknown import unknown_field

_GENERAL = "label.recorded"
_SPECIAL = {"disputed": "payment.disputed", "chargeback": "payment.chargeback"}
_FRAUD = {"fraud": True, "disputed": True, "chargeback": True, "legitimate": False}
_CONTEXT = ("platform", "business_line", "terminal", "region", "legal_region", "currency")


class LabelledEntity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entity by its kind and the caller's own id of it."""

    kind: str
    id: Annotated[str, msgspec.Meta(min_length=1)]


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label on an event or on an entity; `at` (RFC 3339 or ms) is when it became known, None for now."""

    label: str
    source: str
    event_id: str | None = None
    entity: LabelledEntity | None = None
    at: int | str | None = None
    is_fraud: bool | None = None

    @property
    def own_id(self) -> str:
        """Return the event id of the label: the same label sent twice is one event."""
        parts = (self.event_id, self.entity and (self.entity.kind, self.entity.id), self.label, self.source, self.at)
        return "label-" + hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


LABELLED_BY = ("event_id", "entity")
"""What a label may be about; exactly one is given."""


def take_label(organisation: Organisation, body: bytes, waiter: Waiter, *, caller: str) -> None:
    """Take in a label; the answer is the decision on the label's own event. Raise a refusal when it cannot be read."""
    label = parse_label(body)
    digest = body_digest(msgspec.json.encode(label))

    def submit(fields: dict[str, object]) -> None:
        given = Submission(msgspec.json.encode(fields), digest, caller)
        try:
            organisation.intake.take(given, waiter)
        except EngineError as refusal:
            if refusal.pointer == "/occurred_at":
                refusal.pointer = "/at"
            waiter.refuse(refusal)
        else:
            organisation.counts.labels += 1

    def found(record: DecisionRecord | None) -> None:
        if record is None:
            waiter.refuse(EventNotFound(pointer="/event_id"))
        else:
            submit(_label_of_event(organisation, label, record))

    if label.event_id is not None:
        organisation.stored.find(label.event_id, found, waiter.refuse)
    else:
        submit(_label_of_entity(organisation, label))


def parse_label(body: bytes) -> Label:
    """Return the label of a call's body; raise EventMalformed, EventFieldInvalid or FieldUnknown."""
    try:
        label = msgspec.json.decode(body, type=Label)
    except msgspec.ValidationError as problem:
        raise unknown_field(problem, Label) or refusal_of(str(problem), None) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise malformed_of(problem) from None
    if (label.event_id is None) == (label.entity is None):
        raise FieldRefused(
            pointer="/event_id", zh="event_id 与 entity 须给出其中一个", en="give event_id or entity, one of them"
        )
    if label.is_fraud is None and label.label not in _FRAUD:
        _check_word(label.label)
    if isinstance(label.at, str):
        _check_time(label.at)
    return label


def _check_word(word: str) -> None:
    """Refuse a misspelt word that would say nothing: any other one may stand, with `is_fraud` where it decides."""
    near = difflib.get_close_matches(word.strip().lower(), _FRAUD, 1, 0.75)
    if near:
        raise FieldRefused(
            pointer="/label",
            zh=f"您是指 {near[0]} 吗？若是别的标签，请同时给出 is_fraud",
            en=f"did you mean {near[0]}? Any other label needs is_fraud",
        )


def _check_time(at: str) -> None:
    try:
        is_placed = datetime.fromisoformat(at).tzinfo is not None
    except ValueError:
        is_placed = False
    if not is_placed:
        raise FieldRefused(
            pointer="/at",
            zh="应为带时区的 RFC 3339 时间或整数毫秒",
            en="expected an RFC 3339 time with offset, or integer milliseconds",
        )


def _base(organisation: Organisation, label: Label, event_type: str) -> dict[str, object]:
    fields: dict[str, object] = {
        "event_id": label.own_id,
        "event_type": event_type,
        "occurred_at": organisation.clock() if label.at is None else label.at,
    }
    if event_type == _GENERAL:
        is_fraud = _FRAUD.get(label.label) if label.is_fraud is None else label.is_fraud
        fields |= {"label": label.label, "source": label.source}
        if is_fraud is not None:
            fields["is_fraud"] = is_fraud
    return fields


def _label_of_event(organisation: Organisation, label: Label, record: DecisionRecord) -> dict[str, object]:
    """Return the label's event: with the entities of the labelled one, and its money where the type asks for it."""
    labelled: dict[str, Any] = msgspec.json.decode(record.event)
    event_type = _SPECIAL.get(label.label, _GENERAL)
    if labelled.get("amount") is None:
        event_type = _GENERAL
    fields = _base(organisation, label, event_type)
    events = organisation.engine.schema.events
    fields |= _entities(events[event_type], events[record.event_type], labelled)
    names = _CONTEXT if event_type == _GENERAL else (*_CONTEXT, "amount")
    fields |= {name: labelled[name] for name in names if labelled.get(name) is not None}
    if event_type == _GENERAL:
        return fields | {"labelled_event_id": record.event_id, "labelled_event_type": record.event_type}
    return fields | {"disputed_event_id": record.event_id}


def _entities(label_type: EventType, labelled_type: EventType, labelled: dict[str, Any]) -> dict[str, object]:
    found = {}
    for kind, field in label_type.entities.items():
        source = labelled_type.entities.get(kind)
        if source is not None and labelled.get(source) is not None and not label_type.fields[field].derived_from:
            found[field] = labelled[source]
    return found


def _label_of_entity(organisation: Organisation, label: Label) -> dict[str, object]:
    assert label.entity is not None
    field = organisation.engine.schema.events[_GENERAL].entities.get(label.entity.kind)
    if field is None:
        raise FieldRefused(
            pointer="/entity/kind", zh="标签不能用于这种对象", en="no label is about this kind of entity"
        )
    return _base(organisation, label, _GENERAL) | {field: label.entity.id}
