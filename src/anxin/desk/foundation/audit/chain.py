"""What a link of the audit chain covers, and how it is hashed."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

from anxin.desk.foundation.audit.models import AuditEntry

START = bytes(32)


def link_hash(entry: AuditEntry) -> bytes:
    """Return SHA-256 over the entry's columns and the hash before it, in one canonical JSON array."""
    covered = [
        bytes(entry.previous_hash).hex(),
        entry.organisation_id,
        entry.seq,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_kind,
        entry.actor_id,
        entry.actor_label,
        entry.act,
        entry.object_kind,
        entry.object_id,
        entry.site_id,
        entry.details,
        bytes(entry.reason_sealed).hex() if entry.reason_sealed is not None else None,
        entry.request_id,
        entry.session_id,
    ]
    return hashlib.sha256(json.dumps(covered, ensure_ascii=False, separators=(",", ":")).encode()).digest()
