"""Count what a person may do only so often, and refuse beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from anxin.desk.foundation.edge.actor import Actor, Grade, Grant
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.organisations.models import Organisation, QuotaUse
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.permissions.catalogue import permissions, roles

_SHIFT_HOURS = 8
"""Until a rota says when somebody's shift begins, a day has three: from 0, 8 and 16 o'clock local time."""


class QuotaSpent(Refusal):
    """The actor did this as often as they may; the sentence says how often, and who can do it instead."""

    code: ClassVar[str] = "permission.quota_spent"
    zh: ClassVar[str] = "“{permission}”的额度已用完（{used}/{limit}，每{per}）。可以找：{who}。"
    en: ClassVar[str] = "Your quota for “{permission}” is spent ({used} of {limit} a {per}). These can instead: {who}."
    status: ClassVar[int] = 403


@dataclass(frozen=True)
class Quota:
    """How much of a limit is used; `limit` None: no limit."""

    used: int
    limit: int | None

    @property
    def remaining(self) -> int | None:
        """Return how often it is still possible, or None without a limit."""
        return None if self.limit is None else max(self.limit - self.used, 0)


def spend(*, by: Actor, permission: str, at: datetime, count: int = 1) -> Quota:
    """Count an act against the actor's limit, inside the act's own transaction; return what is used with it.

    Raise Forbidden without the permission, QuotaSpent over the limit. When the transaction fails, nothing is spent.
    """
    grant = require(by, permission)
    if grant.limit is None or grant.grade is not Grade.LIMITED:
        return Quota(0, None)
    with transaction.atomic():
        row = _row(by, permission, grant, at)
        # The condition is in the statement itself, so that of two at once only one finds room for the last.
        has_room = QuotaUse.objects.filter(pk=row.pk, used__lte=grant.limit - count).update(used=F("used") + count)
        row.refresh_from_db(fields=["used"])
    if not has_room:
        raise _spent(permission, grant, row.used)
    return Quota(row.used, grant.limit)


def quota_of(*, by: Actor, permission: str, at: datetime) -> Quota:
    """Return how much of the actor's limit is used at this moment."""
    return quotas_of(by=by, at=at).get(permission, Quota(0, None))


def quotas_of(*, by: Actor, at: datetime) -> dict[str, Quota]:
    """Return the limits of the actor by permission, with what is used of each."""
    zone = _zone(by.organisation_id)
    limited = {code: grant for code, grant in by.grants.items() if grant.limit is not None}
    periods = {code: _period(grant, at, zone) for code, grant in limited.items()}
    rows = QuotaUse.objects.filter(
        organisation_id=by.organisation_id, person_id=by.person_id or "", period__in=set(periods.values())
    )
    used = {(row.permission, row.period): row.used for row in rows}
    return {code: Quota(used.get((code, periods[code]), 0), grant.limit) for code, grant in limited.items()}


def _row(by: Actor, permission: str, grant: Grant, at: datetime) -> QuotaUse:
    period = _period(grant, at, _zone(by.organisation_id))
    row, _ = QuotaUse.objects.get_or_create(
        organisation_id=by.organisation_id, person_id=by.person_id or "", permission=permission, period=period
    )
    return row


def _zone(organisation_id: str) -> ZoneInfo:
    return ZoneInfo(Organisation.objects.values_list("time_zone", flat=True).get(pk=organisation_id))


def _period(grant: Grant, at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    if grant.per == "hour":
        return local.strftime("%Y-%m-%dT%H")
    if grant.per == "shift":
        return f"{local:%Y-%m-%d}/{local.hour // _SHIFT_HOURS}"
    return local.strftime("%Y-%m-%d")


def _spent(permission: str, grant: Grant, used: int) -> QuotaSpent:
    words = permissions()[permission].words
    able = [
        roles()[name].words
        for name, each in permissions()[permission].grants.items()
        if each.grade.rank > grant.grade.rank
        or (each.grade is Grade.LIMITED and (each.limit or 0) > (grant.limit or 0))
    ]
    periods = {"day": "天", "shift": "班", "hour": "小时"}
    return QuotaSpent(
        unmet=(permission,),
        permission=words.en,
        permission_zh=words.zh,
        used=used,
        limit=grant.limit,
        per=grant.per,
        per_zh=periods[grant.per],
        who=", ".join(each.en for each in able) or "nobody until then",
        who_zh="、".join(each.zh for each in able) or "暂无，请等待下一周期",
    )
