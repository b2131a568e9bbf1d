"""Calls about certificates."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime

from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.api.places import place_of
from anxin.desk.oversight.training import actions, queries

router = Router(tags=["training"])


class CertificateOut(Schema):
    """One certificate; scopes as level:1 or measure:freeze_account."""

    id: str
    person_id: str
    person: str
    scopes: tuple[str, ...]
    source: str
    granted_at: datetime
    expires_at: datetime
    state: str


class CertificateList(Schema):
    """Certificates, the next to end first; `is_asked`: the organisation asks for them."""

    items: list[CertificateOut]
    is_asked: bool
    next: str | None


class CertificateIn(
    Given,
    json_schema_extra={
        "examples": [
            {
                "person_id": "per_01M7ZR7WT0W9HR6ZE8B44YC3KH",
                "scopes": ["level:1", "measure:freeze_account"],
                "reason": "考核通过",
                "expires_at": "2027-11-22T00:00:00Z",
            }
        ]
    },
):
    """A certificate to grant."""

    person_id: str
    scopes: tuple[str, ...]
    reason: str
    expires_at: AwareDatetime


@router.get("/certificates", response=CertificateList)
def list_(
    request: HttpRequest, shown: Literal["", "soon", "all"] = "", after: str = place_of("crt")
) -> dict[str, object]:
    """List certificates."""
    by, at = caller(request)
    found = queries.list_certificates(by=by, at=at, shown=shown, after=after)
    items = [asdict(each) for each in found.lines]
    return {"items": items, "is_asked": found.is_asked, "next": found.next or None}


@router.post("/certificates", response={201: dict[str, str]})
def grant(request: HttpRequest, body: CertificateIn) -> Status[dict[str, str]]:
    """Certify a colleague."""
    by, at = caller(request)
    passed = actions.Passed(body.reason)
    row = actions.grant_certificate(
        person_id=body.person_id, scopes=body.scopes, passed=passed, expires_at=body.expires_at, by=by, at=at
    )
    return Status(201, {"id": row.id})
