"""What the worker does for the trail."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from anxin.desk.foundation.audit.actions import Detail, record_entry
from anxin.desk.foundation.audit.checkpoints import sign_checkpoints
from anxin.desk.foundation.audit.models import AuditEntry, AuditHead, InsiderAlert
from anxin.desk.foundation.audit.watch import Act, Finding, find_patterns, patterns
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.duties import Duty, one_by_one
from anxin.desk.foundation.edge.ids import new_id

_ZONE = ZoneInfo("Asia/Shanghai")
_LATE = timedelta(minutes=10)
"""How long after midnight the day before is looked at once more."""


def watch_access(at: datetime) -> int:
    """Look at today's acts of every organisation, raise what is new, and return how many alerts that were."""
    everyone = AuditHead.objects.values_list("pk", flat=True)
    return one_by_one(everyone, lambda each: _watch_days(each, at), at=at)


def _watch_days(organisation_id: str, at: datetime) -> int:
    days = {at.astimezone(_ZONE).date(), (at - _LATE).astimezone(_ZONE).date()}
    return sum(_watch_day(organisation_id, datetime.combine(each, time(), _ZONE), at) for each in days)


def _watch_day(organisation_id: str, midnight: datetime, at: datetime) -> int:
    start = midnight.astimezone(UTC)
    watched = frozenset().union(*(each.acts for each in patterns()))
    rows = AuditEntry.objects.filter(
        organisation_id=organisation_id, at__gte=start, at__lt=start + timedelta(days=1), act__in=watched
    )
    labels, acts = {}, []
    for row in rows.iterator():
        labels[row.actor_id] = row.actor_label
        acts.append(Act(row.actor_id, row.act, row.at, json.loads(row.details), row.session_id))
    period = midnight.date().isoformat()
    return sum(
        _raise(organisation_id, found, labels[found.actor_id], period, at) for found in find_patterns(acts, _ZONE)
    )


@transaction.atomic
def _raise(organisation_id: str, found: Finding, label: str, period: str, at: datetime) -> bool:
    known = InsiderAlert.objects.filter(
        organisation_id=organisation_id, rule=found.rule, actor_id=found.actor_id, period=period
    )
    if known.exists():
        return False
    by = system_actor(organisation_id, "access-watch")
    details: dict[str, Detail] = {"rule": found.rule, "measured": found.measured, "expected": found.expected}
    record_entry("insider.alert", by=by, at=at, on=("person", found.actor_id), details=details)
    InsiderAlert.objects.create(
        id=new_id("ins", at=at),
        organisation_id=organisation_id,
        rule=found.rule,
        actor_id=found.actor_id,
        actor_label=label,
        period=period,
        measured=found.measured,
        expected=found.expected,
        raised_at=at,
    )
    return True


DUTIES: tuple[Duty, ...] = (
    Duty("audit.sign", 60.0, sign_checkpoints),
    Duty("audit.watch", 30.0, watch_access),
)
