"""Calls for working together: drafts, presence, pages, departments' tasks, consultations, hand-overs of several."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.notifications.queries import list_pages_of
from anxin.desk.operations.incidents import advice, department_queues, handovers
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.actions import consults, department_tasks, handing_over, leases, notes
from anxin.desk.operations.incidents.briefs import Brief
from anxin.desk.operations.incidents.drafts import read_drafts
from anxin.desk.operations.incidents.schemas import MadeOut, QuestionIn

router = Router(tags=["incidents"])
MOST_PAGES = 200


class DraftIn(Given):
    """What somebody is typing; `revision` rises with each save."""

    text: str
    revision: int


class DraftOut(Schema):
    """What is kept."""

    revision: int
    saved_at: datetime


class KeptOut(DraftOut):
    """What is kept, with its words."""

    text: str


class PageOut(Schema):
    """How one page about the incident went; `person` "" for the organisation, `channel` a kind, "" for the desk."""

    code: str
    person: str
    channel: str
    state: str
    outcome: str
    attempts: int
    provider_ref: str
    queued_at: datetime
    sent_at: datetime | None
    acked_at: datetime | None


class AnswerIn(Given):
    """What came of it; `version` the task's version it is based on, None for whatever it is."""

    answer: str = ""
    version: int | None = None


class TaskOut(Schema):
    """One task as its department sees it."""

    id: str
    incident_id: str
    number: int
    level: int
    state: str
    title: str
    answer: str
    asked_by: str
    owner: str
    is_blocked: bool
    opened_at: datetime
    due_at: datetime
    is_late: bool
    ended_at: datetime | None
    version: int


class TaskStateOut(Schema):
    """The task after the command."""

    id: str
    state: str
    version: int


class TextIn(Given):
    """A mentor's answer."""

    text: str


class RateIn(Given):
    """1 to 5."""

    stars: int


class ConsultOut(Schema):
    """One question and its answer."""

    id: str
    incident_id: str
    topic: str
    state: str
    question: str
    answer: str
    opened_at: datetime
    due_at: datetime
    answered_at: datetime | None
    asker_rating: int | None
    mentor_rating: int | None


class ItemIn(Given):
    """One incident of a hand-over."""

    incident_id: str
    next_step: str = ""
    promise: str = ""
    risk: str = ""


class HandoverIn(
    Given,
    json_schema_extra={
        "examples": [
            {
                "items": [
                    {
                        "incident_id": "inc_01M7ZR7WT0W9HR6ZE8B44YC3KH",
                        "next_step": "09:00 回电",
                        "promise": "09:30 前答复",
                        "risk": "对方可能再次转账",
                    }
                ],
                "to_id": "",
            }
        ]
    },
):
    """Several incidents, to one person or ("") whoever takes them."""

    items: list[ItemIn]
    to_id: str = Field("", max_length=40)


class BriefOut(Schema):
    """What was written along."""

    next_step: str
    promise: str
    risk: str


class OfferOut(Schema):
    """One incident offered to the caller; accept or decline by the incident's own commands."""

    id: str
    batch_id: str
    incident_id: str
    number: int
    stage: str
    brief: BriefOut
    next_step: str
    from_label: str
    offered_at: datetime


@router.get("/incidents/{slug:incident_id}/drafts", response=dict[str, KeptOut])
def drafts(request: HttpRequest, incident_id: str) -> dict[str, dict[str, object]]:
    """Return one's own drafts by slot."""
    by, _ = caller(request)
    found = read_drafts(access_incident(incident_id=incident_id, by=by), by=by)
    return {slot: asdict(each) for slot, each in found.items()}


@router.post("/incidents/{slug:incident_id}/drafts/{slug:slot}", response=DraftOut)
def keep_draft(request: HttpRequest, incident_id: str, slot: str, body: DraftIn) -> dict[str, object]:
    """Keep what somebody is typing; 412 when another window of theirs was further."""
    by, at = caller(request)
    row = notes.keep_draft(incident_id=incident_id, slot=slot, text=body.text, revision=body.revision, by=by, at=at)
    return {"revision": row.revision, "saved_at": row.saved_at}


@router.post("/incidents/{slug:incident_id}/presence", response={204: None})
def presence(request: HttpRequest, incident_id: str) -> Status[None]:
    """Say that one has it open; say it again within half a minute."""
    by, at = caller(request)
    leases.note_presence(incident_id=incident_id, by=by, at=at)
    return Status(204, None)


