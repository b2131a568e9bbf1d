"""Join the lines of a picture to one text, so that a number or link broken over two lines is whole again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from anxin.checkers.screenshots.page import Box, Line, Page

# Lines of one bubble or paragraph: this close, this alike in height, this much indented (in line heights).
MOST_GAP, MOST_DIFFERENCE, MOST_INDENT = 0.8, 0.35, 1.2
# A line that ends farther left than this from the block's right edge was ended on purpose (in line heights).
RAGGED = 1.6
_LINK_TAIL = re.compile(r"(?:://|www\.|[A-Za-z0-9-]\.[A-Za-z0-9]+/)[^\s\u2e80-\uffef]*$|[-/_=&%?#.]$")
_LINK_HEAD = re.compile(r"[A-Za-z0-9/?&=._%#~-]")
_LATIN_HEAD = re.compile(r"[A-Za-z]")
_LATIN_TAIL = re.compile(r"[A-Za-z,;:!?)]$")

Row = list[Line]


def join_lines(lines: Sequence[Line]) -> Page:
    """Return the text of lines in reading order; blocks end with a line break."""
    text: list[str] = []
    places: list[Box | None] = []
    for block in _blocks(_rows(lines)):
        right = max(row[-1].box.right for row in block)
        for place, row in enumerate(block):
            _add_row(row, text, places)
            joint = _joint(row, block[place + 1], right) if place + 1 < len(block) else "\n"
            text.append(joint)
            places += [None] * len(joint)
    joined = "".join(text)
    kept = len(joined.rstrip())
    return Page(joined[:kept], tuple(places[:kept]))


def _add_row(row: Row, text: list[str], places: list[Box | None]) -> None:
    for place, line in enumerate(row):
        if place:
            text.append(" ")
            places.append(None)
        text.append(line.text)
        places += line.characters


def _rows(lines: Sequence[Line]) -> list[Row]:
    """Return lines that stand beside each other as rows, rows from the top, lines from the left."""
    rows: list[Row] = []
    for line in sorted(lines, key=lambda each: (each.box.top + each.box.bottom, each.box.left)):
        if rows and _is_on_row(line, rows[-1][0]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda each: each.box.left) for row in rows]


def _is_on_row(line: Line, first: Line) -> bool:
    shared = min(line.box.bottom, first.box.bottom) - max(line.box.top, first.box.top)
    is_apart = line.box.left >= first.box.right or line.box.right <= first.box.left
    return is_apart and shared * 2 > min(line.box.height, first.box.height)


def _blocks(rows: list[Row]) -> list[list[Row]]:
    blocks: list[list[Row]] = []
    for row in rows:
        if blocks and _continues(blocks[-1][-1], row):
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks


def _continues(before: Row, after: Row) -> bool:
    """Return whether a row belongs to the block of the row above it."""
    if len(before) > 1 or len(after) > 1:
        return False
    above, below = before[0].box, after[0].box
    height = max(above.height, below.height, 1)
    return (
        below.top - above.bottom < MOST_GAP * height
        and abs(above.height - below.height) < MOST_DIFFERENCE * height
        and abs(above.left - below.left) < MOST_INDENT * height
    )


def _joint(row: Row, following: Row, right: int) -> str:
    """Return what stands between two rows of a block: nothing where a word, number or link was broken."""
    line, after = row[-1], following[0].text
    if right - line.box.right > RAGGED * line.box.height:
        return "\n"
    before = line.text
    if before[-1:].isdigit() and after[:1].isdigit():
        return ""
    if _LINK_TAIL.search(before) and _LINK_HEAD.match(after):
        return ""
    return " " if _LATIN_TAIL.search(before) and _LATIN_HEAD.match(after) else ""
