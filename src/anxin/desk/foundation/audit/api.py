"""Calls about the audit trail."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime

from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.api.places import number_from
from anxin.desk.foundation.audit.actions import note_reading
from anxin.desk.foundation.audit.queries import AuditFilter, AuditLine, list_entries

router = Router(tags=["audit"])
MOST = 200


class EntryFilter(Given):
    """What to list; empty fields do not narrow. `own` only one's own acts."""

    own: bool = False
    actor: str = ""
    act: str = ""
    object_kind: str = ""
    object_id: str = ""
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class EntryList(Schema):
    """A page of the trail, newest first."""

    items: list[AuditLine]
    next: str | None


@router.get("/audit-entries", response=EntryList)
def list_(
    request: HttpRequest, chosen: Query[EntryFilter], cursor: int = number_from(0), limit: int = 100
) -> dict[str, object]:
    """List entries of the audit trail."""
    by, at = caller(request)
    wanted = AuditFilter(**chosen.dict())
    found = list_entries(wanted, by=by, before=cursor or None, limit=max(1, min(limit, MOST)))
    if not wanted.own and not cursor:
        note_reading(scope=wanted.object_id or wanted.actor or "*", by=by, at=at)
    return {"items": found.lines, "next": str(found.before) if found.before else None}
