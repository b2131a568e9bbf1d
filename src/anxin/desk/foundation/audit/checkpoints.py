"""Sign how far the trail has come, and keep the signature outside the database too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from anxin.desk.foundation.audit.actions import lock_head
from anxin.desk.foundation.audit.chain import Break, Link, Verified, verify_chain
from anxin.desk.foundation.audit.merkle import Frontier
from anxin.desk.foundation.audit.models import AuditCheckpoint, AuditEntry, AuditHead
from anxin.desk.foundation.audit.signing import Signer, append_checkpoint, is_genuine, read_checkpoints
from anxin.desk.foundation.edge.duties import one_by_one

_CHUNK = 2_000


def checkpoint_file(organisation_id: str) -> Path:
    """Return where the organisation's checkpoints lie outside the database."""
    folder: Path = settings.ANXIN.data / "audit"
    return folder / f"{organisation_id}.checkpoints.jsonl"


def sign_checkpoints(at: datetime) -> int:
    """Sign a checkpoint for every organisation whose trail has grown; return how many were signed."""
    everyone = AuditHead.objects.values_list("pk", flat=True)
    return one_by_one(everyone, lambda each: _sign(each, at), at=at)


@transaction.atomic
def _sign(organisation_id: str, at: datetime) -> bool:
    head = lock_head(organisation_id)
    last = AuditCheckpoint.objects.filter(organisation_id=organisation_id).order_by("-size").first()
    frontier = Frontier(last.size, [bytes.fromhex(peak) for peak in json.loads(last.peaks)]) if last else Frontier()
    if head.seq <= frontier.size:
        return False
    rows = AuditEntry.objects.filter(organisation_id=organisation_id, seq__gt=frontier.size).order_by("seq")
    for stored in rows.values_list("hash", flat=True).iterator(chunk_size=_CHUNK):
        frontier.add(bytes(stored))
    signed = Signer(settings.ANXIN.data / "keys").sign(
        organisation_id, frontier.size, frontier.root(), at.astimezone(UTC).isoformat(timespec="milliseconds")
    )
    AuditCheckpoint.objects.create(
        organisation_id=organisation_id,
        size=frontier.size,
        root=frontier.root(),
        peaks=json.dumps([peak.hex() for peak in frontier.peaks]),
        at=at,
        signature=bytes.fromhex(signed.signature),
    )
    append_checkpoint(checkpoint_file(organisation_id), signed)
    return True


def verify_organisation(organisation_id: str) -> Verified | Break:
    """Verify the whole trail against itself, its head and every genuine checkpoint inside and outside the database.

    Codes as in `verify_chain`, and `unsigned` (a checkpoint outside the database is not genuine), `head` (the head
    does not match the last entry). Entries that join meanwhile are the next one's.
    """
    before = _head(organisation_id)
    public_key = Signer(settings.ANXIN.data / "keys").public_key
    outside = read_checkpoints(checkpoint_file(organisation_id))
    forged = [each for each in outside if not is_genuine(each, public_key)]
    if forged:
        return Break(min(each.size for each in forged), "unsigned")
    roots = _roots_inside(organisation_id) | {each.size: bytes.fromhex(each.root) for each in outside}
    found = verify_chain(_links(organisation_id), roots)
    if isinstance(found, Verified) and before is not None and not _is_ended_by_head(found, before):
        return Break(found.size + 1, "head")
    return found


def _head(organisation_id: str) -> AuditHead | None:
    return AuditHead.objects.filter(pk=organisation_id).first()


def _is_ended_by_head(found: Verified, before: AuditHead) -> bool:
    """Tell whether the trail ended at the head of a moment between the one `before` it was walked, and now."""
    now = _head(before.pk)
    if now is None or not before.seq <= found.size <= now.seq:
        return False
    entries = AuditEntry.objects.filter(organisation_id=before.pk)
    return all(head.seq == 0 or entries.filter(seq=head.seq, hash=head.hash).exists() for head in (before, now))


def export_links(organisation_id: str) -> Iterator[str]:
    """Yield the trail as JSON lines for the offline verifier: each link's columns and its stored hash."""
    for link, stored in _links(organisation_id):
        yield json.dumps(vars(link) | {"hash": stored.hex()}, ensure_ascii=False)


def _links(organisation_id: str) -> Iterator[tuple[Link, bytes]]:
    rows = AuditEntry.objects.filter(organisation_id=organisation_id).order_by("seq")
    for row in rows.iterator(chunk_size=_CHUNK):
        yield row.link(), bytes(row.hash)


def _roots_inside(organisation_id: str) -> dict[int, bytes]:
    rows = AuditCheckpoint.objects.filter(organisation_id=organisation_id).values_list("size", "root")
    return {size: bytes(root) for size, root in rows}
