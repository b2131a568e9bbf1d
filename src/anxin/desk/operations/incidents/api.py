"""Calls about incidents: report, open, list, read. Commands stand in `command_api.py`."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from anxin.desk.foundation.api.calls import caller, etag
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.api.places import number_from
from anxin.desk.operations.incidents import detail, queries, reports
from anxin.desk.operations.incidents.actions import opening
from anxin.desk.operations.incidents.actions.signals import Named, Promoted
from anxin.desk.operations.incidents.detail import ClockLine, TimelineLine
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.operations.incidents.queries import Counts, IncidentLine, PartyLine
from anxin.desk.operations.incidents.stages import Stage

router = Router(tags=["incidents"])
_STAGE = "|".join(Stage)
_STAGES = f"^(({_STAGE})(,({_STAGE}))*)?$"


class PartyIn(Given):
    """Somebody or something: `value` is the platform's id, or a phone, e-mail or ip in clear, which becomes a token."""

    role: str = Field(max_length=10)
    kind: str = Field(max_length=64)
    value: str = Field(max_length=200)


class ReportIn(
    Given,
    json_schema_extra={
        "examples": [
            {
                "report_id": "R-20261122-17",
                "kind": "fake_service_refund",
                "text": "他自称客服，让我共享屏幕退款。",
                "parties": [
                    {"role": "victim", "kind": "user", "value": "u1001"},
                    {"role": "suspect", "kind": "phone", "value": "13800138000"},
                ],
                "markers": ["money_moving"],
                "occurred_at": "2026-11-22T03:10:00+08:00",
                "amount_minor": 1299900,
                "currency": "CNY",
            }
        ]
    },
):
    """What somebody reported; `report_id` makes telling it twice harmless."""

    report_id: str
    kind: str
    source: str = "report"
    text: str = ""
    parties: tuple[PartyIn, ...] = ()
    markers: tuple[str, ...] = ()
    occurred_at: AwareDatetime | None = None
    amount_minor: int = 0
    currency: str = ""
    site_id: str = Field("", max_length=40)
    contact: str = ""
    dedup_key: str = ""
    is_drill: bool = False


class IncidentIn(
    Given,
    json_schema_extra={
        "examples": [
            {
                "kind": "account_takeover",
                "level": 1,
                "entities": [{"role": "victim", "kind": "user", "value": "u1001"}],
                "note": "三次异地登录后修改了收款账户",
            }
        ]
    },
):
    """What somebody of the staff saw; entities by the key they are known by."""

    kind: str
    level: int | None = None
    markers: tuple[str, ...] = ()
    entities: tuple[PartyIn, ...] = ()
    occurred_at: AwareDatetime | None = None
    site_id: str = Field("", max_length=40)
    is_drill: bool = False
    note: str = ""


class IncidentList(Schema):
    """A page of incidents by due time."""

    items: list[IncidentLine]
    next: str | None


class ListIn(Given):
    """Which incidents: empty fields do not narrow; `stage` several parted by commas, "" the open ones."""

    whose: Literal["", "all", "mine", "free", "stalled"] = ""
    stage: str = Field("", pattern=_STAGES)
    level: int = Field(0, ge=0, le=3, description="0: every level")
    kind: str = ""
    life_stage: str = ""
    is_late: bool = False
    cursor: str = ""
    limit: int = 50


class DetailOut(Schema):
    """One incident; `commands` are possible now for the caller."""

    incident: IncidentLine
    clocks: list[ClockLine]
    parties: list[PartyLine]
    commands: list[str]
    present: list[str]


class Timeline(Schema):
    """What happened, oldest first; `next` is the event to ask after."""

    items: list[TimelineLine]
    next: int | None


@router.post("/reports", response={201: Promoted})
def report(request: HttpRequest, body: ReportIn) -> Status[Promoted]:
    """Report a risk: it opens an incident, or folds into the open one it looks like."""
    by, at = caller(request)
    given = body.dict(exclude={"parties", "markers"})
    parties = tuple(Named(each.role, each.kind, each.value) for each in body.parties)
    told = reports.Report(**given, parties=parties, markers=tuple(body.markers))
    return Status(201, reports.take_report(told, by=by, at=at))


@router.post("/incidents", response={201: IncidentLine})
def open_(request: HttpRequest, body: IncidentIn, response: HttpResponse) -> Status[IncidentLine]:
    """Open an incident by hand; its clock starts now."""
    by, at = caller(request)
    entities = tuple(Named(each.role, each.kind, each.value) for each in body.entities)
    given = body.dict(exclude={"entities", "markers"})
    opened = opening.open_incident(opening.Seen(**given, entities=entities, markers=tuple(body.markers)), by=by, at=at)
    response["ETag"] = etag(opened.version)
    return Status(201, queries.incident_line(opened, {}, kind_names(by.organisation_id), by))


@router.get("/incidents", response=IncidentList)
def list_(request: HttpRequest, wanted: Query[ListIn]) -> dict[str, object]:
    """List incidents, the next due first; without `stage` the open ones."""
    by, at = caller(request)
    chosen = queries.QueueFilter(
        whose=wanted.whose,
        stages=frozenset(wanted.stage.split(",")) if wanted.stage else frozenset(),
        levels=frozenset({wanted.level}) if wanted.level else frozenset(),
        kind=wanted.kind,
        life_stage=wanted.life_stage,
        is_late=wanted.is_late,
    )
    found = queries.list_queue(chosen, by=by, at=at, cursor=wanted.cursor, limit=wanted.limit)
    return {"items": found.lines, "next": found.cursor}


@router.get("/incidents/counts", response=Counts)
def counts(request: HttpRequest) -> Counts:
    """Count the open ones."""
    by, at = caller(request)
    return queries.count_incidents(by=by, at=at)


@router.get("/incidents/{slug:incident_id}", response=DetailOut)
def get(request: HttpRequest, incident_id: str, response: HttpResponse) -> dict[str, object]:
    """Return one incident; its ETag is needed to change it."""
    by, at = caller(request)
    found = detail.get_detail(incident_id=incident_id, by=by, at=at)
    response["ETag"] = etag(found.line.version)
    return {
        "incident": found.line,
        "clocks": found.clocks,
        "parties": found.parties,
        "commands": found.commands,
        "present": found.present,
    }


@router.get("/incidents/{slug:incident_id}/timeline", response=Timeline)
def timeline(request: HttpRequest, incident_id: str, after: int = number_from(0)) -> dict[str, object]:
    """List what happened after an event."""
    by, _ = caller(request)
    found = detail.list_timeline(incident_id=incident_id, by=by, after=after)
    own = [each.seq for each in found if each.source == "incident"]
    return {"items": found, "next": own[-1] if len(own) == detail.MOST_EVENTS else None}
