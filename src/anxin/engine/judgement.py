"""From fired rules, holds and scores to one verdict with its reasons."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from anxin.engine.decision import Reason, Text
from anxin.engine.lists.holds import Hold
from anxin.engine.verdict import Verdict

_HOLD_ZH = {Verdict.HOLD: "暂缓处理", Verdict.FREEZE: "已冻结", Verdict.BLOCK: "已拦截"}
_HOLD_EN = {Verdict.HOLD: "on hold", Verdict.FREEZE: "frozen", Verdict.BLOCK: "blocked"}


class FiredRule(msgspec.Struct, frozen=True):
    """A rule that fired, with its verdict after the brake, its points (0–100), its sentences for agent and user."""

    rule: str
    severity: int
    verdict: Verdict
    points: float
    actions: tuple[str, ...]
    text: Text
    user_text: Text
    braked: bool


def joint_score(points: Sequence[float]) -> float:
    """Return independent scores (each 0–100) joined: 100 · (1 − ∏(1 − p/100)), to one decimal, in the given order."""
    left = 1.0
    for each in points:
        left *= 1.0 - each / 100.0
    return round(100.0 * (1.0 - left), 1)


def level_of(score: float, levels: Sequence[tuple[Verdict, float]]) -> Verdict:
    """Return the strongest verdict whose least score is reached, or allow."""
    return max((verdict for verdict, least in levels if score >= least), default=Verdict.ALLOW)


def hold_reason(hold: Hold, entity_zh: str, entity_en: str) -> Reason:
    """Return the reason of a hold: who ordered it stands in the control stream under its measure."""
    zh = f"{entity_zh}{_HOLD_ZH.get(hold.verdict, '受限')}:{hold.reason or hold.measure}"
    en = f"The {entity_en} is {_HOLD_EN.get(hold.verdict, 'restricted')}: {hold.reason or hold.measure}"
    return Reason(rule=f"hold:{hold.measure}", severity=1, verdict=hold.verdict.word, text=Text(zh, en))


def ranked(fired: Sequence[FiredRule]) -> list[FiredRule]:
    """Return the fired rules, most severe verdict first, then the most critical, then by rule id."""
    return sorted(fired, key=lambda each: (-each.verdict, each.severity, each.rule))


def reasons_of(fired: Sequence[FiredRule]) -> tuple[Reason, ...]:
    """Return the reasons of fired rules, in the same order."""
    return tuple(Reason(each.rule, each.severity, each.verdict.word, each.text, each.braked) for each in fired)


def actions_of(fired: Sequence[FiredRule]) -> tuple[str, ...]:
    """Return the actions that the fired rules ask for, each once, in the order of the rules."""
    return tuple(dict.fromkeys(action for each in fired for action in each.actions))
