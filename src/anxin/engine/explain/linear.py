"""Quantities such as `sent_30m * 100`: what stands on one side of a comparison, when one name moves it in a line."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

ValueOf = Callable[[str], object]
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Line:
    """slope · name + offset; `name` None is a constant."""

    slope: Fraction
    offset: Fraction
    name: str | None = None

    def bound(self, operator: str, threshold: float) -> tuple[str, int] | None:
        """Return the comparison of the whole-numbered name that says the same, or None when there is none."""
        if self.slope == 0 or operator not in TURNED:
            return None
        edge = (Fraction(threshold) - self.offset) / self.slope
        turned = operator if self.slope > 0 else TURNED[operator]
        return turned, math.ceil(edge) if turned in (">=", "<") else math.floor(edge)

    def at(self, value: int) -> Fraction:
        """Return the quantity for a value of the name."""
        return self.slope * value + self.offset


def line_of(text: str, varying: frozenset[str], value_of: ValueOf) -> Line | None:
    """Return the line that a checked expression is in its one varying name, or None when it is none."""
    line = _line(ast.parse(f"({text}\n)", mode="eval").body, varying, value_of)
    return line if line is not None and line.name is not None else None


def _line(tree: ast.expr, varying: frozenset[str], value_of: ValueOf) -> Line | None:
    if isinstance(tree, ast.Constant):
        return _constant(tree.value)
    if isinstance(tree, ast.Name):
        return Line(Fraction(1), Fraction(0), tree.id) if tree.id in varying else _constant(value_of(tree.id))
    if isinstance(tree, ast.UnaryOp):
        inner = _line(tree.operand, varying, value_of)
        return None if inner is None else Line(-inner.slope, -inner.offset, inner.name)
    if isinstance(tree, ast.BinOp):
        left, right = _line(tree.left, varying, value_of), _line(tree.right, varying, value_of)
        return None if left is None or right is None else _joined(tree.op, left, right)
    return None


def _joined(operator: ast.operator, left: Line, right: Line) -> Line | None:
    if None not in (left.name, right.name) and left.name != right.name:
        return None
    name = left.name or right.name
    if isinstance(operator, ast.Add):
        return Line(left.slope + right.slope, left.offset + right.offset, name)
    if isinstance(operator, ast.Sub):
        return Line(left.slope - right.slope, left.offset - right.offset, name)
    if isinstance(operator, ast.Mult) and None in (left.name, right.name):
        factor, other = (left.offset, right) if left.name is None else (right.offset, left)
        return Line(other.slope * factor, other.offset * factor, name)
    if isinstance(operator, ast.Div) and right.name is None and right.offset:
        return Line(left.slope / right.offset, left.offset / right.offset, name)
    return None


def _constant(value: object) -> Line | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return Line(Fraction(0), Fraction(value))
