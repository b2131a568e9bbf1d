"""The project's own Python files, parsed once for the architecture tests."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "anxin"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class SourceFile:
    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def is_test(self) -> bool:
        return "tests" in self.path.relative_to(ROOT).parts

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    def functions(self) -> list[Function]:
        return [each for each in ast.walk(self.tree) if isinstance(each, Function)]


@cache
def source_files() -> tuple[SourceFile, ...]:
    paths = [*SRC.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    texts = ((path, path.read_text(encoding="utf-8")) for path in sorted(paths))
    return tuple(SourceFile(path, text, ast.parse(text)) for path, text in texts)


@cache
def product_files() -> tuple[SourceFile, ...]:
    return tuple(
        each
        for each in source_files()
        if not each.is_test and SRC in each.path.parents and not {"migrations", "conftest.py"} & set(each.path.parts)
    )
