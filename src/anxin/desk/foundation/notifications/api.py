"""Calls about pages: what called the caller, and taking one."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.places import place_of
from anxin.desk.foundation.notifications.actions.answering import ack_page
from anxin.desk.foundation.notifications.queries import list_notices

router = Router(tags=["pages"])


class OwnPageOut(Schema):
    """One page as its reader sees it; `path` leads to what it is about at the desk."""

    id: str
    title: str
    text: str
    path: str
    queued_at: datetime
    is_urgent: bool
    is_new: bool
    is_acked: bool


class PageList(Schema):
    """Pages, newest first."""

    items: list[OwnPageOut]
    next: str | None


class AckOut(Schema):
    """The page that was taken."""

    id: str
    acked_at: datetime | None


@router.get("/pages", response=PageList)
def list_(request: HttpRequest, cursor: str = place_of("pag"), limit: int = 50) -> dict[str, object]:
    """List what the caller was told at the desk; a list is no look, the pages stay new."""
    by, at = caller(request)
    lines, onward = list_notices(by=by, at=at, before=cursor, limit=limit)
    return {"items": [asdict(each) for each in lines], "next": onward or None}


@router.post("/pages/{slug:page_id}:ack", response=AckOut)
def ack(request: HttpRequest, page_id: str) -> dict[str, object]:
    """Take a page: everything that called for the same reason is taken with it; 410 when it was taken before."""
    by, at = caller(request)
    row = ack_page(page_id=page_id, by=by, at=at)
    return {"id": row.id, "acked_at": row.acked_at}
