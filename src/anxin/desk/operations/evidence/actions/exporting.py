"""Make packs: redacted copies for whoever may export, originals after a second person agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from anxin.desk.foundation.approvals.actions import request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct
from anxin.desk.foundation.audit.actions import Detail, record_entry
from anxin.desk.foundation.audit.signing import Signer
from anxin.desk.foundation.edge.actor import Actor, Grade, system_actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.privacy.purposes import purposes
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.operations.evidence.access import access_pack
from anxin.desk.operations.evidence.actions.collecting import incident_ids
from anxin.desk.operations.evidence.custody import write_custody
from anxin.desk.operations.evidence.errors import NothingToPack, PackTooLarge, PurposeMissing, SecondPersonFirst
from anxin.desk.operations.evidence.facts import EvidenceChanged
from anxin.desk.operations.evidence.models import Evidence, EvidencePack, PackPermit, StoredContent
from anxin.desk.operations.evidence.pack.contents import Sealer, build_pack
from anxin.desk.operations.evidence.pack.gathering import gather
from anxin.desk.operations.evidence.store.contents import keep, open_content
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.kinds import kind_name
from anxin.desk.operations.incidents.locking import lock_visible
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.timeline import write

EXPORT, HAND_OVER = "evidence.export", "evidence.hand_over"
PERMIT = timedelta(hours=1)
RECIPIENT_LENGTH = 200
_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class PackOrder:
    """What is asked for: `chosen` ids of pieces, empty for all; `recipient` is kept sealed."""

    purpose: str
    recipient: str = ""
    chosen: Sequence[str] = ()
    with_originals: bool = False


def export_pack(order: PackOrder, *, incident_id: str, by: Actor, at: datetime) -> EvidencePack:
    """Make a signed pack of an incident and record that each piece left; return its row.

    Raise Forbidden, NotFound, PurposeMissing, SecondPersonFirst, NothingToPack, PackTooLarge.
    """
    require(by, EXPORT)
    incident = access_incident(incident_id=incident_id, by=by)
    if order.purpose not in purposes():
        raise PurposeMissing(pointer="/purpose")
    permit = _permit(incident_id, by, at) if order.with_originals else None
    pieces = _chosen(order, incident_id, by)
    body = _build(order, incident, pieces, by=by, at=at)
    content = keep(by.organisation_id, body, at=at)
    with transaction.atomic():
        return _record(order, content, pieces, permit, incident_id=incident_id, by=by, at=at)


def ask_for_originals(*, incident_id: str, reason: str, by: Actor, at: datetime) -> str:
    """Ask a second person to let originals leave once; return the approval's id."""
    require(by, EXPORT)
    access_incident(incident_id=incident_id, by=by)
    return request_approval(HAND_OVER, on=("incident", incident_id), by=by, at=at, reason=reason).id


@transaction.atomic
def permit_originals(approved: ApprovedAct, at: datetime) -> None:
    """Let the requester make one pack with originals within the hour: what the approval does."""
    by = approved.second or system_actor(approved.organisation_id, "evidence")
    record_entry("evidence.permit", by=by, at=at, on=approved.on, details={"requested_by": approved.requested_by})
    PackPermit.objects.create(
        id=new_id("pkp", at=at),
        organisation_id=approved.organisation_id,
        incident_id=approved.on[1],
        person_id=approved.requested_by,
        until=at + PERMIT,
    )


@transaction.atomic
def download_pack(*, pack_id: str, by: Actor, at: datetime) -> tuple[EvidencePack, bytes]:
    """Return a pack and its bytes, and record that it was taken; raise Forbidden, NotFound, EvidenceErased."""
    pack = access_pack(pack_id=pack_id, by=by)
    details: dict[str, Detail] = {"pack": pack.id, "originals": pack.with_originals}
    record_entry("evidence.download_pack", by=by, at=at, on=("incident", pack.incident_id), details=details)
    return pack, open_content(StoredContent.objects.get(pk=pack.content_id))


def sealer() -> Sealer:
    """Return what signs packs: the key that signs the trail's checkpoints."""
    signer = Signer(settings.ANXIN.data / "keys")
    return Sealer(bytes.fromhex(signer.public_key), signer.sign_bytes)


