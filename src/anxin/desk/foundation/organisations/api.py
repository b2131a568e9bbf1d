"""Calls about oneself."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from anxin.desk.foundation.api.calls import caller

router = Router(tags=["me"])


class GrantOut(Schema):
    """A permission as the caller holds it."""

    permission: str
    grade: str
    limit: int | None
    per: str


class MeOut(Schema):
    """Who asks, and what they may do."""

    label: str
    kind: str
    roles: list[str]
    is_strong: bool
    grants: list[GrantOut]


@router.get("/me", response=MeOut)
def me(request: HttpRequest) -> dict[str, object]:
    """Return who asks, and what they may do."""
    by, _ = caller(request)
    grants = [
        {"permission": code, "grade": grant.grade.value, "limit": grant.limit, "per": grant.per}
        for code, grant in sorted(by.grants.items())
    ]
    return {
        "label": by.label,
        "kind": by.kind.value,
        "roles": sorted(by.roles),
        "is_strong": by.is_strong,
        "grants": grants,
    }
