from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from anxin.checkers.screenshots.page import Box, Code, Page
from anxin.checkers.screenshots.redaction import COVER, covered_boxes, redacted_copy
from anxin.checkers.screenshots.veil import personal_ranges, veiled

VEILED = {
    "电话13812345678": "电话138****5678",
    "卡号6222021234567890128转": "卡号622************0128转",
    "a 6222021234567890129 b": "a 622************0129 b",
    "订单 20261122103355": "订单 202*******3355",
    "邮箱 lipei@example.com": "邮箱 l****************",
    "转5000元": "转5000元",
    "": "",
}


@pytest.mark.parametrize(("text", "expected"), VEILED.items(), ids=VEILED.keys())
def test_personal_data_is_starred_at_its_length(text: str, expected: str) -> None:
    assert veiled(text) == expected


@settings(deadline=None)
@given(st.text("安138062 -\n.@a", max_size=80))
def test_length_and_lines_stay(text: str) -> None:
    shown = veiled(text)
    assert [len(line) for line in shown.split("\n")] == [len(line) for line in text.split("\n")]


@settings(deadline=None)
@given(st.text("安138062 -\n", max_size=60))
def test_ranges_are_in_order_and_apart(text: str) -> None:
    ranges = personal_ranges(text)
    assert all(before[1] < after[0] for before, after in pairwise(ranges))


def test_a_number_is_found_on_its_line_where_the_joint_was_wrong() -> None:
    assert "13812345678" not in veiled("13812345678\n12345678")


CODES = {
    "payment": ("wxp://f2f0abc", True),
    "wallet": ("https://qr.alipay.com/fkx1", True),
    "contact": ("https://u.wechat.com/abc", True),
    "number": ("tel:13812345678", True),
    "shop": ("https://taoba0.com/lipei", False),
}


@pytest.mark.parametrize(("text", "is_covered"), CODES.values(), ids=CODES.keys())
def test_codes_of_persons_are_covered(text: str, *, is_covered: bool) -> None:
    box = Box(1, 2, 30, 40)
    assert covered_boxes(Page(), [Code("QRCode", text, box)]) == ((box,) if is_covered else ())


def test_the_copy_is_painted_and_the_original_left_alone() -> None:
    original = Image.new("RGB", (100, 100), "white")
    copy = Image.open(io.BytesIO(redacted_copy(original, [Box(40, 40, 60, 50), Box(90, 90, 120, 120)])))
    assert (copy.format, copy.size) == ("PNG", (100, 100))
    assert [copy.getpixel(at) for at in ((40, 40), (60, 50), (37, 37), (99, 99))] == [COVER] * 4
    assert (copy.getpixel((30, 45)), original.getpixel((50, 45))) == ((255, 255, 255), (255, 255, 255))
