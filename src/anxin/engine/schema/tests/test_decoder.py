from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from anxin.engine.errors import (
    EventFieldInvalid,
    EventMalformed,
    EventRefused,
    EventTimeBefore,
    EventTimeBeyond,
    EventTypeUnknown,
)
from anxin.engine.schema.decoder import EventDecoder, Received
from anxin.engine.schema.schema import Schema

DECODER = EventDecoder(Schema.shipped())
NOON_MS = 1_767_268_800_000  # 2026-01-01T12:00:00Z


def event(**fields: Any) -> dict[str, Any]:
    base = {
        "event_id": "e1",
        "event_type": "payment.attempted",
        "occurred_at": NOON_MS,
        "amount": 100,
        "currency": "CNY",
    }
    return {key: value for key, value in (base | fields).items() if value is not ...}


def decoded(**fields: Any) -> Received:
    return DECODER.decode(json.dumps(event(**fields)).encode())


def refusal(raw: bytes) -> EventRefused:
    with pytest.raises(EventRefused) as caught:
        DECODER.decode(raw)
    return caught.value


def test_a_whole_event_is_decoded() -> None:
    raw = json.dumps(event(actor_id="u1", new_payee=True, colour="red")).encode()
    received = DECODER.decode(raw)
    assert (received.event_type, received.event_id, received.t) == ("payment.attempted", "e1", NOON_MS)
    assert (received.event.actor_id, received.event.amount, received.event.new_payee) == ("u1", 100, True)
    assert received.event.step_up is None
    assert received.raw is raw


@pytest.mark.parametrize(
    ("written", "t"),
    [
        ("2026-01-01T12:00:00Z", NOON_MS),
        ("2026-01-01T20:00:00+08:00", NOON_MS),
        ("2026-01-01T12:00:00.0019Z", NOON_MS + 1),
        (NOON_MS + 7, NOON_MS + 7),
    ],
)
def test_times_are_utc_milliseconds(written: Any, t: int) -> None:
    received = decoded(occurred_at=written)
    assert received.t == received.event.occurred_at == t


def test_every_time_field_becomes_milliseconds() -> None:
    received = decoded(event_type="account.login", last_login_at="2026-01-01T12:00:00Z")
    assert received.event.last_login_at == NOON_MS


