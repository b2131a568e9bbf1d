"""Calls about measures: tools order and read them, the platform confirms them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.errors import BodyInvalid
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.api.places import place_of
from anxin.desk.operations.incidents.access import named_incident
from anxin.desk.operations.measures import actions
from anxin.desk.operations.measures.actions import Target
from anxin.desk.operations.measures.outgoing import list_outgoing
from anxin.desk.operations.measures.queries import get_measure, list_measures
from anxin.desk.operations.measures.verification import answer_question

router = Router(tags=["measures"])
MOST_HOURS = 24 * 366


class MeasureIn(
    Given,
    json_schema_extra={
        "examples": [
            {
                "kind": "freeze_account",
                "entity_kind": "user",
                "entity_key": "u1001",
                "reason": "account_theft",
                "note": "本人来电确认被盗",
                "amount_minor": 1299900,
                "hours": 12,
            }
        ]
    },
):
    """A measure to order; `hours` null: as long as its kind lasts."""

    kind: str
    entity_kind: str = Field(max_length=32)
    entity_key: str = Field(max_length=200)
    reason: str
    note: str = ""
    amount_minor: int | None = Field(None, ge=0, description="minor units of the account's currency")
    incident_id: str = ""
    hours: float | None = Field(None, gt=0, le=MOST_HOURS)


class MeasureOut(Schema):
    """One measure; unconfirmed when the platform has not said within five seconds that it works."""

    id: str
    kind: str
    entity_kind: str
    entity_key: str
    reason: str
    state: str
    requested_label: str
    requested_at: datetime
    accepted_at: datetime | None
    effective_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime
    finding: str
    is_unconfirmed: bool


class MeasureList(Schema):
    """Measures, newest first."""

    items: list[MeasureOut]


class WaitingOut(Schema):
    """A measure the platform has to act on: `wants` is receipt (`:confirm` it), answer (`:verify` it) or end.

    `end`: it ended, was taken back or released; lift it, and say so by `:verify` with `is_standing` false. The rest is
    what the facts `measure.ordered` and `measure.verify` tell a webhook; `question_id` is "" but for an answer.
    """

    id: str
    kind: str
    entity_kind: str
    entity_key: str
    wants: str
    reason: str
    until: datetime
    question_id: str


class NoteIn(Given):
    """Why."""

    note: str = ""


class ReviewIn(Given):
    """How it was: right, good_faith or wrong."""

    finding: str
    note: str = ""


class MeasureReceiptIn(Given, json_schema_extra={"examples": [{"receipt": "P-884213", "has_worked": True}]}):
    """The platform's own number of what it did, and whether it worked."""

    receipt: str
    has_worked: bool = True


class StandingIn(Given):
    """Whether the measure stands on the platform, and the platform's own number of the answer."""

    is_standing: bool
    receipt: str = ""


@router.get("/measures", response=MeasureList)
def list_(
    request: HttpRequest, entity_kind: str = "", entity_key: str = "", *, only_standing: bool = False
) -> dict[str, object]:
    """List measures."""
    by, at = caller(request)
    if bool(entity_kind) != bool(entity_key):
        raise BodyInvalid(
            pointer="/entity_key",
            reason="entity_kind and entity_key go together",
            reason_zh="entity_kind 与 entity_key 须一并给出",
        )
    entity = (entity_kind, entity_key) if entity_kind else None
    return {"items": [asdict(each) for each in list_measures(by=by, at=at, entity=entity, only_standing=only_standing)]}


@router.post("/measures", response={201: MeasureOut})
def order(request: HttpRequest, body: MeasureIn) -> Status[dict[str, object]]:
    """Order a measure at once."""
    by, at = caller(request)
    target = Target(body.entity_kind, body.entity_key, body.amount_minor, named_incident(body.incident_id, by=by))
    row = actions.order_measure(body.kind, target, reason=body.reason, note=body.note, hours=body.hours, by=by, at=at)
    return Status(201, asdict(get_measure(measure_id=row.id, by=by, at=at)))


@router.get("/measures/outgoing", response=list[WaitingOut])
def outgoing(
    request: HttpRequest, after: str = place_of("act"), *, with_ended: bool = False
) -> list[dict[str, object]]:
    """List what the platform is still to confirm or to answer, after an id; at most 200 measures.

    With `with_ended` also the measures that ended in the last 30 days, until the platform said that they stand no more.
    For a platform that no webhook reaches. An account that once asked here is expected to answer, as an endpoint for
    `measure.verify` is: until it did, or is closed, no incident passes verification whose measures it was asked about.
    """
    by, at = caller(request)
    return [asdict(each) for each in list_outgoing(by=by, at=at, after=after, with_ended=with_ended)]


@router.get("/measures/{slug:measure_id}", response=MeasureOut)
def get(request: HttpRequest, measure_id: str) -> dict[str, object]:
    """Return one measure."""
    by, at = caller(request)
    return asdict(get_measure(measure_id=measure_id, by=by, at=at))


@router.post("/measures/{slug:measure_id}:undo", response=MeasureOut)
def undo(request: HttpRequest, measure_id: str, body: NoteIn) -> dict[str, object]:
    """Take one's own measure back."""
    by, at = caller(request)
    actions.undo_measure(measure_id=measure_id, note=body.note, by=by, at=at)
    return asdict(get_measure(measure_id=measure_id, by=by, at=at))


@router.post("/measures/{slug:measure_id}:release", response=MeasureOut)
def release(request: HttpRequest, measure_id: str, body: NoteIn) -> dict[str, object]:
    """End somebody's measure."""
    by, at = caller(request)
    actions.release_measure(measure_id=measure_id, note=body.note, by=by, at=at)
    return asdict(get_measure(measure_id=measure_id, by=by, at=at))


@router.post("/measures/{slug:measure_id}:review", response=MeasureOut)
def review(request: HttpRequest, measure_id: str, body: ReviewIn) -> dict[str, object]:
    """Say afterwards how it was."""
    by, at = caller(request)
    actions.review_measure(measure_id=measure_id, finding=body.finding, note=body.note, by=by, at=at)
    return asdict(get_measure(measure_id=measure_id, by=by, at=at))


@router.post("/measures/{slug:measure_id}:confirm", response={204: None})
def confirm(request: HttpRequest, measure_id: str, body: MeasureReceiptIn) -> Status[None]:
    """Take the platform's receipt; a second one changes nothing."""
    by, at = caller(request)
    actions.confirm_measure(measure_id=measure_id, receipt=body.receipt, has_worked=body.has_worked, by=by, at=at)
    return Status(204, None)


@router.post("/measures/{slug:measure_id}:verify", response={204: None})
def verify(request: HttpRequest, measure_id: str, body: StandingIn) -> Status[None]:
    """Answer whether a measure stands on the platform; the latest answer counts."""
    by, at = caller(request)
    answer_question(measure_id=measure_id, is_standing=body.is_standing, receipt=body.receipt, by=by, at=at)
    return Status(204, None)
