"""From an evaluated condition to its leaves, and to the quantities they ask about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from anxin.engine.explain.flip import Condition, Either, Every, Flip, Leaf, Opposite, Some, smallest_flip
from anxin.engine.explain.linear import ValueOf, line_of
from anxin.engine.explain.subjects import Quantity, Question, Subject, Truth, Value
from anxin.engine.policy import evaluation as evaluated
from anxin.engine.policy.canonical import canonical_text
from anxin.engine.policy.definition import Policy
from anxin.engine.policy.evaluation import Side
from anxin.engine.policy.language.types import Type
from anxin.engine.windows.plan import Aggregate

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
NEVER_NEGATIVE = (Aggregate.COUNT, Aggregate.DISTINCT, Aggregate.FIRST_SEEN, Aggregate.SINCE)
BOUNDS: Mapping[str, tuple[Quantity, Quantity | None]] = {
    "hour": (0, 23),
    "weekday": (0, 6),
    "length": (0, None),
    "abs": (0, None),
    "distance_km": (0, 20_016),
}
WHOLE = (Type.INT, Type.MONEY, Type.DURATION)
NAME = re.compile(r"[a-z_][a-z0-9_]*", re.IGNORECASE)
CALL = re.compile(r"([a-z_]+)\((.*)\)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class LeafCheck:
    """One leaf, seen from the quantity it asks about.

    `item` is that quantity, `against` the other side of a comparison or what is looked for (None for a leaf without
    one), `operator` is as seen from the item. `quantity` is what would have to change: the item itself, or the one name
    behind it.
    """

    number: int
    leaf: evaluated.Leaf
    operator: str
    item: Side
    against: Side | None
    quantity: Side


@dataclass
class Examined:
    """A condition with all its leaves.

    A subject is a quantity; `items` are their texts and `names` what stands behind them. Leaves that only compare
    constants belong to no subject.
    """

    condition: Condition
    leaves: list[LeafCheck] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    names: list[frozenset[str]] = field(default_factory=list)

    @property
    def truths(self) -> list[Truth]:
        """Return the truth of each leaf by its number."""
        return [check.leaf.truth for check in self.leaves]

    def flip(self) -> Flip | None:
        """Return the smallest change that makes the condition true, or None."""
        return smallest_flip(self.condition, self.truths, self.subjects)


def examine(evaluation: evaluated.Evaluation, policy: Policy, value_of: ValueOf) -> Examined:
    """Return the leaves of an evaluated condition and the quantities behind them; `value_of` gives a name's value."""
    reading = _Reading(policy, value_of)
    examined = Examined(reading.condition(evaluation), reading.leaves)
    for (kind, text), questions in reading.asked.items():
        checks = [reading.leaves[number] for number, _ in questions]
        examined.subjects.append(reading.subject(kind, checks[0], tuple(questions)))
        examined.items.append(text if kind == "value" else "")
        examined.names.append(frozenset(name for check in checks for name in reading.varying(check.leaf.names)))
    return examined


def currencies_differ(one: Side, other: Side) -> bool:
    """Return whether money of two known currencies meets, which never compares."""
    return None not in (one.currency, other.currency) and one.currency != other.currency


def canonical(text: str) -> str:
    """Return a part of a checked expression in one layout."""
    return canonical_text(text)


