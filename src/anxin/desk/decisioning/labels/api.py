"""Calls about labels."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema

from anxin.desk.decisioning.labels.queries import list_labels
from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.places import place_of

router = Router(tags=["labels"])


class LabelOut(Schema):
    """One label that the desk gave."""

    id: str
    cause_kind: str
    cause_id: str
    event_id: str
    decision_seq: int | None
    entity_kind: str
    entity_key: str
    label: str
    at: datetime
    state: str
    attempts: int
    taken_at: datetime | None


class LabelList(Schema):
    """A page of labels, newest first."""

    items: list[LabelOut]
    next: str | None


@router.get("/labels", response=LabelList)
def list_(
    request: HttpRequest, state: Literal["", "waiting", "taken", "refused"] = "", before: str = place_of("lab")
) -> dict[str, object]:
    """List labels."""
    by, _ = caller(request)
    lines, following = list_labels(by=by, state=state, before=before)
    return {"items": [asdict(each) for each in lines], "next": following or None}
