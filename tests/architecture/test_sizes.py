"""Files and functions stay small; an exception needs a line with its reason."""

from __future__ import annotations

import math

from tests.architecture.source import ROOT, SRC, Function, product_files, source_files

FILE_CAP, TEST_FILE_CAP, FUNCTION_CAP, POSITIONAL_CAP, KEYWORD_CAP = 400, 500, 40, 5, 8

LONG_FUNCTIONS: dict[str, str] = {}
"""Functions allowed over the cap: "file:function" → reason."""

WIDE_FUNCTIONS: dict[str, str] = {}
"""Functions allowed more parameters: "file:function" → reason."""


def body_lines(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_files_are_short() -> None:
    caps = {each.name: (each.lines, TEST_FILE_CAP if each.is_test else FILE_CAP) for each in source_files()}
    assert {name: lines for name, (lines, cap) in caps.items() if lines > cap} == {}


def test_kernel_files_are_short() -> None:
    kernels = [path for kind in ("pyx", "pxi", "pxd") for path in SRC.rglob(f"*.{kind}")]
    lines = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in kernels}
    assert {name: count for name, count in lines.items() if count > FILE_CAP} == {}


def test_functions_are_short() -> None:
    long = {
        f"{each.name}:{function.name}": body_lines(function)
        for each in source_files()
        for function in each.functions()
        if body_lines(function) > FUNCTION_CAP
    }
    assert set(long) - set(LONG_FUNCTIONS) == set()
    assert set(LONG_FUNCTIONS) - set(long) == set()


def test_nine_of_ten_functions_are_at_most_28_lines() -> None:
    lengths = sorted(body_lines(function) for each in product_files() for function in each.functions())
    assert lengths[math.ceil(len(lengths) * 0.9) - 1] <= 28


def test_parameters_are_few() -> None:
    wide = set()
    for each in product_files():
        for function in each.functions():
            positional = [a for a in function.args.posonlyargs + function.args.args if a.arg not in ("self", "cls")]
            if len(positional) > POSITIONAL_CAP or len(function.args.kwonlyargs) > KEYWORD_CAP:
                wide.add(f"{each.name}:{function.name}")
    assert wide == set(WIDE_FUNCTIONS)
