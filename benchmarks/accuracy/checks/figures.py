"""One figure of a check beside its plain baseline and its goal, and how figures are computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

Say = Callable[[str], object]


class Figure(NamedTuple):
    """A measured share. `plain` says value and origin of the plain baseline; `goal` None means none was set."""

    data_set: str
    split: str
    measure: str
    rows: int
    value: float
    plain: str = "–"
    goal: float | None = None
    is_at_most: bool = False

    @property
    def is_met(self) -> bool:
        """Return whether the goal, if any, is reached."""
        if self.goal is None:
            return True
        return self.value <= self.goal if self.is_at_most else self.value >= self.goal

    @property
    def goal_words(self) -> str:
        """Return the goal with its mark; empty when none was set."""
        if self.goal is None:
            return ""
        return f"{'≤' if self.is_at_most else '≥'} {self.goal:g} {'✓' if self.is_met else '✗'}"


Margins = Sequence[tuple[float, bool]]


def recall_at(margins: Margins, share: float) -> float:
    """Return the recall when at most a share of the ordinary rows is flagged."""
    border = border_at(margins, share)
    bad = [margin for margin, is_bad in margins if is_bad]
    return sum(margin > border for margin in bad) / max(1, len(bad))


def border_at(margins: Margins, share: float) -> float:
    """Return the margin above which a share of the ordinary rows lies."""
    ordinary = sorted((margin for margin, is_bad in margins if not is_bad), reverse=True)
    return ordinary[int(len(ordinary) * share)]


def f1_from(margins: Margins, border: float) -> float:
    """Return the F1 of flagging from a border on."""
    right = sum(margin >= border and is_bad for margin, is_bad in margins)
    flagged, bad = sum(margin >= border for margin, _ in margins), sum(is_bad for _, is_bad in margins)
    return 2 * right / max(1, flagged + bad)
