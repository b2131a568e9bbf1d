"""Dividing the rules of an event type into blocks, so that an event meets few of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from anxin.engine.policy.definition import Rule
from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.nodes import Node, Scalar
from anxin.engine.policy.language.types import Type

BLOCK_RULES = 48
LEAST_DISPATCHED = 6
LEAST_GROUPED = 3
IndexedRule = tuple[int, Rule]


@dataclass(frozen=True)
class Dispatch:
    """Rules that need `field` to be one of a few values; `by_value` groups those with the same values."""

    field: str
    by_values: tuple[tuple[frozenset[Scalar], tuple[IndexedRule, ...]], ...]

    @property
    def rules(self) -> tuple[IndexedRule, ...]:
        """Return all rules: an event without the field must meet each, for they may be unknown."""
        return tuple(sorted((each for _, group in self.by_values for each in group), key=lambda each: each[0]))


def divide(rules: Sequence[IndexedRule]) -> tuple[list[IndexedRule], list[Dispatch]]:
    """Return the rules every event meets, and the others by the field that they need a value of."""
    keys = {index: _needed_values(rule.when.tree) for index, rule in rules}
    counts = Counter(name for needed in keys.values() for name in needed)
    plain: list[IndexedRule] = []
    grouped: dict[str, dict[frozenset[Scalar], list[IndexedRule]]] = {}
    for index, rule in rules:
        name = max(keys[index], key=lambda each: (counts[each], each), default=None)
        if name is None or counts[name] < LEAST_DISPATCHED:
            plain.append((index, rule))
        else:
            grouped.setdefault(name, {}).setdefault(keys[index][name], []).append((index, rule))
    dispatches = [
        Dispatch(name, tuple((values, tuple(group)) for values, group in groups.items()))
        for name, groups in sorted(grouped.items())
    ]
    return plain, dispatches


@dataclass(frozen=True)
class Group:
    """Rules that all need `condition`: when it is surely false, none of them is looked at; None needs nothing."""

    condition: Node | None
    rules: tuple[IndexedRule, ...]


def grouped(rules: Sequence[IndexedRule]) -> list[Group]:
    """Return the rules grouped by the conditions that most of them share, the others last."""
    numbers: dict[Node, int] = {}
    needs = {
        index: list(dict.fromkeys(numbers.setdefault(part, len(numbers)) for part in conjuncts(rule.when.tree)))
        for index, rule in rules
    }
    conditions = list(numbers)
    groups: list[Group] = []
    waiting = list(rules)
    while waiting:
        counts = Counter(number for index, _ in waiting for number in needs[index])
        best, count = counts.most_common(1)[0]
        if count < LEAST_GROUPED:
            break
        groups.append(Group(conditions[best], tuple(each for each in waiting if best in needs[each[0]])))
        waiting = [each for each in waiting if best not in needs[each[0]]]
    return [*groups, Group(None, tuple(waiting))] if waiting else groups


def arranged(rules: Sequence[IndexedRule]) -> list[IndexedRule]:
    """Return the rules with those of one group side by side, so that they fall into the same function."""
    return [each for group in grouped(rules) for each in group.rules]


def conjuncts(tree: Node) -> tuple[Node, ...]:
    """Return the conditions that must all hold."""
    return tree.parts if isinstance(tree, nodes.All) else (tree,)


def chunks(rules: Sequence[IndexedRule]) -> list[Sequence[IndexedRule]]:
    """Return the rules in parts small enough for one generated function."""
    return [rules[start : start + BLOCK_RULES] for start in range(0, len(rules), BLOCK_RULES)]


def _needed_values(tree: Node) -> dict[str, frozenset[Scalar]]:
    """Return, by field, the values without which the condition is surely false, when the field is present."""
    found: dict[str, frozenset[Scalar]] = {}
    for part in conjuncts(tree):
        if isinstance(part, nodes.Among) and not part.is_negated and _is_key(part.item):
            assert isinstance(part.item, nodes.Field)
            found.setdefault(part.item.name, frozenset(part.choices))
        elif isinstance(part, nodes.Comparison) and part.operator == "==":
            for item, literal in ((part.left, part.right), (part.right, part.left)):
                if isinstance(item, nodes.Field) and _is_key(item) and isinstance(literal, nodes.Literal):
                    found.setdefault(item.name, frozenset((literal.value,)))
    return found


def _is_key(node: Node) -> bool:
    return isinstance(node, nodes.Field) and node.type in (Type.TEXT, Type.INT)
