from __future__ import annotations

import pytest

from anxin.engine.near_names import near_name_hint

KNOWN = ("amount_minor", "currency")


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("amount", KNOWN, (" Did you mean amount_minor?", "您是否想写 amount_minor？")),
        ("Amount-Minor", KNOWN, (" Did you mean amount_minor?", "您是否想写 amount_minor？")),
        ("curency", KNOWN, (" Did you mean currency?", "您是否想写 currency？")),
        ("zzz", KNOWN, (" Known here: amount_minor, currency.", "可用：amount_minor, currency。")),
        ("", KNOWN, (" Known here: amount_minor, currency.", "可用：amount_minor, currency。")),
        ("x" * 100_000, KNOWN, (" Known here: amount_minor, currency.", "可用：amount_minor, currency。")),
        ("amount", (), (" None is taken here.", "此处不接受任何名称。")),
    ],
)
def test_the_name_that_was_meant_is_said(name: str, known: tuple[str, ...], hint: tuple[str, str]) -> None:
    assert near_name_hint(name, known) == hint
