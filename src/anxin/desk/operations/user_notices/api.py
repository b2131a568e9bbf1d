"""The call by which the platform says whether the holder of an account was told."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.desk.operations.user_notices.actions import settle_notice

router = Router(tags=["user notices"])


class SettleIn(Given):
    """Whether it arrived; `reason` is a code in small letters."""

    delivered: bool
    reason: str = ""


class SettleOut(Schema):
    """How the notice stands."""

    id: str
    state: str


@router.post("/user-notices/{slug:notice_id}:confirm", response=SettleOut)
def confirm(request: HttpRequest, notice_id: str, body: SettleIn) -> dict[str, str]:
    """Say that a notice was delivered, or why not."""
    by, at = caller(request)
    row = settle_notice(notice_id=notice_id, is_delivered=body.delivered, why=body.reason, by=by, at=at)
    return {"id": row.id, "state": str(row.state)}
