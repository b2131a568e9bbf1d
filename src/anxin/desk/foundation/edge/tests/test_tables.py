from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from anxin.desk.foundation.edge.tables import BOM, render_csv


def test_formulas_become_text() -> None:
    rows = [("=cmd|' /C calc'!A0", -3), ("@SUM(1)", 0), ("+86", 1), ("＝1+1", 2), ("平常", 3)]
    text = "".join(render_csv(("name", "n"), rows))
    read = list(csv.reader(io.StringIO(text.removeprefix(BOM))))
    assert read[1:] == [
        ["'=cmd|' /C calc'!A0", "-3"],
        ["'@SUM(1)", "0"],
        ["'+86", "1"],
        ["'＝1+1", "2"],
        ["平常", "3"],
    ]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_no_cell_begins_like_a_formula(cells: list[str]) -> None:
    text = "".join(render_csv(cells, [cells])).removeprefix(BOM)
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
