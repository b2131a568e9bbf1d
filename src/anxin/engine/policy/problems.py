"""Problems of a policy: where, what, in two languages."""

from __future__ import annotations

from dataclasses import dataclass, field

from anxin.engine.errors import PolicyError


@dataclass(frozen=True, order=True)
class PolicyProblem:
    """One problem; `line` and `column` count from 1. A warning does not keep the policy from being used."""

    file: str
    line: int
    column: int
    code: str
    zh: str
    en: str
    is_warning: bool = False

    def sentence(self, language: str) -> str:
        """Return `file:line:column: sentence` in the language."""
        return f"{self.file}:{self.line}:{self.column}: {self.zh if language.startswith('zh') else self.en}"


class PolicyErrors(PolicyError):
    """A policy cannot be used; `problems` holds everything found, warnings included, in file order."""

    def __init__(self, problems: tuple[PolicyProblem, ...]) -> None:
        self.problems = problems
        first = next((each for each in problems if not each.is_warning), problems[0])
        super().__init__(file=first.file, line=first.line, column=first.column, reason=first.en)

    def sentence(self, language: str) -> str:
        """Return every problem, one a line."""
        return "\n".join(each.sentence(language) for each in self.problems)


@dataclass
class Problems:
    """Collects the problems of one policy."""

    found: list[PolicyProblem] = field(default_factory=list)

    def add(self, place: tuple[str, int, int], code: str, zh: str, en: str) -> None:
        """Add an error at (file, line, column)."""
        self.found.append(PolicyProblem(*place, code, zh, en))

    def warn(self, place: tuple[str, int, int], code: str, zh: str, en: str) -> None:
        """Add a warning at (file, line, column)."""
        self.found.append(PolicyProblem(*place, code, zh, en, is_warning=True))

    def ordered(self) -> tuple[PolicyProblem, ...]:
        """Return all problems by file, line and column, each once."""
        return tuple(sorted(set(self.found)))

    @property
    def has_errors(self) -> bool:
        """Return whether something was found that is not just a warning."""
        return any(not each.is_warning for each in self.found)
