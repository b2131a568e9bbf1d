"""Operators and functions of the reference interpreter, over values that may be missing."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.calls import compiled_pattern
from anxin.engine.policy.language.runtime import distance_km

if TYPE_CHECKING:
    from anxin.engine.policy.interpreter import Evaluator

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def operate(symbol: str, left: Any, right: Any) -> Any:
    """Return `left symbol right`; None when a part is missing or the divisor is zero."""
    if left is None or right is None:
        return None
    if symbol in ("/", "//", "%") and right == 0:
        return None
    return _ARITHMETIC[symbol](left, right)


def compare(symbol: str, left: Any, right: Any) -> bool | None:
    """Return whether `left symbol right`; None when a part is missing."""
    if left is None or right is None:
        return None
    return _COMPARISONS[symbol](left, right)


def call_function(evaluator: Evaluator, node: nodes.Call) -> Any:
    """Return the value of a call; None when an argument is missing."""
    args = [evaluator.value(each) for each in node.args]
    if any(each is None for each in args):
        return None
    calendar = evaluator.interpreter.calendar
    functions: dict[str, Callable[..., Any]] = {
        "matches": lambda text, pattern: compiled_pattern(pattern).search(text) is not None,
        "contains": lambda text, part: part in text,
        "starts_with": lambda text, part: text.startswith(part),
        "ends_with": lambda text, part: text.endswith(part),
        "lower": lambda text: text.lower(),
        "length": len,
        "abs": abs,
        "min": min,
        "max": max,
        "hour": calendar.hour,
        "weekday": calendar.weekday,
        "distance_km": distance_km,
        "age": lambda moment: evaluator.situation.t - moment,
    }
    return functions[node.function](*args)
