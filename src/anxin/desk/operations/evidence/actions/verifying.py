"""Verify pieces and the whole store: what is missing or changed is found, told and never used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.duties import batch_by_batch, one_by_one
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.vault.sealing import key_service
from anxin.desk.operations.evidence.access import access_evidence
from anxin.desk.operations.evidence.custody import CustodyBreak, verify_custody, write_custody
from anxin.desk.operations.evidence.facts import EvidenceFileBroken
from anxin.desk.operations.evidence.models import Evidence, StoredContent
from anxin.desk.operations.evidence.store.contents import look_at
from anxin.desk.operations.incidents.actions.signals import NewSignal, promote
from anxin.desk.operations.incidents.locking import lock_own
from anxin.desk.operations.incidents.timeline import write

EVERY = timedelta(hours=24)
BATCH = 20
LONGEST_REST = timedelta(hours=1)
State = StoredContent.State


@dataclass(frozen=True)
class Verified:
    """What a look at one piece found: how its file stands, and where its custody breaks (None: it holds)."""

    state: str
    custody: CustodyBreak | None

    @property
    def holds(self) -> bool:
        """Return whether file and custody are as they should be; an erased content is."""
        return self.state in (State.WHOLE, State.ERASED) and self.custody is None


def verify_evidence(*, evidence_id: str, by: Actor, at: datetime) -> Verified:
    """Re-hash the file of one piece, walk its custody, record the result; raise Forbidden, NotFound."""
    piece = access_evidence(evidence_id=evidence_id, by=by)
    content = StoredContent.objects.get(pk=piece.content_id)
    state = _state_of(content)
    custody = verify_custody(piece)
    with transaction.atomic():
        found = state if custody is None else f"custody_{custody.code}"
        write_custody(piece, "verify", by=by, at=at, details={"found": str(found)}, hash_after=_hash_of(content, state))
    note_state(content, state, at=at)
    return Verified(state, custody)


def verify_store(at: datetime) -> int:
    """Re-hash the contents that were not looked at for longest, a batch; return how many were looked at."""
    due = StoredContent.objects.filter(erased_at=None, checked_at__lte=at - EVERY).order_by("checked_at", "pk")
    looked: dict[str, list[str]] = {}

    def look(some: Sequence[StoredContent]) -> int:
        contents = {each.id: each for each in some}
        return one_by_one(contents, lambda each: _look_at(contents[each], looked, at), at=at, longest=LONGEST_REST)

    if due.exists():
        # A key service that is away ends the run here, instead of being asked again for every content there is.
        key_service().current()
    done = batch_by_batch(due, look, batch=BATCH)
    one_by_one(looked, lambda each: _record_look(each, looked[each], at), at=at)
    return done


def _look_at(content: StoredContent, looked: dict[str, list[str]], at: datetime) -> int:
    state = _state_of(content)
    note_state(content, state, at=at)
    looked.setdefault(content.organisation_id, []).append(state)
    return 1


@transaction.atomic
def _record_look(organisation_id: str, states: list[str], at: datetime) -> int:
    details = {"checked": len(states), "broken": sum(each != State.WHOLE for each in states)}
    by = system_actor(organisation_id, "evidence")
    record_entry("evidence.check_store", by=by, at=at, on=("evidence", "store"), details=details)
    return 0


def list_broken() -> tuple[tuple[str, str], ...]:
    """Return (content, state) of every content whose file is not as it was kept: for `anxin evidence check`."""
    found = []
    for content in StoredContent.objects.filter(erased_at=None).order_by("id").iterator(chunk_size=200):
        state = _state_of(content)
        if state != State.WHOLE:
            found.append((content.id, state))
    return tuple(found)


@transaction.atomic
def note_state(content: StoredContent, state: str, *, at: datetime) -> None:
    """Note how a file was found; the first time it is broken, every incident it belongs to and a new signal say so."""
    by = system_actor(content.organisation_id, "evidence")
    before = StoredContent.objects.select_for_update().get(pk=content.pk).state
    StoredContent.objects.filter(pk=content.pk).update(state=state, checked_at=at)
    if state == before or state == State.WHOLE:
        return
    pieces = list(Evidence.objects.filter(content_id=content.id, erased_at=None))
    for piece in pieces:
        _tell(piece, content, state, by=by, at=at)
    if pieces:
        promote(_signal(content, state, at), by=by, at=at)


def _tell(piece: Evidence, content: StoredContent, state: str, *, by: Actor, at: datetime) -> None:
    incident = lock_own(piece.incident_id, organisation_id=piece.organisation_id)
    if incident is None:
        return
    told = {"evidence": piece.id, "state": state}
    write(incident, "evidence_broken", by=by, at=at, data=told, is_quiet=True)
    after = _hash_of(content, state)
    write_custody(piece, "verify", by=by, at=at, details={"found": state}, hash_after=after)
    fact = EvidenceFileBroken(piece.id, piece.incident_id, state)
    publish_fact(fact, organisation_id=piece.organisation_id, at=at)


def _signal(content: StoredContent, state: str, at: datetime) -> NewSignal:
    return NewSignal(
        source="check",
        source_ref=f"evidence:{content.id}:{state}:{at:%Y%m%d}",
        kind="evidence_broken",
        dedup_key="evidence_broken",
        received_at=at,
        suggested_level=2,
    )


def _state_of(content: StoredContent) -> str:
    found = look_at(content)
    return State.WHOLE if isinstance(found, bytes) else found


def _hash_of(content: StoredContent, state: str) -> str:
    return content.sha256 if state == State.WHOLE else ""
