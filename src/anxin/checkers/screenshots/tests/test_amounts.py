from __future__ import annotations

import pytest

from anxin.checkers.screenshots.amounts import find_amounts

FOUND = {
    "先转5000元": [("5000元", 500_000, "CNY")],
    "￥1,288.50 已到账": [("￥1,288.50", 128_850, "CNY")],
    "¥ 88": [("¥ 88", 8_800, "CNY")],
    "赔付 3.5万元": [("3.5万元", 3_500_000, "CNY")],
    "人民币2亿": [("人民币2亿", 20_000_000_000, "CNY")],
    "pay $19.99 or 20 USD": [("$19.99", 1_999, "USD"), ("20 USD", 2_000, "USD")],
    "￥100元": [("￥100", 10_000, "CNY")],
    "充100块钱送50元": [("100块钱", 10_000, "CNY"), ("50元", 5_000, "CNY")],
}


@pytest.mark.parametrize(("text", "expected"), FOUND.items(), ids=FOUND.keys())
def test_amounts_are_read(text: str, expected: list[tuple[str, int, str]]) -> None:
    found = find_amounts(text)
    assert [(text[each.start : each.end], each.minor_units, each.currency) for each in found] == expected


@pytest.mark.parametrize("text", ["", "2026年", "13812345678", "第3名", "元旦快乐", "1.2.3元素版本"])
def test_other_numbers_are_no_amounts(text: str) -> None:
    assert find_amounts(text) == ()


@pytest.mark.parametrize("text", ["1" * 100_000, "￥" * 50_000, "1," * 50_000, "9元" * 5_000])
def test_long_texts_are_bounded(text: str) -> None:
    assert len(find_amounts(text)) <= 100
