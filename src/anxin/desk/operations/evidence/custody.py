"""The chain of custody of a piece: written with what was done, verified against itself and the audit trail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.evidence.models import CustodyEvent, Evidence
from anxin.desk.operations.evidence.pack.verify_pack import START, find_custody_break, link_hash


@dataclass(frozen=True)
class CustodyBreak:
    """Where custody does not hold: the event's number and why (gap, unchained, changed, head, unanchored)."""

    seq: int
    code: str


def write_custody(
    piece: Evidence,
    act: str,
    *,
    by: Actor,
    at: datetime,
    details: Mapping[str, Detail] | None = None,
    reason: str = "",
    hash_after: str | None = None,
) -> CustodyEvent:
    """Add an event to a piece's chain and anchor it in the trail; must run inside the act's own transaction.

    `details` are ids, codes and counts. `hash_after` None: the content is as before.
    """
    lock_head(by.organisation_id)
    head = Evidence.objects.select_for_update().get(pk=piece.pk)
    event = CustodyEvent(
        organisation_id=piece.organisation_id,
        evidence_id=piece.id,
        seq=head.custody_seq + 1,
        at=at,
        act=act,
        actor_kind=by.kind.value,
        actor_id=by.person_id or "",
        actor_label=by.label,
        hash_before="" if act == "ingest" else piece.sha256,
        hash_after=piece.sha256 if hash_after is None else hash_after,
        details=json.dumps(details or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        previous_hash=bytes(head.custody_hash),
    )
    event.hash = bytes.fromhex(link_hash(columns_of(event)))
    event.save(force_insert=True)
    piece.custody_seq, piece.custody_hash = event.seq, event.hash
    Evidence.objects.filter(pk=piece.pk).update(custody_seq=event.seq, custody_hash=event.hash)
    anchor: dict[str, Detail] = {"incident": piece.incident_id, "custody": event.hash.hex(), **(details or {})}
    record_entry(f"evidence.{act}", by=by, at=at, on=("evidence", piece.id), reason=reason, details=anchor)
    return event


def columns_of(event: CustodyEvent) -> list[object]:
    """Return what an event's hash covers, in order."""
    return [
        bytes(event.previous_hash).hex(),
        event.evidence_id,
        event.seq,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.act,
        event.actor_kind,
        event.actor_id,
        event.actor_label,
        event.hash_before,
        event.hash_after,
        event.details,
    ]


def list_links(evidence_id: str) -> list[dict[str, object]]:
    """Return the whole chain of a piece, as packs hold it."""
    events = CustodyEvent.objects.filter(evidence_id=evidence_id).order_by("seq")
    return [{"columns": columns_of(each), "hash": bytes(each.hash).hex()} for each in events]


def verify_custody(piece: Evidence) -> CustodyBreak | None:
    """Return where the custody of a piece does not hold, None when it does.

    Beside itself the chain must agree with the piece's own head, and with what the audit trail anchored.
    """
    links = list_links(piece.id)
    found = find_custody_break(links)
    if found is not None:
        return CustodyBreak(*found)
    if len(links) != piece.custody_seq or (links[-1]["hash"] if links else START) != bytes(piece.custody_hash).hex():
        return CustodyBreak(len(links) + 1, "head")
    anchored = _anchored(piece)
    for seq, (link, anchor) in enumerate(zip(links, anchored, strict=False), 1):
        if link["hash"] != anchor:
            return CustodyBreak(seq, "unanchored")
    return None if len(links) == len(anchored) else CustodyBreak(min(len(links), len(anchored)) + 1, "unanchored")


def _anchored(piece: Evidence) -> list[str]:
    entries = AuditEntry.objects.filter(
        organisation_id=piece.organisation_id, object_kind="evidence", object_id=piece.id
    ).order_by("seq")
    details = [json.loads(each) for each in entries.values_list("details", flat=True)]
    return [each["custody"] for each in details if "custody" in each]
