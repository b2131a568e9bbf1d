"""What people do with entities: they look, and they search. Both stand in the audit trail."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.audit.actions import Detail, record_entry
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor

ONE_VIEW = timedelta(hours=1)
"""How long what belongs to a page (its story, its links) counts as the same view of the entity."""
_LONGEST_KIND, _LONGEST_ID = 32, 128


def audit_object(kind: str, key: str) -> tuple[str, str]:
    """Return kind and id as the trail holds them: an over-long key by its hash."""
    if len(kind) <= _LONGEST_KIND and len(key) <= _LONGEST_ID:
        return kind, key
    return kind[:_LONGEST_KIND], "#" + hashlib.blake2b(f"{kind}\0{key}".encode(), digest_size=16).hexdigest()


@transaction.atomic
def note_view(*, kind: str, key: str, by: Actor, at: datetime, case_id: str = "") -> None:
    """Record that somebody looked at an entity; `case_id` "" means outside of a case."""
    on = audit_object(kind, key)
    record_entry("entity.view", by=by, at=at, on=on, details={"entity": f"{on[0]}:{on[1]}", "case": case_id})


def note_view_of_part(*, kind: str, key: str, by: Actor, at: datetime) -> None:
    """Record a view unless this session saw the entity within the hour: parts of a page are no views of their own."""
    object_kind, object_id = audit_object(kind, key)
    seen = AuditEntry.objects.filter(
        organisation_id=by.organisation_id,
        object_kind=object_kind,
        object_id=object_id,
        act="entity.view",
        actor_id=by.person_id or "",
        session_id=by.session_id,
        at__gt=at - ONE_VIEW,
    )
    if not seen.exists():
        note_view(kind=kind, key=key, by=by, at=at)


@transaction.atomic
def note_search(*, what: str, found: int, by: Actor, at: datetime) -> None:
    """Record a search: what kind of thing was asked for and how many were found, never the words."""
    details: dict[str, Detail] = {"what": what, "n": found}
    record_entry("entity.search", by=by, at=at, on=("organisation", by.organisation_id), details=details)
