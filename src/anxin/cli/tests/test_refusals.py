"""What was refused is said word by word."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from anxin.cli.refusals import tell_refusal
from anxin.gateway.config import ConfigInvalid


@pytest.mark.parametrize(
    ("by_code", "head", "indent"),
    [(False, "✗ ", "  "), (True, "config.invalid  ", "")],
)
def test_brackets_of_a_sentence_are_no_markup(by_code: bool, head: str, indent: str) -> None:
    told = io.StringIO()
    refusal = ConfigInvalid(reason="[gateway] and [/b]", reason_zh="[gateway] 与 [/b]")
    tell_refusal(Console(file=told, width=20), refusal, by_code=by_code)
    assert told.getvalue() == (
        f"{head}配置不正确：[gateway] 与 [/b]\n{indent}The configuration is not right: [gateway] and [/b]\n"
    )
