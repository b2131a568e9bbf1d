"""The project's own Python files, parsed once for the architecture tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "anxin"
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""Where statements hold others; no expression holds a function with a name."""


@dataclass(frozen=True)
class Function:
    name: str
    lines: int
    positional: int
    keyword: int


@dataclass(frozen=True)
class SourceFile:
    """What is asked about one file; its tree is not kept, as it would burden every later search for garbage.

    `bare` are the public things without a sentence: "" is the file itself.
    """

    path: Path
    text: str
    functions: tuple[Function, ...]
    bare: tuple[str, ...]

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def is_test(self) -> bool:
        return "tests" in self.path.relative_to(ROOT).parts

    @property
    def lines(self) -> int:
        return self.text.count("\n")


def _read(path: Path) -> SourceFile:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    return SourceFile(path, text, tuple(_measured(each) for each in _functions(tree)), tuple(_bare(tree)))


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        for block in BLOCKS:
            waiting += getattr(node, block, ())


def _measured(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    given = function.args
    positional = [each for each in given.posonlyargs + given.args if each.arg not in ("self", "cls")]
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    return Function(function.name, lines, len(positional), len(given.kwonlyargs))


def _bare(tree: ast.Module) -> list[str]:
    public = [
        each for each in tree.body if isinstance(each, ast.FunctionDef | ast.ClassDef) and not each.name.startswith("_")
    ]
    found = [] if ast.get_docstring(tree) else [""]
    return found + [each.name for each in public if not ast.get_docstring(each)]


@cache
def source_files() -> tuple[SourceFile, ...]:
    paths = [*SRC.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    return tuple(_read(path) for path in sorted(paths))


@cache
def product_files() -> tuple[SourceFile, ...]:
    return tuple(
        each
        for each in source_files()
        if not each.is_test and SRC in each.path.parents and not {"migrations", "conftest.py"} & set(each.path.parts)
    )
