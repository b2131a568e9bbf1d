"""Orders are read as people wrote them, or refused with a reason."""

from __future__ import annotations

import json

import pytest

from anxin.engine.control import ControlRefused, PlaceHold, parse_order

HOLD = {"entity_kind": "user", "verdict": "freeze", "measure": "m1"}


@pytest.mark.parametrize("name", ["entity_id", "reason"])
def test_an_order_that_no_database_could_keep_is_refused(name: str) -> None:
    fields = HOLD | {"entity_id": "u1", name: "u\x00"}
    with pytest.raises(ControlRefused) as refused:
        parse_order("hold.place", json.dumps(fields).encode())
    assert refused.value.sentence("zh") == "控制记录 hold.place 无法生效：不能含控制字符 U+0000"


@pytest.mark.parametrize(
    ("kind", "body", "zh", "en"),
    [
        ("hold.place", {}, "缺少必填字段 entity_kind", "the required field entity_kind is missing"),
        ("list.put", {"list": "bad", "value": "x"}, "没有字段 value", "there is no field value"),
        (
            "list.put",
            {"list": "bad", "entry": {"valeu": "x"}},
            "没有字段 entry.valeu",
            "there is no field entry.valeu",
        ),
        (
            "list.put",
            {"list": "bad", "entry": {}},
            "缺少必填字段 entry.value",
            "the required field entry.value is missing",
        ),
        (
            "list.put",
            {"list": 7, "entry": {"value": "x"}},
            "字段 list：应为文本，而不是整数",
            "field list: expected a text",
        ),
        (
            "list.put",
            {"list": "bad", "entry": {"value": "x", "kind": "near"}},
            "字段 entry.kind：没有取值 'near'",
            "field entry.kind: there is no value 'near'",
        ),
        ("list.put", [], "应为对象，而不是列表", "expected an object, got a list"),
    ],
)
def test_what_is_wrong_with_an_order_is_told_in_both_languages(kind: str, body: object, zh: str, en: str) -> None:
    with pytest.raises(ControlRefused) as refused:
        parse_order(kind, json.dumps(body).encode())
    assert refused.value.sentence("zh") == f"控制记录 {kind} 无法生效：{zh}"
    assert en in refused.value.sentence("en")


def test_letters_that_only_look_like_an_escape_are_kept() -> None:
    order = parse_order("hold.place", json.dumps(HOLD | {"entity_id": "u\\u0000"}).encode())
    assert isinstance(order, PlaceHold)
    assert order.entity_id == "u\\u0000"
