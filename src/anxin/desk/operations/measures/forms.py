"""What people type about measures, parsed before anything is done with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict

from anxin.desk.foundation.edge.refusals import FieldInvalid

NOTE_LENGTH = 500
HOURS = (1, 2, 8, 24)
"""What the pick-list of the end offers, in hours."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")


@dataclass(frozen=True)
class Typed:
    """An order as it was typed, shown again when it is refused; `hours` "" means as long as one may alone.

    `incident` is the one that it is ordered for, "" for none.
    """

    kind: str = ""
    reason: str = ""
    note: str = ""
    hours: str = ""
    amount: str = ""
    is_request: bool = False
    incident: str = ""


def read_order(given: QueryDict) -> Typed:
    """Return what a form carries."""
    return Typed(
        kind=given.get("kind", ""),
        reason=given.get("reason", ""),
        note=given.get("note", "").strip()[:NOTE_LENGTH],
        hours=given.get("hours", ""),
        amount=given.get("amount", "").strip()[:20],
        is_request="ask" in given,
        incident=parse_cursor(given.get("incident", "")),
    )


def read_panel(given: QueryDict) -> Typed:
    """Return what an address of the panel names: a measure to mark, and the incident it is for."""
    return Typed(kind=given.get("measure", ""), incident=parse_cursor(given.get("incident", "")))


def parse_hours(typed: str) -> float | None:
    """Return the hours chosen, None for as long as one may alone; raise FieldInvalid."""
    if not typed:
        return None
    if typed not in {str(each) for each in HOURS}:
        raise FieldInvalid(pointer="/hours", field="hours", reason=", ".join(str(each) for each in HOURS))
    return float(typed)


def parse_standing(typed: str) -> bool:
    """Return whether the platform says that a measure stands; raise FieldInvalid."""
    if typed not in ("yes", "no"):
        raise FieldInvalid(pointer="/standing", field="standing", reason="yes, no")
    return typed == "yes"


def parse_cursor(typed: str) -> str:
    """Return where a page of the list begins; what was not given out here begins at the newest."""
    return typed if _ID.fullmatch(typed) else ""


def parse_amount(typed: str) -> int | None:
    """Return an amount typed in yuan as fen, None when nothing was typed; raise FieldInvalid."""
    if not typed:
        return None
    if not _AMOUNT.fullmatch(typed.replace(",", "")):
        raise FieldInvalid(pointer="/amount", field="amount", reason="0.00")
    return int(Decimal(typed.replace(",", "")) * 100)
