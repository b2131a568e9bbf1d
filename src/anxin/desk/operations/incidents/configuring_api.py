"""Calls about an organisation's own kinds and promises; running clocks keep theirs until a recompute is approved."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema, Status

from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.actions import configuring, recomputing
from anxin.desk.operations.incidents.clockwork import current_policy
from anxin.desk.operations.incidents.settings_text import export_kinds

router = Router(tags=["incidents"])
CONFIGURE = "incident.configure"


class SettingsIn(Given):
    """A YAML document."""

    text: str


class TextOut(Schema):
    """A YAML document."""

    text: str


class VersionOut(Schema):
    """The version in force from now on."""

    version: str


class ChangedOut(Schema):
    """The kinds that changed, with their own version."""

    kind: str
    version: int


class MovedOut(Schema):
    """One incident whose promise would move."""

    incident_id: str
    number: int
    level: int
    old_due: datetime
    new_due: datetime
    is_late: bool


class AskedOut(Schema):
    """What waits for a second person."""

    approval_id: str


@router.get("/incident-kinds", response=TextOut)
def get_kinds(request: HttpRequest) -> dict[str, str]:
    """Return all kinds as they stand, as YAML."""
    by, at = caller(request)
    require(by, "incident.view")
    return {"text": export_kinds(by.organisation_id, at=at)}


@router.post("/incident-kinds", response=list[ChangedOut])
def set_kinds(request: HttpRequest, body: SettingsIn) -> list[dict[str, object]]:
    """Put into force what differs: all of it, or nothing."""
    by, at = caller(request)
    rows = configuring.import_kinds(text=body.text, by=by, at=at)
    return [{"kind": each.kind, "version": each.version} for each in rows]


@router.get("/promises", response=VersionOut)
def get_promise(request: HttpRequest) -> dict[str, str]:
    """Return the version that new clocks start with."""
    by, at = caller(request)
    require(by, "incident.view")
    return {"version": current_policy(by.organisation_id, at=at).version}


@router.post("/promises", response={201: VersionOut})
def set_promise(request: HttpRequest, body: SettingsIn) -> Status[dict[str, str]]:
    """Put a promise into force for what begins after it."""
    by, at = caller(request)
    return Status(201, {"version": configuring.set_policy(text=body.text, by=by, at=at).version})


@router.get("/promises/recompute", response=list[MovedOut])
def preview(request: HttpRequest) -> list[dict[str, object]]:
    """Return what computing running promises anew would move; nothing changes."""
    by, at = caller(request)
    return [asdict(each) for each in recomputing.preview_recompute(by=by, at=at)]


@router.post("/promises/recompute", response={202: AskedOut})
def recompute(request: HttpRequest) -> Status[dict[str, str]]:
    """Ask a second person to compute running promises anew."""
    by, at = caller(request)
    return Status(202, {"approval_id": recomputing.ask_to_recompute(by=by, at=at).id})
