"""What a condition's leaves ask, and of which quantity: so that one changed quantity changes all its leaves at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Truth = bool | None
Value = bool | int | float | str | None
Quantity = int | float

OTHER = "\0other"  # a text that equals none of those a rule names


@dataclass(frozen=True)
class Question:
    """One question about a quantity.

    `operator` is a comparison with `operands[0]`, `in` the operands, `missing`, or `holds` (the quantity is itself true
    or false). A missing quantity makes every answer but that of `missing` unknown.
    """

    operator: str
    operands: tuple[Value, ...] = ()
    is_negated: bool = False

    def truth(self, value: Value) -> Truth:
        """Return the answer for a value."""
        if self.operator == "missing":
            return (value is None) is not self.is_negated
        if value is None:
            return None
        return self._holds(value) is not self.is_negated

    def _holds(self, value: Value) -> bool:
        if self.operator == "holds":
            return bool(value)
        if self.operator == "in":
            return value in self.operands
        operand = self.operands[0]
        if self.operator in ("==", "!="):
            return (value == operand) is (self.operator == "==")
        return _is_ordered(self.operator, value, operand)


@dataclass(frozen=True)
class Move:
    """One other value of a quantity: the truths it gives the leaves that change, and how far away it is (relative)."""

    subject: int
    value: Value
    truths: tuple[tuple[int, Truth], ...]
    distance: float


@dataclass(frozen=True)
class Subject:
    """A quantity with the leaves that ask about it.

    `is_whole` says that values between two integers do not exist; `least` and `most` bound what can be.
    """

    value: Value
    questions: tuple[tuple[int, Question], ...]
    is_whole: bool = False
    least: Quantity | None = None
    most: Quantity | None = None

    def truths(self, value: Value) -> tuple[tuple[int, Truth], ...]:
        """Return what each leaf would say for a value."""
        return tuple((leaf, question.truth(value)) for leaf, question in self.questions)

    def moves(self, subject: int) -> tuple[Move, ...]:
        """Return the nearest value for each pattern of truths that differs from the present one."""
        now = dict(self.truths(self.value))
        nearest: dict[tuple[tuple[int, Truth], ...], Move] = {}
        for value in self._candidates():
            changed = tuple((leaf, truth) for leaf, truth in self.truths(value) if truth is not now[leaf])
            move = Move(subject, value, changed, self._distance(value))
            known = nearest.get(changed)
            if changed and (known is None or move.distance < known.distance):
                nearest[changed] = move
        return tuple(sorted(nearest.values(), key=lambda move: (len(move.truths), move.distance)))

    def _candidates(self) -> Iterator[Value]:
        operands = [operand for _, question in self.questions for operand in question.operands]
        if any(question.operator == "missing" for _, question in self.questions):
            yield None
        if any(question.operator == "holds" for _, question in self.questions) or isinstance(self.value, bool):
            yield from (True, False)
        numbers = [each for each in operands if isinstance(each, (int, float)) and not isinstance(each, bool)]
        for number in numbers:
            yield from (value for value in self._around(number) if self._is_possible(value))
        yield from (each for each in operands if isinstance(each, (str, bool)))
        if not numbers and not isinstance(self.value, (bool, int, float)):
            yield OTHER

    def _around(self, number: Quantity) -> Sequence[Quantity]:
        if not self.is_whole:
            return number, math.nextafter(number, math.inf), math.nextafter(number, -math.inf)
        low, high = math.floor(number), math.ceil(number)
        return (low, low + 1, low - 1) if low == high else (low, high)

    def _is_possible(self, value: Quantity) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def _distance(self, value: Value) -> float:
        now = self.value
        if isinstance(value, (str, bool)) or value is None or isinstance(now, (str, bool)) or now is None:
            return 1.0
        return abs(value - now) / max(1.0, abs(now))


def _is_ordered(operator: str, value: Value, operand: Value) -> bool:
    if not isinstance(value, (int, float)) or not isinstance(operand, (int, float)):
        return False
    if operator == "<":
        return value < operand
    if operator == "<=":
        return value <= operand
    return value > operand if operator == ">" else value >= operand
