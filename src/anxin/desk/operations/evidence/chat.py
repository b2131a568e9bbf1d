"""Read who said what when from a chat as people paste it; the raw text stays the evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_LINES, LONGEST = 2_000, 2_000
_DATE = r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/.月]\d{1,2}日?(?:[-/.]\d{2,4})?)"
_TIME = r"(?:上午|下午|凌晨|晚上|中午)?\s?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp][Mm])?"
_WHEN = rf"(?:{_DATE}[ ,T]{{0,2}})?{_TIME}|{_DATE}"
_WHO = r"[^\s:：\[\]][^\n:：\[\]]{0,38}?"
_SHAPES = tuple(
    re.compile(each)
    for each in (
        rf"^\[(?P<when>(?:{_TIME}, ?{_DATE})|(?:{_WHEN}))\]\s*(?P<who>{_WHO})[:：]\s?(?P<what>.*)$",
        rf"^(?P<when>{_WHEN})\s*[-–]?\s+(?P<who>{_WHO})[:：]\s?(?P<what>.*)$",
        rf"^(?P<who>{_WHO})\s+(?P<when>{_WHEN})\s*[:：]?(?P<what>)$",
        r"^(?P<who>[^\s:：\[\]0-9][^\n:：\[\]0-9]{0,18})[:：]\s?(?P<what>(?!//).*)$",
    )
)


@dataclass(frozen=True)
class ChatLine:
    """One message; `who` and `when` "" where the text does not say, as it was written."""

    who: str
    when: str
    what: str


def parse_chat(text: str) -> tuple[ChatLine, ...]:
    """Return the messages of a pasted chat; lines that begin none belong to the one before."""
    found: list[ChatLine] = []
    for raw in text.splitlines():
        line = raw.strip()[:LONGEST]
        if not line:
            continue
        begun = _begun(line)
        if begun is not None:
            found.append(begun)
        elif found:
            before = found[-1]
            found[-1] = ChatLine(before.who, before.when, f"{before.what}\n{line}".strip())
        else:
            found.append(ChatLine("", "", line))
        if len(found) >= MOST_LINES:
            break
    return tuple(found)


def _begun(line: str) -> ChatLine | None:
    for shape in _SHAPES:
        match = shape.match(line)
        if match:
            given = match.groupdict()
            return ChatLine(given["who"].strip(), (given.get("when") or "").strip(), given["what"].strip())
    return None
