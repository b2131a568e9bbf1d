"""Every command line that a page shows is one that there is, with options that it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from anxin.cli.command_groups import GROUPS
from anxin.cli.commands import COMMANDS
from anxin.cli.main import root

ROOT = Path(__file__).parents[4]
_LINE = re.compile(r"(?:^|[`\s])anxin ((?:[a-z-]+ ?)+)([^`#|\n]*)")
_OPTION = re.compile(r"(?<![\w-])--[a-z-]+")


def command_lines() -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield the page, the words behind `anxin`, and the options of each command line."""
    pages = [*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "src" / "anxin").rglob("README.md")]
    pages.remove(ROOT / "src/anxin/engine/log/README.md")  # its “anxin log …” are words that begin hashes
    for page in pages:
        for words, rest in _LINE.findall(page.read_text(encoding="utf-8").replace("\n", "\n ")):
            yield str(page.relative_to(ROOT)), words.split(), _OPTION.findall(rest)


def test_every_documented_command_line_can_be_typed() -> None:
    top, seen, wrong = root(), 0, []
    context = click.Context(top)
    for page, words, options in command_lines():
        command: click.Command | None = top
        while words and isinstance(command, click.Group):
            command = command.get_command(context, words.pop(0))
        if command is None:
            wrong.append((page, "no such command", words))
            continue
        seen += 1
        known = {each for param in command.params for each in (*param.opts, *param.secondary_opts)}
        if unknown := [each for each in options if each not in known and not isinstance(command, click.Group)]:
            wrong.append((page, command.name, unknown))
    assert wrong == []
    assert seen > 100


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_every_command_stands_in_the_table_of_the_readme(page: str) -> None:
    """A cell names a command whole (`anxin keys list`), or behind it others of its group (`new`)."""
    named, group = set(), ""
    for cell in re.findall(r"^\| (`anxin [^|]+) \|", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE):
        for span in re.findall(r"`([^`]+)`", cell):
            words = span.split()
            if words[0] == "anxin":
                group = words[1] if words[1] in GROUPS else ""
                words = words[2:] if group else words[1:]
            named.add((group, *words) if group else (*words,))
    assert named == {(name,) for name in COMMANDS} | {(a, b) for a, (_, table) in GROUPS.items() for b in table}
