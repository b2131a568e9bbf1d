from __future__ import annotations

import pytest

from anxin.gateway.check_calls import CheckRequest, Correction, Kind, parse_correction, parse_request
from anxin.gateway.problems import CheckFieldInvalid


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("link", b'{"link":"a.example"}', "a.example"),
        ("link", b'{"url":"a.example","more":1}', "a.example"),
        ("link", b'{"text":"see a.example"}', "see a.example"),
        ("phone", b'{"phone":"110"}', "110"),
        ("phone", b'{"text":"110"}', "110"),
        ("text", b'{"text":""}', ""),
    ],
)
def test_one_thing_is_checked(kind: Kind, body: bytes, text: str) -> None:
    assert parse_request(body, CheckRequest).of(kind) == text


@pytest.mark.parametrize(
    ("kind", "body"),
    [("link", b"{}"), ("link", b'{"phone":"110"}'), ("text", b'{"link":"a"}'), ("phone", b'{"phone":"1","text":"2"}')],
)
def test_none_or_two_things_are_refused(kind: Kind, body: bytes) -> None:
    with pytest.raises(CheckFieldInvalid):
        parse_request(body, CheckRequest).of(kind)


@pytest.mark.parametrize(("kind", "length"), [("link", 65_536), ("phone", 256), ("text", 20_001)])
def test_no_more_is_read_than_is_looked_at(kind: Kind, length: int) -> None:
    assert len(CheckRequest(text="a" * 100_000).of(kind)) == length


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
