"""Orders are read as people wrote them, or refused with a reason."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from anxin.engine.control import ControlRefused, PlaceHold, parse_order
from anxin.engine.decide import Engine
from anxin.engine.lists.ended import MET_AFTER_MS
from anxin.engine.tests.small_policy import T0, control, engine, event

HOLD: dict[str, object] = {"entity_kind": "user", "verdict": "freeze", "measure": "m1"}


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


def test_an_order_that_is_no_text_is_refused() -> None:
    with pytest.raises(ControlRefused) as refused:
        parse_order("list.put", b'{"list": "\xff", "entry": {"value": "x"}}')
    assert "不是 UTF-8 文本" in refused.value.sentence("zh")


def test_letters_that_only_look_like_an_escape_are_kept() -> None:
    order = parse_order("hold.place", json.dumps(HOLD | {"entity_id": "u\\u0000"}).encode())
    assert isinstance(order, PlaceHold)
    assert order.entity_id == "u\\u0000"


LATENESS_MS = 600_000
HOUR_MS = 3_600_000


def measures(end: int) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield a hold and entries of a list that end then, and ones that do not."""
    yield "hold.place", HOLD | {"entity_id": "u1", "until": end}
    yield "hold.place", HOLD | {"entity_id": "u1", "measure": "m2", "verdict": "hold"}
    for kind, value in (("exact", "d-a"), ("prefix", "d-b")):
        yield "list.put", {"list": "bad_devices", "entry": {"value": value, "kind": kind, "expires_at": end}}
    yield "list.put", {"list": "bad_devices", "entry": {"value": "d-c"}}


def pass_time(engine_: Engine, number: int, at: int) -> tuple[str, list[str]]:
    """Decide a payment at a moment after T0; return its verdict and the rules and holds that it met."""
    decision = engine_.decide(engine_.parse(event(number, at=at, device_id="d-a")), seq=number).decision
    return decision.verdict, [each.rule for each in decision.reasons]


def sizes(engine_: Engine) -> tuple[int, int]:
    return engine_.lists.count("bad_devices"), len(engine_.holds.dump())


def test_what_ended_is_forgotten_a_day_after_no_event_that_counts_can_meet_it() -> None:
    shop, end = engine(), T0 // HOUR_MS * HOUR_MS + HOUR_MS
    for seq, (kind, body) in enumerate(measures(end), start=1):
        shop.apply(control(seq, kind, **body))
    assert sizes(shop) == (4, 2)
    forgotten = end - T0 + LATENESS_MS + MET_AFTER_MS
    for number, at in enumerate((0, forgotten - 1), start=1):
        pass_time(shop, number, at)
        shop.apply(control(10 + number, "list.remove", list="bad_devices", value="none"))
        assert sizes(shop) == (4, 2)
    assert pass_time(shop, 3, end - T0 - 1) == ("block", ["hold:m1", "S3"])
    pass_time(shop, 4, forgotten + HOUR_MS)
    assert sizes(shop) == (4, 2)
    shop.apply(control(20, "hold.release", entity_kind="user", entity_id="nobody"))
    assert sizes(shop) == (2, 1)
    assert pass_time(shop, 5, forgotten + HOUR_MS) == ("hold", ["hold:m2"])


@pytest.mark.parametrize("saved_at", range(6))
def test_a_saved_state_forgets_at_the_same_places(saved_at: int) -> None:
    shop, again = engine(), engine()
    for step in range(6):
        if step == saved_at:
            saved = io.BytesIO()
            shop.dump(saved.write)
            saved.seek(0)
            again.load(saved.read)
        for each in (shop, again) if step >= saved_at else (shop,):
            for offset in (0, 20 * HOUR_MS, 40 * HOUR_MS):
                for seq, (kind, body) in enumerate(measures(T0 + step * 11 * HOUR_MS + offset)):
                    if "entity_id" in body:
                        body |= {"entity_id": f"u{step}-{offset}"}
                    each.apply(control(100 * step + seq, kind, **body))
            pass_time(each, step, step * 17 * HOUR_MS)
    assert (again.digest(), sizes(again)) == (shop.digest(), sizes(shop))
    assert 0 < sizes(shop)[1] < 36
