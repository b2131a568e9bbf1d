"""Recognise what was pasted: a link, several, a number, several, or words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from anxin.checkers.links.find import find_links
from anxin.checkers.phones.number import read_number
from anxin.desk.foundation.ui.words import Words

Kind = Literal["link", "phone", "text"]
MOST_ITEMS = 50
LONGEST_LINK = 4_096
_NUMBER = re.compile(r"[+(（]?[\d０-９][\d０-９\s()（）+\-–.]{1,38}")
KINDS: dict[str, Words] = {
    "link": Words("链接", "link"),
    "phone": Words("电话号码", "telephone number"),
    "text": Words("消息文字", "message"),
    "several": Words("链接与号码", "links and numbers"),
    "image": Words("图片", "picture"),
    "reply": Words("待发送的回复", "reply before sending"),
    "personal_data": Words("个人信息", "personal data"),
    "advertisement": Words("广告文案", "advertisement"),
}


@dataclass(frozen=True)
class Pasted:
    """What the paste is: one text, or links and numbers one a line; `left_off` counts lines that are not checked."""

    items: tuple[tuple[Kind, str], ...]
    left_off: int = 0


def clean(text: str) -> str:
    """Return the text without half characters, which no encoding can hold."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").strip()


def recognise(text: str) -> Pasted:
    """Return what a cleaned text is; nothing at all has no items."""
    if not text:
        return Pasted(())
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    kinds = [_kind_of(line) for line in lines[:MOST_ITEMS]]
    if lines and "text" not in kinds:
        return Pasted(tuple(zip(kinds, lines, strict=False)), max(0, len(lines) - MOST_ITEMS))
    return Pasted((("text", text),))


def _kind_of(line: str) -> Kind:
    if _NUMBER.fullmatch(line) and read_number(line).kind != "malformed":
        return "phone"
    if len(line) <= LONGEST_LINK and not re.search(r"\s", line):
        found = find_links(line, limit=2)
        if len(found) == 1 and found[0].start == 0 and found[0].end >= len(line) - 1:
            return "link"
    return "text"
