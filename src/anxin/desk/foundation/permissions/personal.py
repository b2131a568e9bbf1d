"""How a package declares the personal data it keeps: the only place where it is said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonalColumn:
    """A sealed column: `model` is `app_label.Model`, `kind` a field of `fields.yaml`.

    `about` is the binding of the seal, with `{column}` for values of the row. `index` is the column of its blind index,
    "" without. `is_fixed`: its bytes are covered by a hash and never sealed anew.
    """

    model: str
    column: str
    kind: str
    about: str
    index: str = ""
    is_fixed: bool = False


@dataclass(frozen=True)
class Retention:
    """How long rows are kept: `rule` names a line of privacy's `retention.yaml`, `at` the column it counts from.

    `blank` empties these columns (to None) instead of deleting the row. `subject` is the column of the person's token,
    so that a legal hold keeps the row, "" when rows are not about one person.
    """

    model: str
    rule: str
    at: str
    blank: tuple[str, ...] = ()
    subject: str = ""
