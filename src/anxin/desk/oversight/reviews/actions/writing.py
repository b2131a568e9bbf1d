"""Schedule a review, write what it found, protect decisions, publish it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.audit.actions import Detail, record_entry
from anxin.desk.foundation.edge.actor import Actor, Grade
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import Conflict, FieldInvalid
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.operations.incidents.actions.ending import publish_review
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.desk.oversight.reviews.access import lock_review
from anxin.desk.oversight.reviews.choices import require_choice
from anxin.desk.oversight.reviews.errors import require_guards
from anxin.desk.oversight.reviews.facts import ReviewChanged
from anxin.desk.oversight.reviews.models import ProtectedDecision, Review, ReviewEntry
from anxin.desk.oversight.reviews.naming import require_nameless

LONGEST = 4_000
FACILITATE, WRITE = "review.facilitate", "review.write"


@dataclass(frozen=True)
class Entry:
    """What somebody writes: `kind` finding, praise or helped; a finding names its factor; `role` may stay empty."""

    kind: str
    text: str
    factor: str = ""
    role: str = ""


@transaction.atomic
def schedule_review(
    *, review_id: str, held_at: datetime, type_: str, by: Actor, at: datetime, version: int | None = None
) -> Review:
    """Take the review on as its facilitator, and say when it is held. Whoever led the incident does not."""
    review = _locked(review_id, by, FACILITATE, version)
    require_choice("types", type_, field="type")
    commander = Incident.objects.values_list("commander_id", flat=True).get(pk=review.incident_id)
    require_guards((("facilitator.other", by.person_id not in (None, commander)),))
    if not review.opened_at < held_at <= review.due_at:
        raise FieldInvalid(pointer="/held_at", field="held_at", reason=f"… {review.due_at:%Y-%m-%d %H:%M} UTC")
    review.facilitator_id, review.held_at, review.type = by.person_id or "", held_at, type_
    review.state = Review.State.SCHEDULED
    _save(review, "schedule", by, at, {})
    return review


@transaction.atomic
def write_entry(*, review_id: str, entry: Entry, by: Actor, at: datetime, version: int | None = None) -> ReviewEntry:
    """Write down a finding, praise, or what helped; a text that names somebody is refused."""
    review = _locked(review_id, by, WRITE, version)
    require_choice("entries", entry.kind, field="kind")
    if entry.kind == "finding":
        require_choice("factors", entry.factor, field="factor")
    if entry.role:
        require_choice("roles", entry.role, field="role")
    text = _text(entry.text, review)
    row = ReviewEntry(
        id=new_id("rve", at=at),
        organisation_id=by.organisation_id,
        review=review,
        kind=entry.kind,
        factor=entry.factor if entry.kind == "finding" else "",
        role=entry.role,
        written_by=by.person_id or "",
        written_at=at,
    )
    row.text_sealed = seal(by.organisation_id, text, about=f"review.entry:{row.id}", at=at)
    _save(review, "write", by, at, {"kind": entry.kind, "factor": row.factor})
    row.save(force_insert=True)
    return row


@transaction.atomic
def refer_to(*, review_id: str, event_seq: int, by: Actor, at: datetime) -> Review:
    """Refer to an event of the incident's timeline; twice is once."""
    review = _locked(review_id, by, WRITE)
    _require_event(review, event_seq)
    named = set(json.loads(review.references))
    if event_seq in named:
        return review
    review.references = json.dumps(sorted(named | {event_seq}))
    _save(review, "refer", by, at, {"event": event_seq})
    return review


@transaction.atomic
def protect_decision(*, review_id: str, event_seq: int, reason: str, by: Actor, at: datetime) -> ProtectedDecision:
    """Protect a decision that was made in good faith: no score sees it from now on. Only the facilitator does this."""
    review = _locked(review_id, by, FACILITATE)
    require_choice("protections", reason, field="reason")
    require_guards((("facilitator.mine", review.facilitator_id == by.person_id),))
    _require_event(review, event_seq)
    found = ProtectedDecision.objects.filter(incident_id=review.incident_id, event_seq=event_seq).first()
    if found is not None:
        return found
    _save(review, "protect", by, at, {"event": event_seq, "reason": reason})
    return ProtectedDecision.objects.create(
        organisation_id=by.organisation_id,
        review=review,
        incident_id=review.incident_id,
        event_seq=event_seq,
        reason=reason,
        protected_by=by.person_id or "",
        protected_at=at,
    )


@transaction.atomic
def reveal_who(*, review_id: str, event_seq: int, purpose: str, by: Actor, at: datetime) -> str:
    """Return the sign-in name behind a role of the timeline, to the facilitator only; the trail says so, and why."""
    review = _locked(review_id, by, FACILITATE, is_open=False)
    require_guards((("facilitator.mine", review.facilitator_id == by.person_id),))
    if not purpose.strip():
        raise FieldInvalid(pointer="/purpose", field="purpose", reason="needed", reason_zh="必填")
    event = _require_event(review, event_seq)
    details: dict[str, Detail] = {"number": review.number, "event": event_seq}
    record_entry("review.reveal", by=by, at=at, on=("review", review.id), reason=purpose[:500], details=details)
    name = Person.objects.filter(pk=event.actor_id).values_list("username", flat=True).first()
    return name or event.actor_label


@transaction.atomic
def publish(*, review_id: str, by: Actor, at: datetime, version: int | None = None) -> Review:
    """Publish the review, and lead its incident on to the improvement."""
    review = _locked(review_id, by, "incident.verify", version, at_least=Grade.SECOND)
    require_guards(
        (
            ("review.facilitator", bool(review.facilitator_id)),
            ("review.scheduled", review.state == Review.State.SCHEDULED),
            ("review.findings", review.entries.filter(kind="finding").exists()),
        )
    )
    review.state = Review.State.PUBLISHED
    review.published_at, review.published_by = at, by.person_id or ""
    _save(review, "publish", by, at, {})
    publish_review(incident_id=review.incident_id, by=by, at=at)
    return review


def _locked(
    review_id: str,
    by: Actor,
    permission: str,
    version: int | None = None,
    *,
    is_open: bool = True,
    at_least: Grade = Grade.LIMITED,
) -> Review:
    review = lock_review(review_id=review_id, by=by, permission=permission, at_least=at_least)
    if version is not None and review.version != version:
        raise Conflict(version=review.version)
    require_guards((("review.unpublished", not is_open or review.state != Review.State.PUBLISHED),))
    return review


def _text(typed: str, review: Review) -> str:
    text = typed.strip()
    if not 0 < len(text) <= LONGEST:
        raise FieldInvalid(pointer="/text", field="text", reason=f"1–{LONGEST}")
    require_nameless(text, organisation_id=review.organisation_id, incident_id=review.incident_id)
    return text


def _require_event(review: Review, seq: int) -> IncidentEvent:
    event = IncidentEvent.objects.filter(incident_id=review.incident_id, seq=seq).first()
    require_guards((("event.there", event is not None),))
    assert event is not None
    return event


def _save(review: Review, act: str, by: Actor, at: datetime, details: dict[str, Detail]) -> None:
    told: dict[str, Detail] = {"number": review.number, **details}
    record_entry(f"review.{act}", by=by, at=at, on=("review", review.id), details=told)
    review.version += 1
    review.save()
    fact = ReviewChanged(review.id, review.incident_id, review.state, act)
    publish_fact(fact, organisation_id=review.organisation_id, at=at)
