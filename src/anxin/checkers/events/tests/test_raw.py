from __future__ import annotations

import json

import pytest

from anxin.checkers.events.fields import FILLED
from anxin.checkers.events.fill import fill_event
from anxin.checkers.events.raw import MOST_BYTES, fill_raw

EVENT = {
    "event_type": "message.sent",
    "text": "加薇❤ abc12345",
    "conv_message_no": 2,
    "contact_score": None,
    "threat": True,
}


def test_a_body_gets_what_its_sender_left_out() -> None:
    found = json.loads(fill_raw(json.dumps(EVENT).encode()))
    names = tuple(name for name in FILLED["message.sent"] if name != "threat")
    expected = fill_event("message.sent", EVENT["text"], names, at=0, message_no=2)  # type: ignore[arg-type]
    assert found == EVENT | dict(expected.fields)
    assert found["contact_score"] >= 70


def test_filling_twice_changes_nothing() -> None:
    once = fill_raw(json.dumps(EVENT).encode())
    assert fill_raw(once) == once


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'{"text":"a"}',
        b'{"event_type":"account.login","text":"a"}',
        b'{"event_type":"message.sent","text":5}',
        b'{"event_type":"message.sent","text":""}',
        b'{"event_type":["message.sent"],"text":"a"}',
        b'{"event_type":"message.sent","text":"\xff"}',
        b'{"event_type":"message.sent","text":"\\ud800"}',
        b'{"event_type":"message.sent","text":"a","x":"%b"}' % (b"x" * (MOST_BYTES - 60)),
    ],
    ids=lambda raw: str(raw)[:40],
)
def test_what_cannot_be_filled_comes_back_as_it_is(raw: bytes) -> None:
    assert fill_raw(raw) == raw
