from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.checkers.screenshots.page import Box, Line, Page
from anxin.checkers.screenshots.paragraphs import join_lines

HEIGHT, STEP = 40, 60


def line(text: str, top: int, *, left: int = 0, right: int | None = None, height: int = HEIGHT) -> Line:
    """Return a line whose characters share its width evenly; by default each is 20 wide."""
    right = left + 20 * len(text) if right is None else right
    edges = [left + (right - left) * place // max(1, len(text)) for place in range(len(text) + 1)]
    boxes = tuple(Box(edges[place], top, edges[place + 1], top + height) for place in range(len(text)))
    return Line(text, Box(left, top, right, top + height), boxes, 1.0)


def block(*texts: str) -> Page:
    """Return the page of full lines below each other."""
    return join_lines([line(text, place * STEP, right=600) for place, text in enumerate(texts)])


JOINED = {
    "a number over two lines": (("卡号6222021234", "567890128，金额"), "卡号6222021234567890128，金额"),
    "a link over two lines": (("点击 http://taoba0-kefu.top/l", "ogin 填写"), "点击 http://taoba0-kefu.top/login 填写"),
    "a link broken at its hyphen": (("请打开 taoba0-", "kefu.top 登录"), "请打开 taoba0-kefu.top 登录"),
    "Chinese words": (("您的快", "递丢失"), "您的快递丢失"),
    "English words": (("Your parcel is", "on hold"), "Your parcel is on hold"),
    "a number after words": (("call me at", "13812345678"), "call me at13812345678"),
}


@pytest.mark.parametrize(("texts", "expected"), JOINED.values(), ids=JOINED.keys())
def test_full_lines_of_a_block_are_joined(texts: tuple[str, ...], expected: str) -> None:
    assert block(*texts).text == expected


def test_a_short_line_was_ended_on_purpose() -> None:
    page = join_lines([line("订单 123", 0, right=200), line("456 件", STEP, right=600)])
    assert page.text == "订单 123\n456 件"


@pytest.mark.parametrize(
    "second",
    [
        line("20221234", 2 * STEP, right=600),
        line("20221234", STEP, left=200, right=600),
        line("20221234", STEP, right=600, height=80),
    ],
    ids=["far below", "set in", "larger"],
)
def test_what_does_not_belong_together_stays_apart(second: Line) -> None:
    assert join_lines([line("138", 0, right=600), second]).text == "138\n20221234"


def test_what_stands_side_by_side_is_one_row_from_the_left() -> None:
    page = join_lines([line("5000元", 2, left=400), line("金额", 0)])
    assert page.text == "金额 5000元"


def test_a_range_over_two_lines_has_a_box_on_each() -> None:
    page = block("卡号62220212", "34567890128")
    start = page.text.index("6222")
    boxes = page.boxes(start, start + 19)
    assert [(box.top, box.bottom) for box in boxes] == [(0, 40), (60, 100)]
    assert (boxes[0].right, boxes[1].left) == (600, 0)


def test_no_lines_are_an_empty_page() -> None:
    assert join_lines([]) == Page("", ())


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.text("安心ab1 9.-/", min_size=1, max_size=12), st.integers(0, 900), st.integers(0, 900)),
        max_size=12,
    )
)
def test_every_character_keeps_its_own_box(rows: list[tuple[str, int, int]]) -> None:
    lines = [line(text, top, left=left) for text, top, left in rows]
    page = join_lines(lines)
    assert len(page.text) == len(page.places)
    kept = sorted((box, each) for box, each in zip(page.places, page.text, strict=True) if box and each != " ")
    given_ = sorted(
        (box, each) for one in lines for box, each in zip(one.characters, one.text, strict=True) if each != " "
    )
    assert kept == given_
