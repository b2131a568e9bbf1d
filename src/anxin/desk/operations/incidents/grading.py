"""Which level an incident has: urgency times severity, and the reason in one code (domain §2.1, D, 2026-11)."""

from __future__ import annotations

from dataclasses import dataclass

ACTIVE_LOSS = ("threat_to_life", "money_moving", "remote_control", "code_shared")
"""Markers of a loss that goes on at this moment: always level 1 (C2)."""
VICTIMS = ((100, 1), (5, 2))
AMOUNTS_CNY_MINOR = ((50_000_000, 1), (5_000_000, 2))
REVIEW_LOSS_CNY_MINOR = 5_000_000
"""From which loss on an L2 is reviewed: the amount that makes an incident severe."""


@dataclass(frozen=True)
class Facts:
    """What a level is judged by; `suggested` is what rule or person says, None when nobody does."""

    default: int
    suggested: int | None = None
    markers: tuple[str, ...] = ()
    victims: int = 0
    at_risk_minor: int = 0
    currency: str = ""


@dataclass(frozen=True)
class Grading:
    """A level with the code of its reason; `is_provisional`: a human has yet to confirm it."""

    level: int
    reason: str
    is_provisional: bool = False


def grade(facts: Facts) -> Grading:
    """Return the level; of several reasons the strictest counts, in doubt the higher level."""
    marker = next((each for each in ACTIVE_LOSS if each in facts.markers), None)
    if marker is not None:
        return Grading(1, marker, is_provisional=True)
    base = Grading(facts.suggested, "rule") if facts.suggested else Grading(facts.default, "kind", is_provisional=True)
    by_victims = Grading(_least(facts.victims, VICTIMS), "victims", base.is_provisional)
    amount = facts.at_risk_minor if facts.currency == "CNY" else 0
    by_amount = Grading(_least(amount, AMOUNTS_CNY_MINOR), "amount", base.is_provisional)
    return min((base, by_victims, by_amount), key=lambda each: each.level)


def _least(value: int, steps: tuple[tuple[int, int], ...]) -> int:
    return next((level for least, level in steps if value >= least), 9)
