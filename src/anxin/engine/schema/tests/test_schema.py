from __future__ import annotations

import pytest

from anxin.engine.schema.decoder import EventDecoder
from anxin.engine.schema.invalid import SchemaInvalid
from anxin.engine.schema.schema import Schema
from anxin.engine.schema.types import FieldType

SHIPPED = Schema.shipped()


def test_the_shipped_catalogue_carries_entities() -> None:
    payment = SHIPPED.events["payment.attempted"]
    assert payment.fields["amount"].type is FieldType.MONEY
    assert payment.fields["amount"].required
    assert payment.entities["card"] == "pm_token"
    assert payment.entities["network"] == "ip_network"
    assert SHIPPED.events["agent.viewed"].entities["agent"] == "actor_id"
    assert "user" not in SHIPPED.events["agent.viewed"].entities
    assert SHIPPED.entities["user"].zh == "用户"


def test_a_policy_adds_types_fields_and_entities() -> None:
    schema = SHIPPED.extended(
        """
entities: {parcel_locker: {zh: 快递柜, en: parcel locker}}
events:
  parcel.collected: {fields: {locker: {type: text, entity: parcel_locker}, weight: number}}
  payment.attempted: {fields: {instalments: int}}
"""
    )
    received = EventDecoder(schema).decode_mapping(
        {"event_id": "1", "event_type": "parcel.collected", "occurred_at": 10**12, "locker": "L1", "weight": 1.5}
    )
    assert (received.event.locker, received.event.weight) == ("L1", 1.5)
    assert schema.events["payment.attempted"].fields["instalments"].type is FieldType.INT
    assert "instalments" not in SHIPPED.events["payment.attempted"].fields
    assert schema.fingerprint != SHIPPED.fingerprint


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("events: ]", 1, "not valid YAML"),
        ("events: {}\nthings: {}", 2, "unknown key things"),
        ("events:\n  a.b: &x {a: int}\n  a.c: *x", 3, "aliases and deep nesting"),
        ("[" * 200_000, 1, "aliases and deep nesting"),
        ("events:\n  Bad Name: {a: int}", 2, "bad event type name"),
        ("events:\n  a.b: {x: integer}", 2, "unknown type integer"),
        ("events:\n  a.b:\n    class: int", 3, "“class” cannot be a field name"),
        ("events:\n  a.b:\n    missing: int", 3, "“missing” cannot be a field name"),
        ("events:\n  a.b:\n    __init__: int", 3, "“__init__” cannot be a field name"),
        ("events:\n  a.b:\n    x: {type: text, entity: planet}", 3, "unknown entity planet"),
        (
            "events:\n  a.b:\n    x: {type: text, entity: card}\n    y: {type: text, entity: card}",
            4,
            "both carry the entity",
        ),
        ("events:\n  a.b:\n    x: {type: int, colour: red}", 3, "unknown key colour"),
        ("events:\n  a.b:\n    x: int\n    x: text", 4, "stands twice"),
        ("events:\n  payment.attempted:\n    amount: int", 3, "already defined otherwise"),
        ('events:\n  a.b:\n    x: {type: text, pattern: "(a+)+$"}', 3, "classes and counts only"),
        ("events:\n  a.b:\n    x: {type: text, max_length: 5000}", 3, "max_length is 1–4000"),
    ],
)
def test_a_wrong_extension_is_refused_at_its_line(source: str, line: int, reason: str) -> None:
    with pytest.raises(SchemaInvalid) as caught:
        SHIPPED.extended(source)
    assert caught.value.line == line
    assert reason in caught.value.sentence("en")
    assert caught.value.sentence("zh") == f"第 {line} 行：{caught.value.reason_zh}"