@pytest.mark.parametrize(
    ("ip", "canonical", "network"),
    [
        ("203.0.113.9", "203.0.113.9", "203.0.113.0/24"),
        (" 203.0.113.9 ", "203.0.113.9", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.9", "203.0.113.0/24"),
        ("2001:DB8:0:1::1", "2001:db8:0:1::1", "2001:db8::/48"),
    ],
)
def test_addresses_are_canonical_and_give_their_network(ip: str, canonical: str, network: str) -> None:
    received = decoded(ip=ip, ip_network="198.51.100.0/24")
    assert (received.event.ip, received.event.ip_network) == (canonical, network)


@pytest.mark.parametrize("name", ["ip_network", "~ip_network"])
def test_a_derived_field_is_never_taken_from_the_caller(name: str) -> None:
    assert decoded(**{name: "198.51.100.0/24"}).event.ip_network is None


@pytest.mark.parametrize(
    ("phone", "kept"),
    [
        ("13800000000", "+8613800000000"),
        ("+86 138-0000-0000", "+8613800000000"),
        ("008613800000000", "+8613800000000"),
        ("138 0000 0000", "+8613800000000"),
        ("+1 (415) 555-0100", "+14155550100"),
        (" Tok_ABC ", "tok_abc"),
    ],
)
def test_phones_take_one_spelling(phone: str, kept: str) -> None:
    assert decoded(phone=phone).event.phone == kept


def test_mail_addresses_are_lower_case() -> None:
    assert decoded(email=" Ann@Example.COM ").event.email == "ann@example.com"


@pytest.mark.parametrize(
    ("fields", "pointer", "reason"),
    [
        ({"amount": "100"}, "/amount", "expected an integer, got a text"),
        ({"amount": 1.5}, "/amount", "expected an integer, got a number"),
        ({"amount": True}, "/amount", "expected an integer, got true or false"),
        ({"amount": -1}, "/amount", "the number is negative or too small"),
        ({"amount": 2**53 + 1}, "/amount", "the number is out of range"),
        ({"amount": 10**30}, "/amount", "the number is out of range"),
        ({"amount": ...}, "/amount", "the field is required"),
        ({"event_id": ...}, "/event_id", "the field is required"),
        ({"event_id": ""}, "/event_id", "it must not be empty"),
        ({"event_id": 7}, "/event_id", "expected a text, got an integer"),
        ({"event_id": "x" * 129}, "/event_id", "the text is longer than 128 characters"),
        ({"goods_class": "x" * 4001}, "/goods_class", "the text is longer than 4000 characters"),
        ({"event_type": ...}, "/event_type", "the field is required"),
        ({"event_type": 5}, "/event_type", "expected a text"),
        (
            {"occurred_at": "yesterday"},
            "/occurred_at",
            "expected an RFC 3339 time with offset, or integer milliseconds",
        ),
        (
            {"occurred_at": "2026-01-01T12:00:00"},
            "/occurred_at",
            "expected an RFC 3339 time with offset, or integer milliseconds",
        ),
        ({"occurred_at": None}, "/occurred_at", "expected an RFC 3339 time with offset, or integer milliseconds"),
        ({"currency": ...}, "/currency", "amounts need a currency"),
        ({"currency": "yuan"}, "/currency", "it does not have the required form"),
        ({"device_flags": ["vpn", 3]}, "/device_flags/1", "expected a text, got an integer"),
        ({"device_flags": "vpn"}, "/device_flags", "expected a list, got a text"),
        ({"new_payee": 1}, "/new_payee", "expected true or false, got an integer"),
        ({"ip": "300.1.2.3"}, "/ip", "it is not an IP address"),
        ({"ip": "fe80::1%eth0"}, "/ip", "it is not an IP address"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, Any], pointer: str, reason: str) -> None:
    error = refusal(json.dumps(event(**fields)).encode())
    assert isinstance(error, EventFieldInvalid)
    assert (error.code, error.pointer) == ("event.field_invalid", pointer)
    name = pointer.strip("/").replace("/", ".")
    assert error.sentence("en") == f"Field {name} is not right: {reason}"
    assert error.sentence("zh").startswith(f"字段 {name} 不正确：")
    assert reason not in error.sentence("zh")


def test_refusals_hold_no_values() -> None:
    secret = "secret-" + "9" * 20
    for fields in ({"amount": secret}, {"ip": secret}, {"occurred_at": secret}, {"currency": secret}):
        error = refusal(json.dumps(event(**fields)).encode())
        assert secret not in error.sentence("en") + error.sentence("zh") + repr(error) + str(error.details)


def test_unknown_types_are_named() -> None:
    error = refusal(json.dumps(event(event_type="payment.imagined")).encode())
    assert isinstance(error, EventTypeUnknown)
    assert error.details == {"event_type": "payment.imagined"}


WHOLE = json.dumps(event()).encode()


def test_a_type_given_twice_is_not_called_unknown() -> None:
    error = refusal(WHOLE[:-1] + b', "event_type": "account.login"}')
    assert (error.code, error.pointer) == ("event.field_invalid", "/event_type")
    assert error.sentence("zh") == "字段 event_type 不正确：出现了两次，且不一致"
    assert error.sentence("en") == "Field event_type is not right: it is given twice, and differently"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"nonsense",
        b"[]",
        b'"text"',
        b"null",
        WHOLE[:-1],
        WHOLE + b"}",
        WHOLE[:-1] + b', "n": NaN}',
        WHOLE[:-1] + b', "n": Infinity}',
        WHOLE.replace(b'"e1"', b'"\xff\xfe"'),
        WHOLE[:-1] + b', "n": "' + b"x" * 65_536 + b'"}',
        WHOLE[:-1] + b', "n": ' + b"[" * 16 + b"]" * 16 + b"}",
        WHOLE[:-1] + b', "n": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
        b"[" * 60_000,
    ],
)
def test_what_is_no_event_is_refused(raw: bytes) -> None:
    error = refusal(raw)
    assert isinstance(error, EventMalformed)
    assert error.sentence("en").startswith("The body is not valid JSON: ")


