"""An organisation's own kinds and promises: versions that hold for what begins after them (R20, C19)."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.actions.opening import require_kind
from anxin.desk.operations.incidents.clocks.policy import parse_policy, shipped_policy
from anxin.desk.operations.incidents.kinds import KindChange, check_words
from anxin.desk.operations.incidents.models import KindVersion, PolicyVersion


@transaction.atomic
def set_policy(*, text: str, by: Actor, at: datetime) -> PolicyVersion:
    """Put a promise of the organisation's own into force; running clocks keep theirs."""
    require(by, "incident.configure")
    try:
        policy = parse_policy(text)
    except (KeyError, ValueError, TypeError, AssertionError) as wrong:
        raise FieldInvalid(pointer="/text", field="text", reason=type(wrong).__name__) from wrong
    lock_head(by.organisation_id)
    rows = PolicyVersion.objects.filter(organisation_id=by.organisation_id, version=policy.version)
    if policy.version == shipped_policy().version or rows.exists():
        raise FieldInvalid(pointer="/text", field="version", reason="is taken", reason_zh="已被使用")
    record_entry(
        "incident.set_policy", by=by, at=at, on=("promise", policy.version), details={"policy": policy.version}
    )
    return PolicyVersion.objects.create(
        organisation_id=by.organisation_id, version=policy.version, text=text, since=at, by_id=by.person_id or ""
    )


@transaction.atomic
def set_kind(*, kind: str, change: KindChange, by: Actor, at: datetime) -> KindVersion:
    """Say what the organisation does otherwise for a kind; incidents open keep the version they began with."""
    require(by, "incident.configure")
    require_kind(kind, by=by, at=at)
    if change.get("level", 1) not in (1, 2, 3) or change.get("evidence", 0) < 0 or change.get("fold_minutes", 1) < 0:
        raise FieldInvalid(pointer="/level", field="level", reason="level 1–3, counts not negative")
    if not set(change.get("checks", [])) <= set(check_words()):
        raise FieldInvalid(pointer="/checks", field="checks", reason=", ".join(check_words()))
    lock_head(by.organisation_id)
    number = KindVersion.objects.filter(organisation_id=by.organisation_id, kind=kind).count() + 1
    record_entry(
        "incident.set_kind", by=by, at=at, on=("incident_kind", kind), details={"kind": kind, "version": number}
    )
    return KindVersion.objects.create(
        organisation_id=by.organisation_id,
        kind=kind,
        version=number,
        text=json.dumps(change, sort_keys=True),
        since=at,
        by_id=by.person_id or "",
    )
