"""Labelled rows of CSV files, as the commands that train models on a user's own machine read them."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import typer

from anxin.cli.unusable import unusable

_BAD = {"1": True, "true": True, "bad": True, "phishing": True, "0": False, "false": False, "good": False}


def read_labelled(
    files: Sequence[Path], label: str, columns: Sequence[str], limit: int | None
) -> Iterator[tuple[bool, list[str]]]:
    """Yield whether a row is bad, and its values of `columns`; at most `limit` rows a file, None: all.

    Raise typer.BadParameter for a file that cannot be read, lacks a column, or has a row without a label.
    """
    for file in files:
        yield from _rows(file, label, columns, limit)


def missing_extra(fault: ModuleNotFoundError, command: str) -> typer.BadParameter:
    """Return the refusal of a command whose extra is not installed."""
    zh, en = f"缺少扩展 ml：{fault.name} 未安装", f"The extra ml is missing: {fault.name} is not installed"
    return typer.BadParameter(f"{zh}\n{en}", param_hint=command)


def _rows(file: Path, label: str, columns: Sequence[str], limit: int | None) -> Iterator[tuple[bool, list[str]]]:
    with _opened(file) as lines:
        reader = csv.DictReader(lines)
        for name in (label, *columns):
            if name not in (reader.fieldnames or ()):
                raise _refused(f"{file.name} 没有列 {name}", f"{file.name} has no column {name}")
        for number, row in enumerate(reader):
            if limit is not None and number >= limit:
                return
            is_bad = _BAD.get((row[label] or "").strip().lower())
            if is_bad is None:
                line = number + 2
                raise _refused(
                    f"{file.name} 第 {line} 行的标签不是 1 或 0", f"{file.name}, row {line}: no label 1 or 0"
                )
            yield is_bad, [row[name] or "" for name in columns]


def _opened(file: Path) -> TextIO:
    try:
        if file.suffix == ".gz":
            return gzip.open(file, "rt", encoding="utf-8", newline="")
        return file.open(encoding="utf-8", newline="")
    except OSError as fault:
        raise typer.BadParameter(unusable(fault), param_hint="FILES") from fault


def _refused(zh: str, en: str) -> typer.BadParameter:
    return typer.BadParameter(f"{zh}\n{en}", param_hint="FILES")
