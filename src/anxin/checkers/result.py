"""What every check answers: a level, a score, the cues it saw, and what to say, ask and never do."""

from __future__ import annotations

from typing import Literal

import msgspec

Level = Literal["high_risk", "suspicious", "no_known_risk"]
HIGH_RISK, SUSPICIOUS = 70.0, 40.0


class Words(msgspec.Struct, frozen=True):
    """One sentence in both languages."""

    zh: str
    en: str


class Cue(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that was seen: a stable dotted code, what it means, its weight (−100 to 100).

    `start` and `end` are offsets into the text as it was given, half-open; both 0 when the cue is about the whole.
    `source` names the signature, list or rule file entry it comes from.
    """

    code: str
    text: Words
    weight: float
    start: int = 0
    end: int = 0
    source: str = ""


class Advice(msgspec.Struct, frozen=True):
    """What to tell the customer, what to ask her, and what never to do; each may be empty."""

    say: tuple[Words, ...] = ()
    ask: tuple[Words, ...] = ()
    never: tuple[Words, ...] = ()


class Checked(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer of one check.

    `kind` is link, phone, text, personal_data, advertisement or image. `score` is 0–100. `facts` are plain findings by
    name (canonical form, region, type …), never personal data in clear. There is no word for safe.
    """

    kind: str
    level: Level
    score: float
    cues: tuple[Cue, ...] = ()
    advice: Advice = Advice()
    facts: dict[str, str] = {}


def level_of(score: float) -> Level:
    """Return the level of a score: 70 and more is high risk, 40 and more suspicious."""
    if score >= HIGH_RISK:
        return "high_risk"
    return "suspicious" if score >= SUSPICIOUS else "no_known_risk"


def total_weight(cues: tuple[Cue, ...]) -> float:
    """Return the cues' weights added up, held to 0–100."""
    return min(100.0, max(0.0, sum(cue.weight for cue in cues)))