def _permit(incident_id: str, by: Actor, at: datetime) -> PackPermit:
    require(by, HAND_OVER, at_least=Grade.REQUEST)
    found = PackPermit.objects.filter(
        organisation_id=by.organisation_id,
        incident_id=incident_id,
        person_id=by.person_id or "",
        until__gt=at,
        used_at=None,
    ).first()
    if found is None:
        raise SecondPersonFirst(unmet=(HAND_OVER,))
    return found


def _chosen(order: PackOrder, incident_id: str, by: Actor) -> list[Evidence]:
    rows = Evidence.objects.filter(
        organisation_id=by.organisation_id, incident_id__in=incident_ids(incident_id, by=by)
    ).order_by("id")
    if order.chosen:
        rows = rows.filter(id__in=list(order.chosen))
    return list(rows)


def _is_packed(piece: Evidence, order: PackOrder) -> bool:
    return piece.erased_at is None and (order.with_originals or bool(piece.derivative_of))


def _build(order: PackOrder, incident: Incident, pieces: list[Evidence], *, by: Actor, at: datetime) -> bytes:
    packed = [each for each in pieces if _is_packed(each, order)]
    if not packed:
        raise NothingToPack
    limit = settings.ANXIN.evidence_pack_bytes
    if sum(each.size for each in packed) > limit:
        raise PackTooLarge(limit=limit // _MEGABYTE)
    kind = kind_name(by.organisation_id, incident.kind)
    about: dict[str, object] = {
        "organisation": by.organisation_id,
        "incident": f"{incident.number} ({incident.id})",
        "kind": f"{kind.zh} {kind.en} ({incident.kind})",
        "level": incident.level,
        "purpose": order.purpose,
        "with_originals": order.with_originals,
        "made_at": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "made_by": by.label,
    }
    contents = gather(about, incident, pieces, {each.id for each in packed})
    from anxin.desk.operations.evidence.pack.summary import write_summary  # what writes PDF takes long to load

    return build_pack(contents, sealer=sealer(), summary=write_summary)


def _record(
    order: PackOrder,
    content: StoredContent,
    pieces: list[Evidence],
    permit: PackPermit | None,
    *,
    incident_id: str,
    by: Actor,
    at: datetime,
) -> EvidencePack:
    incident = lock_visible(incident_id, by=by)
    if permit is not None and not PackPermit.objects.filter(pk=permit.pk, used_at=None).update(used_at=at):
        raise SecondPersonFirst(unmet=(HAND_OVER,))
    packed = [each for each in pieces if _is_packed(each, order)]
    pack = _row(order, content, len(packed), incident_id, by=by, at=at)
    pack.save(force_insert=True)
    told: dict[str, Detail] = {
        "pack": pack.id,
        "pieces": pack.pieces,
        "originals": pack.with_originals,
        "purpose": pack.purpose,
    }
    write(incident, "evidence_exported", by=by, at=at, data=told, is_quiet=True)
    for piece in packed:
        act = "export" if piece.derivative_of else "transfer"
        details = {"pack": pack.id, "pack_sha256": pack.sha256, "purpose": pack.purpose}
        write_custody(piece, act, by=by, at=at, details=details)
    publish_fact(EvidenceChanged(pack.id, incident_id, "export"), organisation_id=by.organisation_id, at=at)
    return pack


def _row(
    order: PackOrder, content: StoredContent, pieces: int, incident_id: str, *, by: Actor, at: datetime
) -> EvidencePack:
    pack = EvidencePack(
        id=new_id("pck", at=at),
        organisation_id=by.organisation_id,
        incident_id=incident_id,
        content_id=content.id,
        sha256=content.sha256,
        size=content.size,
        pieces=pieces,
        with_originals=order.with_originals,
        purpose=order.purpose,
        made_by=by.person_id or "",
        made_label=by.label,
        made_at=at,
    )
    recipient = order.recipient.strip()[:RECIPIENT_LENGTH]
    if recipient:
        pack.recipient_sealed = seal(by.organisation_id, recipient, about=f"evidence.recipient:{pack.id}", at=at)
    return pack
