"""Calls about batches: one measure for many, each with its own result; `dry_run` orders nothing."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Field, Router, Schema, Status

from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.api.places import number_from
from anxin.desk.operations.incidents.access import named_incident
from anxin.desk.operations.measures.api import MOST_HOURS, NoteIn
from anxin.desk.operations.measures.batches.actions import Many, Result, order_batch, try_batch, undo_batch
from anxin.desk.operations.measures.batches.queries import get_batch, list_items

router = Router(tags=["measures"])


class TargetIn(Given):
    """Whom it is about, by kind and key."""

    entity_kind: str = Field(max_length=32)
    entity_key: str = Field(max_length=200)


class BatchIn(
    Given,
    json_schema_extra={
        "examples": [
            {
                "kind": "freeze_account",
                "reason": "account_theft",
                "targets": [
                    {"entity_kind": "user", "entity_key": "u1001"},
                    {"entity_kind": "user", "entity_key": "u1002"},
                ],
                "dry_run": True,
            }
        ]
    },
):
    """One measure for many, at most 500; `dry_run`: say what would come of it, and order nothing."""

    kind: str
    reason: str
    targets: list[TargetIn]
    incident_id: str = ""
    hours: float | None = Field(None, gt=0, le=MOST_HOURS)
    note: str = ""
    dry_run: bool = False


class BatchResultOut(Schema):
    """What came of one target; `code` and `detail` of a refusal."""

    entity_kind: str
    entity_key: str
    outcome: str
    measure_id: str = ""
    code: str = ""
    detail: str = ""


class BatchOut(Schema):
    """A batch with its results; `id` "" after a dry run."""

    id: str = ""
    state: str = ""
    open: int = 0
    ordered: int = 0
    refused: int = 0
    undone: int = 0
    items: list[BatchResultOut]
    next: int | None = None


@router.post("/measure-batches", response={200: BatchOut, 201: BatchOut})
def order(request: HttpRequest, body: BatchIn) -> Status[dict[str, object]]:
    """Order one measure for many; more than twenty wait for a second person."""
    by, at = caller(request)
    targets = tuple((each.entity_kind, each.entity_key) for each in body.targets)
    many = Many(body.kind, body.reason, targets, named_incident(body.incident_id, by=by), body.hours, body.note)
    if body.dry_run:
        return Status(200, _tried(try_batch(many, by=by, at=at)))
    batch = order_batch(many, by=by, at=at)
    return Status(201, _shown(request, batch.id))


@router.get("/measure-batches/{slug:batch_id}", response=BatchOut)
def get(request: HttpRequest, batch_id: str, after: int = number_from(-1)) -> dict[str, object]:
    """Return a batch with what came of each target, 200 a page."""
    return _shown(request, batch_id, after)


@router.post("/measure-batches/{slug:batch_id}:undo", response=BatchOut)
def undo(request: HttpRequest, batch_id: str, body: NoteIn) -> dict[str, object]:
    """Take the whole batch back; what stays says why."""
    by, at = caller(request)
    results = undo_batch(batch_id=batch_id, note=body.note, by=by, at=at)
    return _shown(request, batch_id) | {"items": [_result(each) for each in results]}


def _shown(request: HttpRequest, batch_id: str, after: int = -1) -> dict[str, object]:
    by, _ = caller(request)
    line = get_batch(batch_id=batch_id, by=by)
    items, following = list_items(batch_id=batch_id, by=by, after=after)
    counts = {"open": line.open, "ordered": line.ordered, "refused": line.refused, "undone": line.undone}
    given = [asdict(each) | {"code": each.refusal} for each in items]
    return {"id": line.id, "state": line.state, "items": given, "next": following, **counts}


def _tried(results: tuple[Result, ...]) -> dict[str, object]:
    counts = {name: sum(each.outcome == name for each in results) for name in ("open", "ordered", "refused")}
    return {"items": [_result(each) for each in results], **counts}


def _result(result: Result) -> dict[str, str]:
    refusal = result.refusal
    return {
        "entity_kind": result.entity_kind,
        "entity_key": result.entity_key,
        "outcome": result.outcome,
        "measure_id": result.measure_id,
        "code": refusal.code if refusal is not None else "",
        "detail": refusal.sentence(get_language() or "zh") if refusal is not None else "",
    }
