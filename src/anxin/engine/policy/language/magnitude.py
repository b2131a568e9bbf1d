"""Static bounds of numbers, so that no calculation can leave the range of a float or grow without end."""

from __future__ import annotations

import math

from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.nodes import Node
from anxin.engine.policy.language.problem import ExpressionProblem
from anxin.engine.policy.language.types import Type

LIMIT = 900
LITERAL_EXPONENT = 334  # of 1e100, the largest literal
WHOLE = (65, 0)  # a 64-bit integer
Bounds = tuple[int, int]


def bounds_of(node: Node) -> Bounds:
    """Return exponents (high, low): a value is at most 2**high in size and, when not zero, at least 2**-low."""
    if isinstance(node, nodes.Literal):
        return _literal(node)
    if isinstance(node, nodes.Compute):
        return node.bounds
    if isinstance(node, nodes.Arithmetic):
        return _arithmetic(node.operator, bounds_of(node.left), bounds_of(node.right))
    if isinstance(node, nodes.Choice):
        return _widest(bounds_of(node.yes), bounds_of(node.no))
    if isinstance(node, nodes.Negative):
        return bounds_of(node.item)
    if isinstance(node, nodes.Call) and node.function in ("min", "max", "abs"):
        return _widest(*(bounds_of(each) for each in node.args))
    return _atom(node)


def check_magnitude(tree: Node) -> list[ExpressionProblem]:
    """Return a problem for the first calculation whose result may be out of range."""
    for node in reversed(list(tree.walk())):
        if isinstance(node, nodes.Arithmetic) and max(bounds_of(node)) > LIMIT:
            zh, en = "计算结果可能超出数字范围", "the result may leave the range of numbers"
            return [ExpressionProblem(node.span.start, "policy.too_large", zh, en)]
    return []


def _atom(node: Node) -> Bounds:
    if node.type is Type.INT or isinstance(node, nodes.Field) or node.type in (Type.DURATION, Type.TIME):
        return WHOLE
    if isinstance(node, nodes.Named):
        return (LITERAL_EXPONENT, LITERAL_EXPONENT) if node.type is Type.NUMBER else WHOLE
    # Averages, scores and distances: 64-bit integers or quotients of two of them.
    return 65, 128


def _literal(node: nodes.Literal) -> Bounds:
    if isinstance(node.value, float):
        exponent = math.frexp(node.value)[1]
        return max(1, exponent), max(0, 1 - exponent)
    if isinstance(node.value, int):
        return max(1, node.value.bit_length()), 0
    return 0, 0


def _widest(*all_bounds: Bounds) -> Bounds:
    return max(each[0] for each in all_bounds), max(each[1] for each in all_bounds)


def _arithmetic(operator: str, left: Bounds, right: Bounds) -> Bounds:
    if operator == "*":
        return left[0] + right[0], left[1] + right[1]
    if operator == "/":
        return left[0] + right[1], left[1] + right[0]
    if operator == "//":
        return left[0] + right[1] + 1, 0
    high, low = _widest(left, right)
    # A difference of floats may be one unit in the last place of the smaller.
    return high + 1, low + 54 if low else 0
