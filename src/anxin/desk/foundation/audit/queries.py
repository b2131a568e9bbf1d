"""Reads of the trail."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from anxin.desk.foundation.audit.acts import act_words
from anxin.desk.foundation.audit.models import AuditEntry, InsiderAlert
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.foundation.vault.sealing import unseal_to_show

PAGE = 100
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class AuditFilter:
    """What to show; empty fields do not narrow. `since` and `until` are half-open, `own` only the actor's own acts."""

    own: bool = False
    actor: str = ""
    act: str = ""
    object_kind: str = ""
    object_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class AuditLine:
    """One entry as people read it; `reason` "" when none was given."""

    seq: int
    at: datetime
    actor_label: str
    act: str
    sentence: str
    object_kind: str
    object_id: str
    reason: str
    request_id: str
    hash: str


@dataclass(frozen=True)
class AuditPage:
    """Entries, newest first; `before` is the cursor of the next page, None at the end."""

    lines: tuple[AuditLine, ...]
    before: int | None


def list_entries(chosen: AuditFilter, *, by: Actor, before: int | None = None, limit: int = PAGE) -> AuditPage:
    """Return a page of the trail; others' acts need `audit.read`, one's own `audit.read_own`."""
    require(by, "audit.read_own" if chosen.own else "audit.read")
    rows = _narrowed(AuditEntry.objects.filter(organisation_id=by.organisation_id), chosen, by)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found = list(rows.order_by("-seq")[: limit + 1])
    lines = tuple(_line(row) for row in found[:limit])
    return AuditPage(lines, lines[-1].seq if len(found) > limit else None)


def list_object_entries(object_kind: str, object_id: str, *, by: Actor, limit: int = 50) -> tuple[AuditLine, ...]:
    """Return what staff did about one object, newest first, for its timeline; the caller has authorised."""
    rows = AuditEntry.objects.filter(
        organisation_id=by.organisation_id, object_kind=object_kind, object_id=object_id
    ).order_by("-seq")
    return tuple(_line(row) for row in rows[:limit])


def list_alerts(*, by: Actor, limit: int = PAGE) -> tuple[InsiderAlert, ...]:
    """Return the access-pattern alerts, open ones first; needs `insider.open`, and never shows one's own."""
    require(by, "insider.open")
    rows = InsiderAlert.objects.filter(organisation_id=by.organisation_id).exclude(actor_id=by.person_id)
    return tuple(rows.order_by("-raised_at")[:limit])


def _narrowed(rows: QuerySet[AuditEntry], chosen: AuditFilter, by: Actor) -> QuerySet[AuditEntry]:
    if chosen.own:
        rows = rows.filter(actor_id=by.person_id or "")
    if chosen.actor:
        rows = rows.filter(actor_label=chosen.actor)
    if chosen.act:
        rows = rows.filter(act=chosen.act)
    if chosen.object_kind:
        rows = rows.filter(object_kind=chosen.object_kind)
    if chosen.object_id:
        rows = rows.filter(object_id=chosen.object_id)
    if chosen.since:
        rows = rows.filter(at__gte=chosen.since)
    if chosen.until:
        rows = rows.filter(at__lt=chosen.until)
    return rows


def _line(row: AuditEntry) -> AuditLine:
    return AuditLine(
        seq=row.seq,
        at=row.at,
        actor_label=row.actor_label,
        act=row.act,
        sentence=_sentence(row),
        object_kind=row.object_kind,
        object_id=row.object_id,
        reason=_reason(row),
        request_id=row.request_id,
        hash=bytes(row.hash).hex()[:12],
    )


def _sentence(row: AuditEntry) -> str:
    words = act_words().get(row.act, Words(row.act, row.act))
    unsaid: dict[str, object] = dict.fromkeys(_FIELD.findall(words.zh + words.en), "–")
    said = {name: value for name, value in json.loads(row.details).items() if value not in ("", None)}
    return say(words, None, **(unsaid | said | {"object_id": row.object_id}))


def _reason(row: AuditEntry) -> str:
    if row.reason_sealed is None:
        return ""
    return unseal_to_show(row.organisation_id, bytes(row.reason_sealed), about=f"audit.reason:{row.seq}")
