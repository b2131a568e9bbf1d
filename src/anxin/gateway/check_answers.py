"""What the check calls answer."""

from __future__ import annotations

import msgspec

from anxin.checkers.result import Advice, Checked, Level, Words
from anxin.checkers.screenshots.mark import Mark

# The words people read; none of them says safe.
SPOKEN: dict[str, Words] = {
    "high_risk": Words("高风险", "high risk"),
    "suspicious": Words("可疑", "suspicious"),
    "no_known_risk": Words("未发现已知风险，仍请核实", "no known risk, still verify"),
}


class CheckReason(msgspec.Struct, frozen=True):
    """One thing that was seen: its place in the given text, half-open (0–0: the whole), and what said so."""

    code: str
    text: Words
    weight: float
    start: int
    end: int
    source: str


class CheckedLink(msgspec.Struct, frozen=True):
    """One link of a text, dead, with its place."""

    start: int
    end: int
    defanged: str
    verdict: Level
    score: float
    impersonates: str | None = None


class CheckAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer of a check call.

    `verdict` is the word to act on, `says` the same for people; it follows from `level` and `score` (0–100).
    `signatures` are the published signatures that were hit. `checked_at` is ms UTC. Of a picture, `text` is what was
    read on it, personal data starred, which the places of reasons count in; `marks` say where it stands.
    """

    kind: str
    verdict: Level
    says: Words
    level: Level
    score: float
    reasons: tuple[CheckReason, ...]
    advice: Advice
    facts: dict[str, str]
    links: tuple[CheckedLink, ...]
    signatures: tuple[str, ...]
    checked_at: int
    text: str = ""
    marks: tuple[Mark, ...] = ()


def answer_of(checked: Checked, *, links: tuple[CheckedLink, ...] = (), met: tuple[str, ...], at: int) -> CheckAnswer:
    """Return the answer about one checked thing."""
    reasons = tuple(CheckReason(cue.code, cue.text, cue.weight, cue.start, cue.end, cue.source) for cue in checked.cues)
    return CheckAnswer(
        kind=checked.kind,
        verdict=checked.level,
        says=SPOKEN[checked.level],
        level=checked.level,
        score=round(checked.score, 1),
        reasons=reasons,
        advice=checked.advice,
        facts=checked.facts,
        links=links,
        signatures=met,
        checked_at=at,
    )


class Proven(msgspec.Struct, frozen=True):
    """An order that was proven, fit to travel, and how many values come, go and stay."""

    order: msgspec.Raw
    added: int
    dropped: int
    kept: int


class PublishedOrder(msgspec.Struct, frozen=True):
    """An order that is in the control stream at `seq`, with how many values come, go and stay."""

    seq: int
    set: str
    version: str
    added: int
    dropped: int
    kept: int


class CountedCorrection(msgspec.Struct, frozen=True):
    """A correction that is stored, with the tally of its signature after it."""

    correction: str
    signature: str
    hits: int
    false_positives: int
    missed: int
    confirmed: int
    duplicate: bool = False


class PublishedSignature(msgspec.Struct, frozen=True):
    """A published signature without its values; `valid_from` is included, `valid_until` is not; dates in UTC.

    `hit_rate` is the share (0–1) of checks that hit it since counting began.
    """

    id: str
    set: str
    version: str
    kind: str
    owner: str
    source: str
    valid_from: str
    valid_until: str
    confidence: str
    tlp: str
    size: int
    in_force: bool
    hits: int = 0
    hit_rate: float = 0.0
    false_positives: int = 0
    missed: int = 0
    confirmed: int = 0
    last_hit_at: int | None = None
