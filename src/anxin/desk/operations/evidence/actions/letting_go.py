"""Let content go: after its time, or because two people said so. Hash, custody and the fact remain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from anxin.desk.foundation.approvals.actions import request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct
from anxin.desk.foundation.audit.actions import lock_head
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.duties import batch_by_batch, one_by_one
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.privacy.purposes import retention_rules
from anxin.desk.operations.evidence.access import access_evidence
from anxin.desk.operations.evidence.catalogue import RetentionClass, retention_classes
from anxin.desk.operations.evidence.custody import write_custody
from anxin.desk.operations.evidence.errors import EvidenceErased, PersonUnderHold, UnderHold
from anxin.desk.operations.evidence.facts import EvidenceChanged
from anxin.desk.operations.evidence.legal_holds import in_held_incidents, names_held_person
from anxin.desk.operations.evidence.models import Evidence, EvidencePack, StoredContent
from anxin.desk.operations.evidence.store.contents import shred, sweep
from anxin.desk.operations.incidents.locking import lock_own
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.timeline import write

ERASE = "evidence.erase"
BATCH = 100
LONGEST_REST = timedelta(hours=1)
SWEPT_AFTER = timedelta(hours=24)
"""A file whose key is gone stays so long, so that a backup made meanwhile holds what its database names."""


def ask_to_erase(*, evidence_id: str, reason: str, by: Actor, at: datetime) -> str:
    """Ask a second person to erase a piece; return the approval's id.

    Raise Forbidden, NotFound, UnderHold, PersonUnderHold.
    """
    piece = access_evidence(evidence_id=evidence_id, by=by)
    _require_free(piece)
    return request_approval(ERASE, on=("evidence", piece.id), by=by, at=at, reason=reason).id


@transaction.atomic
def erase_evidence_approved(approved: ApprovedAct, at: datetime) -> None:
    """Erase a piece and its redacted copies: what the approval of `evidence.erase` does; a hold refuses."""
    by = approved.second or system_actor(approved.organisation_id, "evidence")
    lock_head(approved.organisation_id)
    piece = Evidence.objects.filter(pk=approved.on[1], organisation_id=approved.organisation_id).first()
    if piece is None:
        raise NotFound
    for each in (piece, *Evidence.objects.filter(derivative_of=piece.id, erased_at=None)):
        _require_free(each)
        _erase(each, "request", by=by, at=at)


def let_go(at: datetime) -> int:
    """Erase what is older than its class keeps it, unless it or somebody it names is held; return how many pieces."""
    classes = retention_classes()
    return one_by_one(classes, lambda each: _let_go(each, classes[each], at), at=at)


def let_go_packs(at: datetime) -> int:
    """Erase packs after their time; they can be made anew. Return how many."""
    before = at - timedelta(days=retention_rules()["evidence_packs"].days)
    live = StoredContent.objects.filter(erased_at=None).values("id")
    rows = EvidencePack.objects.filter(made_at__lt=before, content_id__in=live).exclude(in_held_incidents())
    over = rows.order_by("made_at", "pk").values_list("content_id", flat=True)
    return batch_by_batch(
        over,
        lambda some: one_by_one(some, lambda each: _shred_alone(each, at), at=at, longest=LONGEST_REST),
        batch=BATCH,
    )


def sweep_erased(at: datetime) -> int:
    """Remove the files of contents whose keys are gone for a day; return how many files."""
    rows = StoredContent.objects.filter(erased_at__lte=at - SWEPT_AFTER).order_by("-erased_at")
    # All of them: which files are gone only the folder knows, and to ask it costs a few microseconds each.
    return one_by_one(rows.iterator(), sweep, at=at, longest=LONGEST_REST)


def _let_go(code: str, each: RetentionClass, at: datetime) -> int:
    days = retention_rules()[each.rule].days
    if not days:
        return 0
    before = at - timedelta(days=days)
    rows = _free().filter(retention=code, collected_at__lt=before)
    if each.is_from_end:
        rows = _of_closed(rows, before)

    def erase(some: Sequence[Evidence]) -> int:
        pieces = {each.id: each for each in some}
        return one_by_one(pieces, lambda each: _erase_over(pieces[each], code, at), at=at, longest=LONGEST_REST)

    return batch_by_batch(rows.order_by("collected_at", "pk"), erase, batch=BATCH)


@transaction.atomic
def _erase_over(piece: Evidence, code: str, at: datetime) -> int:
    lock_head(piece.organisation_id)
    if not _free().filter(pk=piece.pk).exists():
        return 0
    _erase(piece, f"retention_{code}", by=system_actor(piece.organisation_id, "retention"), at=at)
    return 1


def _free() -> QuerySet[Evidence]:
    """Return the pieces that may be let go: neither they nor anybody in their incident is under a legal hold."""
    return Evidence.objects.filter(erased_at=None, held_at=None).exclude(in_held_incidents())


def _of_closed(rows: QuerySet[Evidence], before: datetime) -> QuerySet[Evidence]:
    closed = Incident.objects.filter(ended_at__lt=before).values("id")
    return rows.filter(incident_id__in=closed)


def _require_free(piece: Evidence) -> None:
    if piece.erased_at is not None:
        raise EvidenceErased
    if piece.held_at is not None:
        raise UnderHold
    if names_held_person(piece.incident_id):
        raise PersonUnderHold


def _erase(piece: Evidence, why: str, *, by: Actor, at: datetime) -> None:
    incident = lock_own(piece.incident_id, organisation_id=piece.organisation_id)
    if incident is not None:
        write(incident, "evidence_erased", by=by, at=at, data={"evidence": piece.id, "why": why}, is_quiet=True)
    write_custody(piece, "erase", by=by, at=at, details={"why": why}, hash_after="")
    piece.erased_at, piece.name_sealed, piece.note_sealed = at, None, None
    piece.version += 1
    piece.save(update_fields=("erased_at", "name_sealed", "note_sealed", "version"))
    fact = EvidenceChanged(piece.id, piece.incident_id, "erase")
    publish_fact(fact, organisation_id=piece.organisation_id, at=at)
    _shred(piece.content_id, at)
    for content_id in EvidencePack.objects.filter(incident_id=piece.incident_id).values_list("content_id", flat=True):
        _shred(content_id, at)


@transaction.atomic
def _shred_alone(content_id: str, at: datetime) -> int:
    return _shred(content_id, at)


def _shred(content_id: str, at: datetime) -> int:
    """Destroy a content that no piece needs; return how many were."""
    if Evidence.objects.filter(content_id=content_id, erased_at=None).exists():
        return 0
    content = StoredContent.objects.filter(pk=content_id, erased_at=None).first()
    if content is None:
        return 0
    shred(content, at=at)
    return 1
