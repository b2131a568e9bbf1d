from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.checkers.signatures.book import SignatureBook
from anxin.checkers.signatures.errors import SignatureRefused
from anxin.checkers.signatures.reading import LONGEST_FILE, parse_order, placed, read_signatures
from anxin.checkers.signatures.sealing import seal
from anxin.checkers.signatures.signature import Examples, ImageSignature, PublishSignatures
from anxin.checkers.signatures.tests.samples import FILE, HEAD, KEY, link, phone, text, whole
from anxin.checkers.signatures.tokens import phone_token

MILLION = "a" * 1_000_000
IDS = st.lists(st.sampled_from("ABCDEFGH"), unique=True)


def test_a_file_is_read_and_published() -> None:
    read = read_signatures(FILE)
    book = SignatureBook().published(PublishSignatures(read.set, read.version, put=read.signatures))
    assert [each.id for each in book] == ["LK-1", "TX-1"]
    assert book.sets["own"].version == "3"


@pytest.mark.parametrize(
    ("given", "instead", "line", "field"),
    [
        ("valid_until: 2026-10-01", "valid_until: soon", 9, "valid_until"),
        ("    phrases:", "    frases:", 21, "frases"),
        ("    owner: intelligence\n", "", 4, "owner"),
        ("confidence: high", "confidence: sure", 10, "confidence"),
        ("kind: text", "kind: words", 13, "kind"),
        ("scam_type: SC04", "scam_type: SC99", 20, "scam_type"),
        ("id: LK-1", "id: 'LK 1'", 5, "id"),
        ("values: [evil.example, ", "values: [1, ", 11, "values.0"),
        ("set: own", "set: ''", 1, "set"),
        ("version:", "versoin:", 2, "versoin"),
        ("tests: {positive", "tests: [positive", 12, ""),
        ("signatures:\n", "signatures: &all\n  - *all\n", 4, ""),
    ],
)
def test_a_mistake_in_a_file_is_named_by_line_and_field(given: str, instead: str, line: int, field: str) -> None:
    with pytest.raises(SignatureRefused) as refused:
        read_signatures(FILE.replace(given, instead, 1))
    assert (refused.value.line, refused.value.field) == (line, field)
    assert f"line {line}" in refused.value.sentence("en")
    assert f"第 {line} 行" in refused.value.sentence("zh")


@pytest.mark.parametrize(
    "body", ["", "[]", "- 1", "set: own", MILLION, "a: " + "[" * 500, "\x00", "x" * (LONGEST_FILE + 1), "{}: {}"]
)
def test_what_is_no_file_of_signatures_is_refused(body: str) -> None:
    with pytest.raises(SignatureRefused):
        read_signatures(body)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (link(values=("com.cn",)), "values.0"),
        (link(values=("ok.example", "not a host")), "values.1"),
        (link(side="white", values=("sub.evil.example",)), "values.0"),
        (link(tests=Examples(("http://other.example/",), ("http://b.example/",))), "tests.positive.0"),
        (link(tests=Examples(("http://evil.example/",), ("http://www.evil.example/",))), "tests.negative.0"),
        (link(tests=Examples()), "tests"),
        (link(valid_until=HEAD["valid_from"]), "valid_until"),
        (phone(values=("abc",)), "values.0"),
        (phone(tests=Examples(("110",), ("120",))), "tests.positive.0"),
        (text(phrases=()), ""),
        (text(patterns=("(a",)), "patterns.0"),
        (text(patterns=("a*",)), "patterns.0"),
        (text(patterns=(r"(\w{1,200}){1,200}x",)), "patterns.0"),
        (text(patterns=(r"(a)\1",)), "patterns.0"),
        (text(near=("甲乙丙",)), "near.0"),
        (text(tests=Examples(("没有命中", "百万保障到期"), ("a", "b"))), "tests.positive.0"),
        (text(tests=Examples(("百万保障到期", "百万保障到期了"), ("a", "百万保障到期"))), "tests.negative.1"),
        (text(tests=Examples(("百万保障到期",), ("a", "b"))), "tests"),
        (text(samples=("1234567890123456",)), "samples.0"),
        (
            ImageSignature(**HEAD, id="IM", hashes=("0" * 64,), tests=Examples(("f" * 64,), ("f" * 64,))),
            "tests.positive.0",
        ),
        (ImageSignature(**HEAD, id="IM", hashes=("0" * 64,), tests=Examples(("zz",), ("f" * 64,))), "tests.positive.0"),
    ],
    ids=lambda one: getattr(one, "id", one),
)
def test_a_signature_that_does_not_hold_is_refused_and_nothing_changes(wrong: object, field: str) -> None:
    before = SignatureBook().published(whole(link("OLD")))
    with pytest.raises(SignatureRefused) as refused:
        before.published(whole(link("NEW", "new.example"), wrong))  # type: ignore[arg-type]
    assert (refused.value.field, refused.value.signature) == (field, wrong.id)  # type: ignore[attr-defined]
    assert [each.id for each in before] == ["OLD"]


