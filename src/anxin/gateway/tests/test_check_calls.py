from __future__ import annotations

import pytest

from anxin.gateway.check_calls import REQUESTS, Correction, Kind, parse_correction, parse_request, text_of
from anxin.gateway.problems import CheckFieldInvalid, FieldUnknown


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("link", b'{"link":"a.example"}', "a.example"),
        ("link", b'{"url":"a.example"}', "a.example"),
        ("link", b'{"text":"see a.example"}', "see a.example"),
        ("phone", b'{"phone":"110"}', "110"),
        ("phone", b'{"text":"110"}', "110"),
        ("text", b'{"text":""}', ""),
    ],
)
def test_one_thing_is_checked(kind: Kind, body: bytes, text: str) -> None:
    assert text_of(parse_request(body, REQUESTS[kind]), kind) == text


@pytest.mark.parametrize(
    ("kind", "body"),
    [("link", b"{}"), ("text", b"{}"), ("phone", b'{"phone":"1","text":"2"}')],
)
def test_none_or_two_things_are_refused(kind: Kind, body: bytes) -> None:
    with pytest.raises(CheckFieldInvalid):
        text_of(parse_request(body, REQUESTS[kind]), kind)


@pytest.mark.parametrize(
    ("kind", "body", "pointer", "near"),
    [
        ("link", b'{"link":"a.example","displayed":"10086"}', "/displayed", "Known here: link, url, text."),
        ("link", b'{"phone":"110"}', "/phone", "Known here: link, url, text."),
        ("text", b'{"txt":"a"}', "/txt", "Did you mean text?"),
        ("phone", b'{"phone":"1","claims":true}', "/claims", "Did you mean claims_domestic?"),
    ],
)
def test_a_field_that_a_check_does_not_know_is_named(kind: Kind, body: bytes, pointer: str, near: str) -> None:
    with pytest.raises(FieldUnknown) as refused:
        parse_request(body, REQUESTS[kind])
    assert refused.value.pointer == pointer
    assert near in refused.value.sentence("en")


@pytest.mark.parametrize(("kind", "length"), [("link", 65_536), ("phone", 256), ("text", 20_001)])
def test_no_more_is_read_than_is_looked_at(kind: Kind, length: int) -> None:
    assert len(text_of(REQUESTS[kind](text="a" * 100_000), kind)) == length


def test_the_same_correction_of_one_case_has_one_id() -> None:
    first = Correction("missed", "A", reference="case-1", at=1)
    assert first.own_id == Correction("missed", "A", reference="case-1", at=2).own_id
    others = [Correction("missed", "B", reference="case-1"), Correction("confirmed", "A", reference="case-1")]
    others += [Correction("missed", "A", at=1), Correction("missed", "A", at=2)]
    assert len({each.own_id for each in (first, *others)}) == 5


def test_what_was_missed_needs_no_signature() -> None:
    assert parse_correction(b'{"correction":"missed"}').signature == ""
    with pytest.raises(CheckFieldInvalid):
        parse_correction(b'{"correction":"confirmed"}')
