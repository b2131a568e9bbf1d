"""The risk of an entity: a fold over what happened to it, fading with time. Pure: the same log gives the same risk.

Each occasion adds points to what is left of the earlier ones, as independent suspicions join:
`left + points · (1 − left / 100)`. What is left halves every seven days of event time. A clearance takes most of it
away. A hold or freeze in force lifts the level, not the score, for as long as it is in force.
"""

from __future__ import annotations

import enum
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from anxin.desk.foundation.ui.words import Words
from anxin.engine.verdict import Verdict

HALF_LIFE_MS = 7 * 24 * 3_600_000
KEPT_REASONS = 5
FADED_POINTS = 1.0
CLEARED_SHARE = 0.3


class RiskLevel(enum.IntEnum):
    """How risky, weakest first; the number stands in the database."""

    NONE = 0
    LOW = 1
    ELEVATED = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def words(self) -> Words:
        """Return the level's word."""
        return _LEVEL_WORDS[self]


_LEVEL_WORDS = (
    Words("无", "none"),
    Words("低", "low"),
    Words("偏高", "elevated"),
    Words("高", "high"),
    Words("极高", "critical"),
)
LEAST = (0.0, 5.0, 25.0, 50.0, 80.0)
"""The least score of each level."""
_LEVELS = tuple(RiskLevel)

VERDICT_POINTS = {
    Verdict.ALLOW: 0.0,
    Verdict.CHALLENGE: 8.0,
    Verdict.REVIEW: 15.0,
    Verdict.HOLD: 35.0,
    Verdict.BLOCK: 45.0,
    Verdict.FREEZE: 55.0,
}
FRAUD, CHARGEBACK, DISPUTE, REPORTED = 60.0, 40.0, 20.0, 12.0
KIND_WEIGHT = {
    "user": 1.0,
    "agent": 1.0,
    "device": 0.8,
    "card": 0.8,
    "phone": 0.8,
    "email": 0.8,
    "identity": 0.8,
    "address": 0.6,
    "payee": 0.6,
    "order": 0.6,
    "waybill": 0.6,
    "link": 0.6,
}
SHARED_WEIGHT = 0.2
"""What a suspicion counts for a kind that many people share: an address of the net, a shop, a campaign."""


class RiskReason(msgspec.Struct, frozen=True, array_like=True):
    """Why: `code` is the occasion's, `detail` a rule or label, `seq` the last record, `points` as they stood then."""

    code: str
    detail: str
    at: int
    seq: int
    points: float
    count: int = 1


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk as it stood at `at` (ms); later it is what has not faded."""

    score: float = 0.0
    at: int = 0
    reasons: tuple[RiskReason, ...] = ()

    @property
    def level(self) -> RiskLevel:
        """Return the level of the score."""
        return level_of(self.score)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that raises a risk by `points` (0–100), or with `is_clearance` takes most of it away."""

    code: str
    detail: str
    at: int
    seq: int
    points: float
    is_clearance: bool = False


def level_of(score: float) -> RiskLevel:
    """Return the highest level whose least score is reached."""
    return _LEVELS[bisect_right(LEAST, score) - 1]


def weight_of(kind: str) -> float:
    """Return how much of an occasion's points an entity of a kind takes on."""
    return KIND_WEIGHT.get(kind, SHARED_WEIGHT)


def faded(points: float, elapsed_ms: int) -> float:
    """Return what is left of points after a time; a time that goes back takes nothing away."""
    return points if elapsed_ms <= 0 else points * 2.0 ** (-elapsed_ms / HALF_LIFE_MS)


def fold(risk: Risk, occasion: Occasion) -> Risk:
    """Return the risk after the occasion. Occasions come in the order of the log, their times may go back."""
    at = max(risk.at, occasion.at)
    left = faded(risk.score, at - risk.at)
    kept = tuple(_with_points(each, faded(each.points, at - risk.at)) for each in risk.reasons)
    if occasion.is_clearance:
        score, kept = left * CLEARED_SHARE, tuple(_with_points(each, each.points * CLEARED_SHARE) for each in kept)
    else:
        score = left + occasion.points * (1 - left / 100.0)
    return Risk(round(score, 2), at, _with(kept, occasion))


def risk_now(risk: Risk, at: int, *, in_force: Sequence[Verdict] = ()) -> tuple[RiskLevel, float]:
    """Return level and score at a later moment; holds in force keep the level at least high, freezes critical."""
    score = round(faded(risk.score, at - risk.at), 2)
    floor = RiskLevel.NONE
    if in_force:
        floor = RiskLevel.CRITICAL if max(in_force) >= Verdict.FREEZE else RiskLevel.HIGH
    return max(level_of(score), floor), score


def fades_below(risk: Risk, level: RiskLevel) -> int | None:
    """Return the moment (ms) from which the score no longer reaches `level`; None when it does not reach it now."""
    if level is RiskLevel.NONE or risk.score < LEAST[level]:
        return None
    return risk.at + math.floor(HALF_LIFE_MS * math.log2(risk.score / LEAST[level])) + 1


def _with_points(reason: RiskReason, points: float) -> RiskReason:
    return msgspec.structs.replace(reason, points=round(points, 2))


def has_changed(before: Risk, after: Risk) -> bool:
    """Return whether the course needs a new point: another level, or other reasons."""
    return before.level is not after.level or _names(before) != _names(after)


def _names(risk: Risk) -> set[tuple[str, str]]:
    return {(each.code, each.detail) for each in risk.reasons}


def _with(reasons: tuple[RiskReason, ...], occasion: Occasion) -> tuple[RiskReason, ...]:
    known = next((each for each in reasons if (each.code, each.detail) == (occasion.code, occasion.detail)), None)
    before, count = (known.points, known.count + 1) if known else (0.0, 1)
    points = round(before + occasion.points * (1 - before / 100.0), 2)
    at = max(occasion.at, known.at) if known else occasion.at
    fresh = RiskReason(occasion.code, occasion.detail, at, occasion.seq, points, count)
    others = [each for each in reasons if each is not known and (each.points >= FADED_POINTS or not each.points)]
    ranked = sorted((*others, fresh), key=lambda each: (-each.points, each.code, each.detail))
    return tuple(ranked[:KEPT_REASONS])


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[RiskReason, ...]).decode


def encode_reasons(reasons: tuple[RiskReason, ...]) -> str:
    """Return the reasons as they stand in the database."""
    return _encode(reasons).decode() if reasons else ""


def decode_reasons(text: str) -> tuple[RiskReason, ...]:
    """Return the reasons of a row."""
    return _decode(text) if text else ()