@pytest.mark.parametrize(
    "tail",
    [
        b', "n": ' + b"[" * 15 + b"]" * 15 + b"}",
        b', "n": "' + b"[{" * 3000 + b'"}',
        b', "n": "\\"' + b"[" * 30 + b'"}',
        b', "n": [' + b"[],{}," * 500 + b"1]}",
    ],
)
def test_brackets_that_are_not_deep_pass(tail: bytes) -> None:
    assert DECODER.decode(WHOLE[:-1] + tail).event_id == "e1"


def test_far_past_times_are_refused() -> None:
    assert decoded(occurred_at="2000-01-01T00:00:00Z").t == int(datetime(2000, 1, 1, tzinfo=UTC).timestamp() * 1000)
    assert isinstance(refusal(json.dumps(event(occurred_at="1999-12-31T23:59:59Z")).encode()), EventTimeBefore)
    assert isinstance(refusal(json.dumps(event(occurred_at=-1)).encode()), EventTimeBefore)


@pytest.mark.parametrize("written", ["2100-01-01T00:00:00Z", "9999-12-31T23:59:59Z", NOON_MS * 1000, 2**53])
def test_times_beyond_any_clock_are_refused(written: str | int) -> None:
    refused = refusal(json.dumps(event(occurred_at=written)).encode())
    assert isinstance(refused, EventTimeBeyond)
    assert (refused.code, refused.pointer) == ("event.time_beyond", "/occurred_at")
    assert decoded(occurred_at="2099-12-31T23:59:59.999Z").t == 4_102_444_799_999


def test_a_mapping_is_decoded_like_its_json() -> None:
    fields = event(ip="203.0.113.9")
    received = DECODER.decode_mapping(fields)
    assert received.event == DECODER.decode(json.dumps(fields).encode()).event
    assert json.loads(received.raw) == fields


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1j: 2}])
def test_a_mapping_with_values_that_json_lacks_is_refused(value: object) -> None:
    with pytest.raises(EventRefused):
        DECODER.decode_mapping(event(extra=value))


def test_every_shipped_type_decodes_its_required_fields() -> None:
    for name, kind in Schema.shipped().events.items():
        words: dict[str, Any] = {"money": 1, "int": 1, "text": "CNY", "time": NOON_MS}
        fields = {spec.name: words[spec.type.value] for spec in kind.fields.values() if spec.required}
        assert DECODER.decode_mapping(fields | {"event_type": name, "currency": "CNY"}).event_type == name


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("actor_id", "u1\x1fd2", "U+001F"),
        ("actor_id", "u1\x00", "U+0000"),
        ("device_id", "\x00", "U+0000"),
        ("event_id", "e\x00", "U+0000"),
        ("event_id", "e\x1f", "U+001F"),
    ],
)
def test_control_characters_are_refused_in_keys(name: str, value: str, code: str) -> None:
    refused = refusal(json.dumps(event(**{name: value})).encode())
    assert (refused.pointer, refused.sentence("zh")) == (f"/{name}", f"字段 {name} 不正确：不能含控制字符 {code}")


def test_what_somebody_wrote_is_decided_without_the_character_that_databases_refuse() -> None:
    received = decoded(user_agent="a\x1fb\x00", device_flags=["vpn", "\x00rooted"], actor_id="literal \\u001f \\u0000")
    assert received.event.user_agent == "a\x1fb\ufffd"
    assert received.event.device_flags == ["vpn", "\ufffdrooted"]
    assert received.event.actor_id == "literal \\u001f \\u0000"
    assert b"\\u0000" in received.raw


@pytest.mark.parametrize(
    ("name", "empty"),
    [("actor_id", ""), ("device_id", ""), ("pm_token", ""), ("ip", ""), ("phone", ""), ("phone", " "), ("email", " ")],
)
def test_an_empty_name_names_nobody(name: str, empty: str) -> None:
    received = decoded(**{name: empty})
    assert getattr(received.event, name) is None
    assert received.event.ip_network is None


def test_an_empty_name_that_is_required_is_refused() -> None:
    own = Schema.shipped().extended("events:\n  seat.taken: {seat: {type: text, entity: target, required: true}}\n")
    with pytest.raises(EventRefused) as refused:
        EventDecoder(own).decode_mapping(
            {"event_id": "e", "event_type": "seat.taken", "occurred_at": NOON_MS, "seat": ""}
        )
    assert (refused.value.pointer, refused.value.sentence("zh")) == ("/seat", "字段 seat 不正确：不能为空")
