"""What is wrong in an expression, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ExpressionProblem:
    """One problem; `start` is the character of the expression's text where it stands."""

    start: int
    code: str
    zh: str
    en: str


class ExpressionRefused(Exception):
    """The text cannot even be read as an expression."""

    def __init__(self, problem: ExpressionProblem) -> None:
        self.problem = problem
        super().__init__(problem.en)
