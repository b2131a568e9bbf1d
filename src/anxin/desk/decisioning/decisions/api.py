"""Calls about decisions."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import AwareDatetime

from anxin.desk.decisioning.decisions.event_fields import EventField
from anxin.desk.decisioning.decisions.explained import get_decision
from anxin.desk.decisioning.decisions.queries import DecisionFilter, DecisionLine, list_decisions
from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.engine.verdict import Verdict

router = Router(tags=["decisions"])
_VERDICT = "|".join(each.word for each in Verdict)
_VERDICTS = f"^(({_VERDICT})(,({_VERDICT}))*)?$"


class DecisionQuery(Given):
    """What to list; empty fields do not narrow. `verdicts` are parted by commas, times are those of arrival."""

    verdicts: str = Field("", pattern=_VERDICTS)
    event_type: str = ""
    rule: str = ""
    policy: str = ""
    least_score: float = 0.0
    is_degraded: bool = False
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class DecisionList(Schema):
    """A page of decisions, newest first; it may be short while `next` goes on."""

    items: list[DecisionLine]
    next: str | None


class FieldOut(Schema):
    """One field of the event as the caller may see it."""

    path: str
    value: str
    is_masked: bool


class ExplainedOut(Schema):
    """A decision with what it saw and why it was so; `explanation` is null when what it saw was let go.

    `took_us` is the time from arrival to the decision in microseconds, null where the log does not say.
    """

    decision: DecisionLine
    fields: list[FieldOut]
    explanation: dict[str, Any] | None
    unexplained: str
    model: str
    control_seq: int
    took_us: int | None


@router.get("/decisions", response=DecisionList)
def list_(request: HttpRequest, chosen: Query[DecisionQuery], cursor: str = "", limit: int = 50) -> dict[str, object]:
    """List decisions."""
    by, _ = caller(request)
    given = chosen.dict()
    wanted = DecisionFilter(**{**given, "verdicts": frozenset(filter(None, given["verdicts"].split(",")))})
    found = list_decisions(wanted, by=by, cursor=cursor or None, limit=limit)
    return {"items": found.lines, "next": found.cursor}


@router.get("/decisions/{int:seq}", response=ExplainedOut)
def get(request: HttpRequest, seq: int) -> dict[str, object]:
    """Return a decision explained: its event's fields, features, rules fired or not with why not, versions."""
    by, _ = caller(request)
    found = get_decision(seq=seq, by=by)
    return {
        "decision": found.line,
        "fields": [_field(each) for each in found.fields],
        "explanation": msgspec.to_builtins(found.explanation) if found.explanation is not None else None,
        "unexplained": found.unexplained,
        "model": found.model,
        "control_seq": found.control_seq,
        "took_us": found.took_us,
    }


def _field(field: EventField) -> dict[str, object]:
    is_masked = field.shown is not None
    return {"path": field.path, "value": field.shown.text if field.shown else field.value, "is_masked": is_masked}
