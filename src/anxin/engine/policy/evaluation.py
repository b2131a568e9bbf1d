"""What the reference interpreter says about a condition: a tree of truths with the values behind them."""

from __future__ import annotations

from dataclasses import dataclass

from anxin.engine.policy.language.nodes import Span
from anxin.engine.policy.language.types import Type

Truth = bool | None
Shown = bool | int | float | str | tuple[str, ...] | None


@dataclass(frozen=True)
class Side:
    """One side of a leaf: its text in the rule, its value (None when missing), its type, the names in it.

    `currency` is that of money. Values of personal types are never here: their `value` is "•" when present.
    `choices` holds the values of a group such as `("a", "b")`.
    """

    text: str
    value: Shown
    type: Type
    names: tuple[str, ...] = ()
    currency: str | None = None
    choices: tuple[Shown, ...] = ()


@dataclass(frozen=True)
class Leaf:
    """The smallest part of a condition that is true, false or unknown by itself.

    `operator` is a comparison (`==`, `<` …), `in` (a group), `list` (right.text is the list's name), `within` (a text
    among texts), `any in`, `missing`, `matches`, `contains`, `starts_with`, `ends_with`, or `holds` (the left side is
    itself true or false; no right side). `is_negated` says that the rule asks for the opposite. `missing` names what
    was absent.
    """

    text: str
    span: Span
    truth: Truth
    operator: str
    left: Side
    right: Side | None = None
    is_negated: bool = False
    missing: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of both sides, each once."""
        return tuple(dict.fromkeys((*self.left.names, *(self.right.names if self.right else ()))))


@dataclass(frozen=True)
class Branch:
    """Parts joined by `and`, `or`, `not` or `if` (test, then, else)."""

    text: str
    span: Span
    truth: Truth
    operator: str
    parts: tuple[Evaluation, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all parts, each once."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.names))


Evaluation = Leaf | Branch


def leaves_of(evaluation: Evaluation) -> tuple[Leaf, ...]:
    """Return the leaves, left to right."""
    if isinstance(evaluation, Leaf):
        return (evaluation,)
    return tuple(leaf for part in evaluation.parts for leaf in leaves_of(part))


def truth_and(parts: list[Truth]) -> Truth:
    """Return Kleene's `and`."""
    if False in parts:
        return False
    return None if None in parts else True


def truth_or(parts: list[Truth]) -> Truth:
    """Return Kleene's `or`."""
    if True in parts:
        return True
    return None if None in parts else False


def truth_not(part: Truth) -> Truth:
    """Return Kleene's `not`."""
    return None if part is None else not part
