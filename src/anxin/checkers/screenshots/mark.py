"""Where on a picture something was seen, and the answer about one part of a screenshot."""

from __future__ import annotations

from typing import Literal

import msgspec

from anxin.checkers.result import Checked
from anxin.checkers.screenshots.page import Box

MarkKind = Literal["cue", "link", "code", "phone", "amount", "personal_data"]


class Mark(msgspec.Struct, frozen=True):
    """What was seen where: `shown` is what stands there, links defanged and personal data starred."""

    kind: MarkKind
    code: str
    boxes: tuple[Box, ...]
    score: float
    shown: str


class Part(msgspec.Struct, frozen=True):
    """The answer of one check about a part of the screenshot, with its places and the facts worth telling."""

    checked: Checked
    marks: tuple[Mark, ...] = ()
    facts: dict[str, str] = {}
