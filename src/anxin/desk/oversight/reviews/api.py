"""Calls about reviews, corrective actions and cases: tools read them, an action's system gives the proof."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.api.places import place_of, place_pattern
from anxin.desk.oversight.reviews import case_queries, queries
from anxin.desk.oversight.reviews.actions import improving, writing

router = Router(tags=["reviews"])


class ReviewOut(Schema):
    """One review in short."""

    id: str
    incident_id: str
    number: int
    level: int
    incident_kind: str
    type: str
    why: str
    state: str
    schedule_by: datetime
    due_at: datetime
    held_at: datetime | None
    published_at: datetime | None
    is_late: bool
    is_waiting: bool
    open_actions: int
    version: int


class ReviewList(Schema):
    """A page of reviews, the next due first."""

    items: list[ReviewOut]
    next: str | None


class ActionOut(Schema):
    """One corrective action."""

    id: str
    incident_id: str
    review_id: str
    kind: str
    rule: str
    text: str
    owner: str
    due_at: datetime
    state: str
    proof_required: str
    proof_ref: str
    accepted_until: datetime | None
    is_late: bool


class ActionList(Schema):
    """Corrective actions, the next due first."""

    items: list[ActionOut]


class EntryIn(Given):
    """A finding (with its factor), praise, or what helped; by role, never by name."""

    kind: str
    text: str
    factor: str = ""
    role: str = ""


class WrittenOut(Schema):
    """What was written down."""

    id: str


class ProofIn(Given):
    """The proof: a version, a release, a drill."""

    proof_ref: str


class CaseOut(Schema):
    """One case of the library."""

    id: str
    kind: str
    level: int
    cause: str
    factors: tuple[str, ...]
    rules: tuple[str, ...]
    title: str
    text: str
    month: str


class CaseList(Schema):
    """A page of cases, newest first."""

    items: list[CaseOut]
    next: str | None


class CaseSearch(Given):
    """What to look for: words of both languages in `q`, all of them."""

    q: str = ""
    kind: str = ""
    factor: str = ""
    rule: str = ""
    after: str = Field("", pattern=place_pattern("cas"))


@router.get("/reviews", response=ReviewList)
def list_(
    request: HttpRequest, shown: Literal["due", "late", "mine", "published"] = "due", after: str = place_of("rev")
) -> dict[str, object]:
    """List reviews."""
    by, at = caller(request)
    lines, following = queries.list_reviews(by=by, at=at, shown=shown, after=after)
    return {"items": [asdict(each) for each in lines], "next": following or None}


@router.post("/reviews/{slug:review_id}/entries", response={201: WrittenOut})
def write(request: HttpRequest, review_id: str, body: EntryIn) -> Status[dict[str, str]]:
    """Write down a finding, praise, or what helped."""
    by, at = caller(request)
    row = writing.write_entry(review_id=review_id, entry=writing.Entry(**body.dict()), by=by, at=at)
    return Status(201, {"id": row.id})


@router.get("/improvements", response=ActionList)
def actions(request: HttpRequest, shown: Literal["open", "mine", "check", "done"] = "open") -> dict[str, object]:
    """List corrective actions."""
    by, at = caller(request)
    return {"items": [asdict(each) for each in queries.list_actions(by=by, at=at, shown=shown)]}


@router.post("/improvements/{slug:action_id}:prove", response={204: None})
def prove(request: HttpRequest, action_id: str, body: ProofIn) -> Status[None]:
    """Give the proof of one's own action."""
    by, at = caller(request)
    improving.give_proof(action_id=action_id, proof_ref=body.proof_ref, by=by, at=at)
    return Status(204, None)


@router.get("/cases", response=CaseList)
def cases(request: HttpRequest, wanted: Query[CaseSearch]) -> dict[str, object]:
    """Search the case library."""
    by, _ = caller(request)
    chosen = case_queries.CaseFilter(wanted.q, wanted.kind, wanted.factor, wanted.rule)
    lines, following = case_queries.search_cases(chosen, by=by, after=wanted.after)
    return {"items": [asdict(each) for each in lines], "next": following or None}
