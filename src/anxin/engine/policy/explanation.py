"""Turning an evaluated condition into a tree of truths and values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anxin.engine.policy.definition import Expression
from anxin.engine.policy.evaluation import Branch, Evaluation, Leaf, Side, Truth
from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.currency import currency_of
from anxin.engine.policy.language.nodes import Node
from anxin.engine.policy.language.types import Type

if TYPE_CHECKING:
    from anxin.engine.policy.interpreter import Evaluator

_NAMED = (nodes.Field, nodes.Feature, nodes.Compute, nodes.Named)
_TEXT_TESTS = ("matches", "contains", "starts_with", "ends_with")


def explained(evaluator: Evaluator, expression: Expression) -> Evaluation:
    """Return the evaluation tree of a condition."""
    return _Explainer(evaluator, expression.source).explain(expression.tree)


class _Explainer:
    def __init__(self, evaluator: Evaluator, source: str) -> None:
        self.evaluator = evaluator
        self.source = source

    def explain(self, node: Node) -> Evaluation:
        truth = self.evaluator.truth(node)
        if isinstance(node, (nodes.All, nodes.Any)):
            word = "and" if isinstance(node, nodes.All) else "or"
            return self._branch(node, truth, word, node.parts)
        if isinstance(node, nodes.Not):
            return self._branch(node, truth, "not", (node.item,))
        if isinstance(node, nodes.Choice):
            return self._branch(node, truth, "if", (node.test, node.yes, node.no))
        return self._leaf(node, truth)

    def _branch(self, node: Node, truth: Truth, operator: str, parts: tuple[Node, ...]) -> Branch:
        return Branch(self._text(node), node.span, truth, operator, tuple(self.explain(part) for part in parts))

    def _leaf(self, node: Node, truth: Truth) -> Leaf:
        missing = self.evaluator.missing(node)
        operator, left, right, is_negated = self._parts(node)
        return Leaf(self._text(node), node.span, truth, operator, left, right, is_negated, missing)

    def _parts(self, node: Node) -> tuple[str, Side, Side | None, bool]:
        if isinstance(node, nodes.Comparison):
            return node.operator, self._side(node.left), self._side(node.right), False
        if isinstance(node, nodes.Among):
            return "in", self._side(node.item), _group(node, node.choices), node.is_negated
        if isinstance(node, nodes.AnyAmong):
            return "any in", self._side(node.item), _group(node, node.choices), False
        if isinstance(node, nodes.OnList):
            name = Side(node.list_name, node.list_name, Type.TEXT)
            return "list", self._side(node.item), name, node.is_negated
        if isinstance(node, nodes.Within):
            return "within", self._side(node.item), self._side(node.texts), node.is_negated
        if isinstance(node, nodes.Missing):
            return "missing", self._side(node.item), None, node.is_negated
        if isinstance(node, nodes.Call) and node.function in _TEXT_TESTS:
            return node.function, self._side(node.args[0]), self._side(node.args[1]), False
        return "holds", self._side(node), None, False

    def _side(self, node: Node) -> Side:
        value = self.evaluator.value(node)
        if node.type.is_personal and value is not None:
            value = "•"
        if isinstance(value, list):
            value = tuple(value)
        return Side(self._text(node), value, node.type, _names(node), self._currency(node))

    def _currency(self, node: Node) -> str | None:
        if node.type is not Type.MONEY:
            return None
        return currency_of(node) or self.evaluator.field("currency")

    def _text(self, node: Node) -> str:
        return self.source[node.span.start : node.span.end]


def _group(node: nodes.Among | nodes.AnyAmong, choices: tuple[nodes.Scalar, ...]) -> Side:
    written = getattr(node, "guard_currency", None)
    kind = Type.TEXT if isinstance(node, nodes.AnyAmong) else node.item.type
    return Side(", ".join(str(each) for each in choices), None, kind, (), written, choices)


def _names(node: Node) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for each in node.walk():
        if isinstance(each, _NAMED):
            found[each.name] = None
        elif isinstance(each, nodes.ModelScore):
            found["model_score"] = None
    return tuple(found)
