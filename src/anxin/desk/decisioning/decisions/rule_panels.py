"""The rules of a decision as its page shows them: those that fired first, then those that nearly did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from anxin.desk.decisioning.decisions.wording import told
from anxin.desk.foundation.ui.words import Words
from anxin.engine.explain.explanation import LeafFact, RuleFact

_STATES = {
    "fired": (Words("已触发", "fired"), "warning", "zap"),
    "unknown": (Words("无法判断", "could not be judged"), "neutral", "circle-dashed"),
    "quiet": (Words("未触发", "did not fire"), "neutral", "minus"),
}
_OUTCOMES = {
    "true": (Words("成立", "true"), "ok", "check"),
    "false": (Words("不成立", "false"), "neutral", "x"),
    "unknown": (Words("未知", "unknown"), "warning", "circle-dashed"),
}
_ORDER = {"fired": 0, "unknown": 1, "quiet": 2}


@dataclass(frozen=True)
class LeafPanel:
    """One part of a condition: what it says, and what it came to."""

    text: str
    source: str
    words: Words
    tone: str
    icon: str


@dataclass(frozen=True)
class RulePanel:
    """One rule. `why_not` says why it did not fire, `changes` the smallest change that would have made it fire."""

    rule: str
    title: str
    state: str
    words: Words
    tone: str
    icon: str
    verdict: str
    points: float
    is_braked: bool
    condition: str
    leaves: tuple[LeafPanel, ...]
    why_not: str
    changes: tuple[str, ...]
    is_smallest: bool
    is_checked: bool


def rule_panels(rules: Iterable[RuleFact]) -> tuple[RulePanel, ...]:
    """Return rules in words: fired, undecided, then quiet ones by how little was missing."""
    return tuple(sorted((_panel(each) for each in rules), key=_rank))


def _rank(panel: RulePanel) -> tuple[int, int, str]:
    return _ORDER[panel.state], len(panel.changes) or 99, panel.rule


def _panel(rule: RuleFact) -> RulePanel:
    state = "fired" if rule.has_fired else "unknown" if rule.outcome == "unknown" else "quiet"
    words, tone, icon = _STATES[state]
    why_not = rule.why_not
    return RulePanel(
        rule=rule.rule,
        title=told(rule.title),
        state=state,
        words=words,
        tone=tone,
        icon=icon,
        verdict=rule.verdict,
        points=rule.points,
        is_braked=rule.is_braked,
        condition=rule.condition,
        leaves=tuple(_leaf(each) for each in rule.leaves),
        why_not=told(why_not.text) if why_not is not None else "",
        changes=tuple(told(each.text) for each in why_not.changes) if why_not is not None else (),
        is_smallest=why_not is None or why_not.is_smallest,
        is_checked=why_not is not None and why_not.is_checked is True,
    )


def _leaf(leaf: LeafFact) -> LeafPanel:
    words, tone, icon = _OUTCOMES[leaf.outcome]
    return LeafPanel(told(leaf.text), leaf.source, words, tone, icon)
