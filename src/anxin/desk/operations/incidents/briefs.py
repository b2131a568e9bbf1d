"""The brief of a hand-over: what the next one needs to know, kept sealed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

LONGEST = 1_000


@dataclass(frozen=True)
class Brief:
    """What comes next, what the victim was promised, what may go wrong; each may be empty."""

    next_step: str = ""
    promise: str = ""
    risk: str = ""


def encode_brief(brief: Brief) -> str:
    """Return the brief as text, "" when it says nothing."""
    return json.dumps(asdict(brief), ensure_ascii=False) if any(asdict(brief).values()) else ""


def decode_brief(text: str) -> Brief:
    """Return the brief; free text, as a call may give it, is the next step."""
    if not text.startswith('{"next_step"'):
        return Brief(next_step=text)
    return Brief(**json.loads(text))
