"""A table in a narrow terminal loses no word."""

from __future__ import annotations

import io

from rich.console import Console
from rich.table import Table

from anxin.cli.drawing import draw


def test_a_chinese_sentence_is_broken_and_not_cut() -> None:
    table = Table(box=None, show_header=False)
    sentence = "来电显示可以伪造，请自行拨打官方号码核实，不要共享屏幕。"
    table.add_row("→", f"{sentence}\nA displayed number can be forged.")
    out = io.StringIO()
    draw(Console(file=out, width=24), table)
    shown = "".join(line.strip().removeprefix("→").strip() for line in out.getvalue().splitlines())
    assert shown.startswith(sentence)
