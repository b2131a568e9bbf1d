from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.checkers.events.fields import FILLED, left_out, with_fields
from anxin.checkers.events.fill import fill_event
from anxin.checkers.signatures.tests.samples import AT, in_force, link, text
from anxin.engine.schema.schema import Schema

SMUGGLED = "加薇❤ abc12345 便宜，退款点 http://taoba0.com/login 付款"


def filled(event_type: str, words: str, *, message_no: int | None = None, **given: Any) -> dict[str, Any]:
    found = fill_event(event_type, words, FILLED[event_type], at=AT, message_no=message_no, **given)
    return dict(found.fields)


def test_every_field_and_type_stands_in_the_catalogue() -> None:
    events = Schema.shipped().events
    assert {
        (name, field)
        for name, fields in FILLED.items()
        for field in ("text", *fields)
        if field not in events[name].fields
    } == set()


def test_a_message_with_a_lookalike_link_and_a_smuggled_contact() -> None:
    found = filled("message.sent", SMUGGLED, message_no=1)
    assert found["contact_score"] >= 70
    assert found["link_domains"] == ["taoba0.com"]
    assert [
        found[name] for name in ("link_lookalike", "link_asks_login", "has_payment_words", "names_other_platform")
    ] == [True] * 4
    assert [found[name] for name in ("self_harm", "threat", "link_free_hosting")] == [False] * 3


def test_an_opening_message_weighs_more() -> None:
    words = "加薇❤ abc12345"
    scores = [filled("message.sent", words, message_no=each)["contact_score"] for each in (1, 3, 4, None)]
    assert scores == [scores[2] + 10, scores[2] + 10, scores[2], scores[2]]


def test_an_honest_message_raises_nothing() -> None:
    found = filled("message.sent", "这条连衣裙有 M 码吗？V领的那款")
    assert {name: value for name, value in found.items() if value and name != "text_hash"} == {}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [("亲，满200减20！", "亲 满200减20", True), ("ＡＢＣ优惠", "abc优惠", True), ("满200减20", "满200减30", False)],
)
def test_the_hash_of_a_text_ignores_how_it_is_set(one: str, other: str, is_same: bool) -> None:
    hashes = [filled("review.posted", each)["text_hash"] for each in (one, other)]
    assert (hashes[0] == hashes[1]) is is_same


def test_a_listing_and_a_review() -> None:
    assert filled("listing.published", "国家级品质")["ad_flags"] != []
    assert filled("listing.published", "纯棉短袖") == {"is_prohibited": False, "ad_flags": []}
    assert filled("review.posted", "五星好评返现 3 元")["reward_hint"] is True
    assert filled("review.posted", "尺码合适，很喜欢")["reward_hint"] is False


def test_a_reply_of_staff_and_a_customer_who_is_angry() -> None:
    reply = filled("ticket.message", "我们保证全额赔付，请把验证码发给我，他的手机是 13912345678")
    assert reply["promise_flags"] == ["over_promise"]
    assert reply["discloses"] == ["asks_secret", "phone"]
    for honest in ("客服热线 400-820-8820", "官方电话95188，尾号4417的卡", "请拨打96110", "我们会尽力帮您处理"):
        assert filled("ticket.message", honest)["discloses"] == []
    turn = filled("ticket.message", "你们都是骗子！气死我了！再不处理我就找记者曝光你们")
    assert (turn["anger_score"] >= 40, turn["threatens_media"]) == (True, True)
    calm = filled("ticket.message", "您好，请问我的包裹到哪里了？")
    assert calm == {
        "promise_flags": [],
        "discloses": [],
        "anger_score": 0,
        "threatens_media": False,
        "money_moving": False,
    }


def test_signatures_in_force_fill_too() -> None:
    known = in_force(link(confidence="high"), text(scam_type="SC04"))
    words = "百万保障到期 http://evil.example/"
    found = fill_event("message.sent", words, FILLED["message.sent"], known=known, at=AT, message_no=None)
    assert found.met == ("TX-1", "LK-1")
    assert (found.fields["link_lookalike"], found.fields["scam_types"], found.fields["scam_cues"]) == (
        True,
        ["SC04"],
        3,
    )


def test_only_what_was_left_out_is_asked_for() -> None:
    event = SimpleNamespace(text="你好", rating=5, text_hash=None, reward_hint=False)
    assert left_out("review.posted", event) == ("text_hash",)
    assert left_out("review.posted", SimpleNamespace(text=None)) == ()
    assert left_out("review.posted", SimpleNamespace(text="")) == ()
    assert left_out("account.login", event) == ()


@given(
    st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=8), min_size=1),
    st.sampled_from(["", " ", "\r\n\t"]),
)
def test_added_members_win_and_the_rest_stays(event: dict[str, Any], tail: str) -> None:
    raw = msgspec.json.encode(event) + tail.encode()
    assert msgspec.json.decode(with_fields(raw, b'"a":1,"b":[2]')) == event | {"a": 1, "b": [2]}
    assert with_fields(raw, b"") == raw


@pytest.mark.parametrize("words", ["a" * 4000, "\u202e链接", "http://a.example " * 200, "%25" * 1300, "x\ud800"])
@pytest.mark.parametrize("event_type", FILLED)
def test_any_text_fills_every_field(event_type: str, words: str) -> None:
    found = fill_event(event_type, words, FILLED[event_type], at=AT, message_no=None)
    assert tuple(found.fields) == FILLED[event_type]
    msgspec.json.encode(found.fields)
