"""What is chosen on the page of victims."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.operations.measures.forms import NOTE_LENGTH


@dataclass(frozen=True)
class Chosen:
    """Which victims (`party_ids` None: all of them), and what for them; `is_go`: do it, else show what it comes to."""

    party_ids: tuple[str, ...] | None
    kind: str
    reason: str
    note: str
    channel: str
    is_informing: bool
    is_go: bool


def read_chosen(given: QueryDict) -> Chosen:
    """Return what the form carries; raise FieldInvalid when nobody was chosen."""
    is_all = given.get("all") == "1"
    picked = tuple(dict.fromkeys(given.getlist("victim")))[:500]
    if not is_all and not picked:
        raise FieldInvalid(pointer="/victim", field="victims", reason="none chosen", reason_zh="尚未选择受害人")
    return Chosen(
        party_ids=None if is_all else picked,
        kind=given.get("kind", ""),
        reason=given.get("reason", ""),
        note=given.get("note", "").strip()[:NOTE_LENGTH],
        channel=given.get("channel", ""),
        is_informing=given.get("informed") == "1",
        is_go=given.get("go") == "1",
    )
