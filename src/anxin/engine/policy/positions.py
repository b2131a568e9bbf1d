"""From a character of a YAML scalar's value back to its line and column in the file."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

import yaml

_ESCAPES = {"x": 4, "u": 6, "U": 10}


def line_starts(text: str) -> list[int]:
    """Return the character at which each line begins."""
    return [0, *(match.end() for match in re.finditer("\n", text))]


def position_in_scalar(text: str, starts: Sequence[int], node: yaml.ScalarNode, offset: int) -> tuple[int, int]:
    """Return (line, column) from 1 for character `offset` of the value of `node`; `text` is the whole file."""
    at = _aligned(text, node, starts[node.start_mark.line] + node.start_mark.column, offset)
    line = bisect.bisect_right(starts, at) - 1
    return line + 1, at - starts[line] + 1


def _aligned(text: str, node: yaml.ScalarNode, start: int, offset: int) -> int:
    """Walk value and file side by side: folded lines, indentation and escapes take more characters than they mean."""
    at = _content_start(text, node, start)
    is_block = node.style in ("|", ">")
    for character in node.value[:offset]:
        at = _past(text, at, character, node.style or "")
        if is_block and character == "\n":
            at = _past_spaces(text, at)
    at = _past_joined_lines(text, at, node.style or "")
    if text[at : at + 1] == "\n" and offset < len(node.value) and node.value[offset] != "\n":
        at = _past_spaces(text, at + 1)
    return min(at, len(text))


def _content_start(text: str, node: yaml.ScalarNode, start: int) -> int:
    if node.style in ("'", '"'):
        return start + 1
    if node.style in ("|", ">"):
        return _past_spaces(text, text.find("\n", start) + 1)
    return start


def _past(text: str, at: int, character: str, style: str) -> int:
    """Return the place after one character of the value."""
    at = _past_joined_lines(text, at, style)
    if (
        at < len(text)
        and text[at] == character
        and not (character in "\\'" and style == ("'" if character == "'" else '"'))
    ):
        return at + 1
    if style == "'" and text.startswith("''", at):
        return at + 2
    if style == '"' and text.startswith("\\", at):
        return at + _ESCAPES.get(text[at + 1 : at + 2], 2)
    if character in " \n":
        return _past_spaces(text, at)
    return at + 1


def _past_joined_lines(text: str, at: int, style: str) -> int:
    """Return the place after escaped line breaks, which mean nothing."""
    while style == '"' and text.startswith("\\\n", at):
        at = _past_spaces(text, at + 2)
    return at


def _past_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\n":
        at += 1
    return at