def test_a_slow_pattern_runs_in_linear_time_or_not_at_all() -> None:
    slow = text(patterns=(r"(a+)+$",), tests=Examples(("aaa", "百万保障到期"), ("b!", "c!")))
    assert [each.id for each in SignatureBook().published(whole(slow))] == ["TX-1"]


def test_a_delta_adds_and_drops_on_a_named_version() -> None:
    book = SignatureBook().published(whole(link("A", "a.example"), link("B", "b.example")))
    delta = PublishSignatures("own", "2", "delta", "1", (link("C", "c.example"),), ("A",))
    assert [each.id for each in book.published(delta)] == ["B", "C"]
    assert [each.id for each in book] == ["A", "B"]


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (PublishSignatures("own", "2", "delta", "0", (link("C", "c.example"),)), "base"),
        (PublishSignatures("new", "2", "delta", None, (link("C", "c.example"),)), "base"),
        (PublishSignatures("own", "2", "delta", "1", (), ("Z",)), "drop"),
        (PublishSignatures("own", "2", put=(link("C"), link("C"))), "id"),
        (PublishSignatures("new", "2", put=(link("A"),)), "id"),
    ],
)
def test_an_order_that_does_not_fit_is_refused(order: PublishSignatures, field: str) -> None:
    book = SignatureBook().published(whole(link("A", "a.example")))
    with pytest.raises(SignatureRefused) as refused:
        book.published(order)
    assert refused.value.field == field
    assert [each.id for each in book] == ["A"]


@given(first=IDS, second=IDS)
def test_a_delta_of_the_difference_makes_the_whole(first: list[str], second: list[str]) -> None:
    made = {each: link(each, f"{each.lower()}.example") for each in "ABCDEFGH"}
    before = SignatureBook().published(whole(*(made[each] for each in first)))
    put = tuple(made[each] for each in second if each not in first)
    delta = PublishSignatures("own", "2", "delta", "1", put, tuple(each for each in first if each not in second))
    after = SignatureBook().published(whole(*(made[each] for each in second), version="2"))
    assert {each.id: each for each in before.published(delta)} == {each.id: each for each in after}


def test_an_order_travels_as_json_and_a_wrong_one_names_its_field() -> None:
    order = whole(link(), text())
    assert parse_order(msgspec.json.encode(order)) == order
    for body in (b"", b"[]", b'{"set":"own"}', b'{"set":"own","version":1}', b"\xff"):
        with pytest.raises(SignatureRefused):
            parse_order(body)


def test_no_number_travels() -> None:
    sealed = seal(whole(phone(), link()), KEY)
    body = msgspec.json.encode(sealed)
    assert b"13912345678" not in body
    assert phone_token("+86 139-1234-5678", KEY).encode() in body
    assert phone_token("13912345678", b"x" * 32).encode() not in body
    assert [each.id for each in SignatureBook().published(parse_order(body))] == ["PH-1", "LK-1"]


@pytest.mark.parametrize(
    ("signature", "field", "line"),
    [("TX-1", "patterns.0", 22), ("LK-1", "", 4), ("LK-1", "values.1", 11), ("??", "", 0)],
)
def test_a_proof_that_failed_is_told_with_its_line(signature: str, field: str, line: int) -> None:
    refusal = SignatureRefused("错", "wrong", signature=signature, field=field)
    assert placed(refusal, FILE, read_signatures(FILE).signatures).line == line