@router.get("/incidents/{slug:incident_id}/pages", response=list[PageOut])
def pages(request: HttpRequest, incident_id: str, limit: int = 100) -> list[dict[str, object]]:
    """List who was called about it and how far each call came, newest first."""
    by, _ = caller(request)
    incident = access_incident(incident_id=incident_id, by=by)
    most = max(1, min(limit, MOST_PAGES))
    return [
        asdict(each) for each in list_pages_of(subject_id=incident.id, organisation_id=by.organisation_id, limit=most)
    ]


@router.get("/tasks", response=list[TaskOut])
def list_tasks(
    request: HttpRequest, department_id: str = "", incident_id: str = "", *, is_ended: bool = False
) -> list[dict[str, object]]:
    """List departments' tasks, the next due first."""
    by, at = caller(request)
    found = department_queues.list_tasks(
        by=by, at=at, department_id=department_id, incident_id=incident_id, is_ended=is_ended
    )
    return [asdict(each) for each in found]


@router.post("/tasks/{slug:task_id}:accept", response=TaskStateOut)
def accept_task(request: HttpRequest, task_id: str, body: AnswerIn) -> dict[str, object]:
    """Take a task on."""
    by, at = caller(request)
    row = department_tasks.accept_task(task_id=task_id, by=by, at=at, version=body.version)
    return {"id": row.id, "state": row.state, "version": row.version}


@router.post("/tasks/{slug:task_id}:decline", response=TaskStateOut)
def decline_task(request: HttpRequest, task_id: str, body: AnswerIn) -> dict[str, object]:
    """Say no, with the reason."""
    by, at = caller(request)
    row = department_tasks.decline_task(task_id=task_id, answer=body.answer, by=by, at=at, version=body.version)
    return {"id": row.id, "state": row.state, "version": row.version}


@router.post("/tasks/{slug:task_id}:finish", response=TaskStateOut)
def finish_task(request: HttpRequest, task_id: str, body: AnswerIn) -> dict[str, object]:
    """Say that it is done, and what came of it."""
    by, at = caller(request)
    row = department_tasks.finish_task(task_id=task_id, answer=body.answer, by=by, at=at, version=body.version)
    return {"id": row.id, "state": row.state, "version": row.version}


@router.get("/consults", response=list[ConsultOut])
def list_consults(request: HttpRequest, which: Literal["mine", "open", "answered"] = "mine") -> list[dict[str, object]]:
    """List questions: `mine`, `open` for mentors, `answered` by the caller."""
    by, _ = caller(request)
    return [asdict(each) for each in advice.list_consults(by=by, which=which)]


@router.post("/consults", response={201: MadeOut})
def ask(request: HttpRequest, body: QuestionIn) -> Status[dict[str, str]]:
    """Ask without an incident: a colleague, or the platform for one of its users (send an Idempotency-Key)."""
    by, at = caller(request)
    return Status(201, {"id": consults.ask_for_help(**body.dict(), by=by, at=at).id})


@router.get("/consults/{slug:consult_id}", response=ConsultOut)
def get_consult(request: HttpRequest, consult_id: str) -> dict[str, object]:
    """Return one question; there for who asked, who answered, and who may answer."""
    by, _ = caller(request)
    return asdict(advice.get_consult(consult_id=consult_id, by=by))


@router.post("/consults/{slug:consult_id}:answer", response=MadeOut)
def answer(request: HttpRequest, consult_id: str, body: TextIn) -> dict[str, str]:
    """Answer; whoever asked decides."""
    by, at = caller(request)
    return {"id": consults.answer(consult_id=consult_id, text=body.text, by=by, at=at).id}


@router.post("/consults/{slug:consult_id}:rate", response=MadeOut)
def rate(request: HttpRequest, consult_id: str, body: RateIn) -> dict[str, str]:
    """Rate the other side."""
    by, at = caller(request)
    return {"id": consults.rate(consult_id=consult_id, stars=body.stars, by=by, at=at).id}


@router.get("/handovers", response=list[OfferOut])
def offers(request: HttpRequest, *, mine: bool = False) -> list[dict[str, object]]:
    """List what is offered to the caller, or (`mine`) by them."""
    by, at = caller(request)
    return [
        asdict(each)
        | {
            "incident_id": each.line.id,
            "number": each.line.number,
            "stage": each.line.stage,
            "next_step": each.ahead.next_step,
        }
        for each in handovers.list_offers(by=by, at=at, mine=mine)
    ]


@router.post("/handovers", response={201: list[MadeOut]})
def offer(request: HttpRequest, body: HandoverIn) -> Status[list[dict[str, str]]]:
    """Offer several incidents at once: all of them, or none."""
    by, at = caller(request)
    items = {each.incident_id: Brief(each.next_step, each.promise, each.risk) for each in body.items}
    rows = handing_over.offer_several(items=items, to_id=body.to_id, by=by, at=at)
    return Status(201, [{"id": each.id} for each in rows])
