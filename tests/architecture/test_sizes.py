"""Files and functions stay small; an exception needs a line with its reason."""

from __future__ import annotations

import math

from tests.architecture.source import ROOT, SRC, product_files, source_files

FILE_CAP, TEST_FILE_CAP, FUNCTION_CAP, POSITIONAL_CAP, KEYWORD_CAP = 400, 500, 40, 5, 8

LONG_FUNCTIONS: dict[str, str] = {}
"""Functions allowed over the cap: "file:function" → reason."""

WIDE_FUNCTIONS: dict[str, str] = {}
"""Functions allowed more parameters: "file:function" → reason."""


def test_files_are_short() -> None:
    caps = {each.name: (each.lines, TEST_FILE_CAP if each.is_test else FILE_CAP) for each in source_files()}
    assert {name: lines for name, (lines, cap) in caps.items() if lines > cap} == {}


def test_kernel_files_are_short() -> None:
    kernels = [path for kind in ("pyx", "pxi", "pxd") for path in SRC.rglob(f"*.{kind}")]
    lines = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in kernels}
    assert {name: count for name, count in lines.items() if count > FILE_CAP} == {}


def test_functions_are_short() -> None:
    long = {
        f"{each.name}:{function.name}": function.lines
        for each in source_files()
        for function in each.functions
        if function.lines > FUNCTION_CAP
    }
    assert set(long) - set(LONG_FUNCTIONS) == set()
    assert set(LONG_FUNCTIONS) - set(long) == set()


def test_nine_of_ten_functions_are_at_most_28_lines() -> None:
    lengths = sorted(function.lines for each in product_files() for function in each.functions)
    assert lengths[math.ceil(len(lengths) * 0.9) - 1] <= 28


def test_parameters_are_few() -> None:
    wide = {
        f"{each.name}:{function.name}"
        for each in product_files()
        for function in each.functions
        if function.positional > POSITIONAL_CAP or function.keyword > KEYWORD_CAP
    }
    assert wide == set(WIDE_FUNCTIONS)
