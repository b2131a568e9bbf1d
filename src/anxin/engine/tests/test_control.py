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


def test_letters_that_only_look_like_an_escape_are_kept() -> None:
    order = parse_order("hold.place", json.dumps(HOLD | {"entity_id": "u\\u0000"}).encode())
    assert isinstance(order, PlaceHold)
    assert order.entity_id == "u\\u0000"