class _Reading:
    def __init__(self, policy: Policy, value_of: ValueOf) -> None:
        self.policy = policy
        self.value_of = value_of
        self.leaves: list[LeafCheck] = []
        self.asked: dict[tuple[str, str], list[tuple[int, Question]]] = {}

    def condition(self, part: evaluated.Evaluation) -> Condition:
        if isinstance(part, evaluated.Leaf):
            return self._leaf(part)
        parts = tuple(self.condition(each) for each in part.parts)
        if part.operator == "and":
            return Every(parts)
        if part.operator == "or":
            return Some(parts)
        return Opposite(parts[0]) if part.operator == "not" else Either(*parts)

    def varying(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names that an event can change: all but the policy's thresholds."""
        return tuple(name for name in names if name not in self.policy.values)

    def subject(self, kind: str, first: LeafCheck, questions: tuple[tuple[int, Question], ...]) -> Subject:
        if kind == "holds":
            truth = first.leaf.truth
            return Subject(truth if truth is None else truth is not questions[0][1].is_negated, questions)
        value, kind_of_value = _plain(first.quantity), first.quantity.type
        least, most = self._bounds(first.quantity)
        is_whole = kind_of_value in (*WHOLE, Type.TIME) and not isinstance(value, float)
        return Subject(value, questions, is_whole, least, most)

    def _leaf(self, leaf: evaluated.Leaf) -> Leaf:
        check, question = self._asked(leaf)
        self.leaves.append(check)
        if self.varying(leaf.names):
            # Something beside the value may make a leaf unknown: then the value does not answer for it.
            if question is not None and question.truth(_plain(check.quantity)) is leaf.truth:
                key = "value", canonical(check.quantity.text)
            else:
                key, question = ("holds", _positive(leaf)), Question("holds", (), leaf.is_negated)
            self.asked.setdefault(key, []).append((check.number, question))
        return Leaf(check.number)

    def _asked(self, leaf: evaluated.Leaf) -> tuple[LeafCheck, Question | None]:
        number, right = len(self.leaves), leaf.right
        if leaf.operator in MIRRORED and right is not None:
            return self._comparison(number, leaf, right)
        check = LeafCheck(number, leaf, leaf.operator, leaf.left, right, leaf.left)
        if leaf.operator == "in" and right is not None:
            choices = tuple(each for each in right.choices if not isinstance(each, tuple))
            return check, Question("in", choices, leaf.is_negated)
        if leaf.operator in ("missing", "holds"):
            return check, Question(leaf.operator, (), leaf.is_negated)
        return check, None

    def _comparison(self, number: int, leaf: evaluated.Leaf, right: Side) -> tuple[LeafCheck, Question | None]:
        item, against, operator = leaf.left, right, leaf.operator
        if not self.varying(item.names):
            item, against, operator = against, item, MIRRORED[operator]
        check = LeafCheck(number, leaf, operator, item, against, item)
        threshold = _plain(against)
        is_hidden = any(side.type is Type.TOKEN or side.type.is_personal for side in (item, against))
        is_circular = not set(self.varying(item.names)).isdisjoint(against.names)
        if threshold is None or is_hidden or is_circular or currencies_differ(item, against):
            return check, None
        return self._behind(check, threshold) or (check, Question(operator, (threshold,)))

    def _behind(self, check: LeafCheck, threshold: Value) -> tuple[LeafCheck, Question] | None:
        """Return the question to the one name behind an item such as `paid * 100`, or None when there is none."""
        item, names = check.item, self.varying(check.item.names)
        if len(names) != 1 or NAME.fullmatch(item.text.strip()) or item.type not in WHOLE:
            return None
        now, line = self.value_of(names[0]), line_of(item.text, frozenset(names), self.value_of)
        if line is None or not _is_whole(now) or not _is_whole(item.value) or not isinstance(threshold, (int, float)):
            return None
        bound = line.bound(check.operator, threshold)
        if bound is None or line.at(now) != item.value:
            return None
        quantity = Side(names[0], now, item.type, names, item.currency)
        return replace(check, quantity=quantity), Question(bound[0], (bound[1],))

    def _bounds(self, item: Side) -> tuple[Quantity | None, Quantity | None]:
        text = item.text.strip()
        call = CALL.fullmatch(text)
        if call:
            return BOUNDS.get(call[1], (None, None))
        if text == "model_score":
            return 0, 100
        feature = self.policy.features.get(text)
        if feature is not None:
            is_positive = feature.aggregate in NEVER_NEGATIVE or feature.value_type is Type.MONEY
            return (0 if is_positive else None), None
        return (0 if item.type is Type.MONEY and NAME.fullmatch(text) else None), None


def _positive(leaf: evaluated.Leaf) -> str:
    right = leaf.right.text if leaf.right is not None else ""
    return (
        f"{leaf.operator} {canonical(leaf.left.text)} {right.strip()}" if leaf.is_negated or leaf.right else leaf.text
    )


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _plain(side: Side) -> Value:
    return side.value if isinstance(side.value, (bool, int, float, str)) else None
