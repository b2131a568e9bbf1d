from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.checkers.personal_data.check import NAMES, check_personal_data
from anxin.checkers.personal_data.registry import RECOGNISERS
from anxin.checkers.personal_data.text import find, mask, remove, tokenise

KEY = b"0123456789abcdef"
LETTER = "张敏华住在浙江省杭州市西湖区文三路123号，电话138 1234 5678，身份证11010519491231002X。"


def found(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find(text)]


def test_a_letter_is_read_in_order() -> None:
    assert found(LETTER) == [
        ("person", "张敏华"),
        ("address", "浙江省杭州市西湖区文三路123号"),
        ("phone", "138 1234 5678"),
        ("resident_id", "11010519491231002X"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("１３８１２３４５６７８", [("phone", "１３８１２３４５６７８")]),
        ("138\u200b1234\u200b5678", [("phone", "138\u200b1234\u200b5678")]),
        ("卡号6222021234567890128", [("bank_card", "6222021234567890128")]),
        ("SSN 123-45-6789", [("social_security", "123-45-6789")]),
        ("信用代码91110000600037341L", [("credit_code", "91110000600037341L")]),
        ("身份证号码230102193901011234", [("resident_id", "230102193901011234")]),
        ("请刘先生回电", [("person", "刘")]),
        ("订单号 20261122103355", []),
        ("", []),
    ],
)
def test_offsets_are_those_of_the_text_as_given(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_only_the_kinds_asked_for_are_found() -> None:
    assert [span.kind for span in find(LETTER, kinds=frozenset({"phone"}))] == ["phone"]


def test_masks_keep_the_first_three_and_the_last_four() -> None:
    assert mask("电话13812345678，a.b@example.com") == "电话138****5678，a***@example.com"


def test_a_single_character_is_hidden_whole() -> None:
    assert mask("刘先生您好") == "*先生您好"


def test_removal_leaves_the_kind() -> None:
    assert remove("电话13812345678。") == "电话<phone>。"


def test_tokens_agree_for_equal_values_only_under_one_key() -> None:
    plain, spaced = tokenise("13812345678", KEY), tokenise("138 1234 5678", KEY)
    assert plain == spaced
    assert plain != tokenise("13812345679", KEY)
    assert plain != tokenise("13812345678", KEY[::-1])
    assert plain.startswith("<phone:")


def test_a_number_across_two_pieces_is_found_once() -> None:
    text = "我" * 19_995 + "。13812345678。" + "我" * 50
    assert [(span.kind, span.start) for span in find(text, kinds=frozenset({"phone"}))] == [("phone", 19_996)]


@settings(max_examples=60)
@given(st.text(alphabet=st.sampled_from("1389- +@.aZ号路张市区\u200b，x"), max_size=80))
def test_findings_are_in_order_and_apart(text: str) -> None:
    spans = find(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


@pytest.mark.parametrize("repeated", ["1", "a", "1 ", "号", "A b", ".", "张", "1-", "@a."])
def test_a_long_repetition_is_read_to_its_end(repeated: str) -> None:
    assert all(span.end <= 40_000 for span in find((repeated * 40_000)[:40_000]))


def test_the_check_never_holds_what_it_found() -> None:
    answer = check_personal_data(LETTER)
    assert answer.level == "high_risk"
    assert answer.facts == {"address": "1", "person": "1", "phone": "1", "resident_id": "1"}
    assert "11010519491231002X" not in repr(answer)


def test_every_kind_has_a_name() -> None:
    assert {each.kind for each in RECOGNISERS} == set(NAMES)
