"""Pieces of generated code: a value with the guards under which it is present."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Mode(enum.Enum):
    """Which question about a three-valued condition the code answers, as a plain Python boolean."""

    TRUE = "true"
    FALSE = "false"
    NOT_TRUE = "not true"
    NOT_FALSE = "not false"

    @property
    def is_open(self) -> bool:
        """Return whether unknown answers yes."""
        return self in (Mode.NOT_TRUE, Mode.NOT_FALSE)

    @property
    def inverted(self) -> Mode:
        """Return the mode that asks the same of the negated condition."""
        return _INVERTED[self]

    @property
    def wants_true(self) -> bool:
        """Return whether a present, true condition answers yes."""
        return self in (Mode.TRUE, Mode.NOT_FALSE)


_INVERTED = {
    Mode.TRUE: Mode.FALSE,
    Mode.FALSE: Mode.TRUE,
    Mode.NOT_TRUE: Mode.NOT_FALSE,
    Mode.NOT_FALSE: Mode.NOT_TRUE,
}


@dataclass(frozen=True)
class Guard:
    """A test that something is present, and its opposite."""

    present: str
    absent: str


@dataclass(frozen=True)
class Piece:
    """Code of a value, right only when all guards hold, tested in order."""

    code: str
    guards: tuple[Guard, ...] = ()

    def optional(self) -> str:
        """Return code that gives the value, or None when missing."""
        return f"(({self.code}) if {self.present()} else None)" if self.guards else self.code

    def present(self) -> str:
        """Return code that says whether the value is present."""
        return conjunction([each.present for each in self.guards])

    def absent(self) -> str:
        """Return code that says whether the value is missing."""
        return disjunction([each.absent for each in self.guards])


def joined(*pieces: Piece) -> tuple[Guard, ...]:
    """Return the guards of several pieces in order, each once."""
    return tuple(dict.fromkeys(guard for piece in pieces for guard in piece.guards))


def conjunction(parts: list[str]) -> str:
    """Return `a and b and …`; True for none."""
    return f"({' and '.join(parts)})" if len(parts) > 1 else (parts[0] if parts else "True")


def disjunction(parts: list[str]) -> str:
    """Return `a or b or …`; False for none."""
    return f"({' or '.join(parts)})" if len(parts) > 1 else (parts[0] if parts else "False")
