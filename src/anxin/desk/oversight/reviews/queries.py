"""Reads of reviews: what is due, one review with roles in place of names, its corrective actions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import unseal
from anxin.desk.operations.incidents.access import access_incident, visible_incidents
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.desk.operations.incidents.queries import names_of
from anxin.desk.oversight.reviews.access import VIEW, access_review, visible_reviews
from anxin.desk.oversight.reviews.models import CorrectiveAction, Review, ReviewEntry

MOST_ROWS = 100
MOST_EVENTS = 500
SHOWN = ("due", "late", "published", "mine")
_State = CorrectiveAction.State


@dataclass(frozen=True)
class ReviewLine:
    """One review in a list. `is_late`: not published in time; `is_waiting`: not scheduled in time."""

    id: str
    incident_id: str
    number: int
    level: int
    incident_kind: str
    type: str
    why: str
    state: str
    facilitator: str
    schedule_by: datetime
    due_at: datetime
    held_at: datetime | None
    published_at: datetime | None
    is_late: bool
    is_waiting: bool
    open_actions: int
    version: int


@dataclass(frozen=True)
class EntryLine:
    """One thing the review says."""

    id: str
    kind: str
    factor: str
    role: str
    text: str
    written_at: datetime


@dataclass(frozen=True)
class EventLine:
    """One event of the timeline, told by role; `protection` is why no score sees it, "" when none."""

    seq: int
    kind: str
    at: datetime
    role: str
    is_referred: bool
    protection: str


@dataclass(frozen=True)
class ActionLine:
    """One corrective action; people by sign-in name: an owner is somebody to ask, not somebody to blame."""

    id: str
    incident_id: str
    review_id: str
    kind: str
    rule: str
    text: str
    owner: str
    due_at: datetime
    state: str
    proof_required: str
    proof_ref: str
    checked_by: str
    accepted_by: str
    accepted_until: datetime | None
    is_late: bool
    is_mine: bool
    can_check: bool
    can_accept: bool


@dataclass(frozen=True)
class ReviewView:
    """A review as its page shows it."""

    line: ReviewLine
    entries: tuple[EntryLine, ...]
    events: tuple[EventLine, ...]
    actions: tuple[ActionLine, ...]
    is_facilitator: bool


def list_reviews(*, by: Actor, at: datetime, shown: str = "due", after: str = "") -> tuple[tuple[ReviewLine, ...], str]:
    """Return a page of reviews, the next due first, and where the next page begins ("": nowhere)."""
    require(by, VIEW)
    rows = _narrowed(visible_reviews(by), shown, by, at)
    if after:
        last = visible_reviews(by).filter(pk=after).values_list("due_at", flat=True).first()
        rows = rows.filter(Q(due_at__gt=last) | Q(due_at=last, id__gt=after)) if last is not None else rows
    found = list(rows.order_by("due_at", "id")[: MOST_ROWS + 1])
    lines = _lines(found[:MOST_ROWS], at)
    return lines, found[MOST_ROWS - 1].id if len(found) > MOST_ROWS else ""


def count_due(*, by: Actor, at: datetime) -> Mapping[str, int]:
    """Return how many reviews are due, late, and how many corrective actions are late."""
    require(by, VIEW)
    rows = visible_reviews(by).exclude(state=Review.State.PUBLISHED)
    late = CorrectiveAction.objects.filter(organisation_id=by.organisation_id, state__in=(_State.OPEN, _State.GIVEN))
    return {
        "due": rows.count(),
        "late": rows.filter(Q(due_at__lt=at) | Q(state=Review.State.OPEN, schedule_by__lt=at)).count(),
        "actions": late.filter(due_at__lt=at, incident_id__in=visible_incidents(by).values("id")).count(),
    }


def get_review(*, review_id: str, by: Actor, at: datetime) -> ReviewView:
    """Return one review; raise Forbidden, NotFound."""
    row = access_review(review_id=review_id, by=by)
    entries = ReviewEntry.objects.filter(review=row).order_by("written_at", "id")[:MOST_ROWS]
    return ReviewView(
        line=_lines([row], at)[0],
        entries=tuple(_entry(each) for each in entries),
        events=_events(row),
        actions=_action_lines(CorrectiveAction.objects.filter(review=row).order_by("due_at", "id"), by, at),
        is_facilitator=row.facilitator_id != "" and row.facilitator_id == by.person_id,
    )


def find_review(*, incident_id: str, by: Actor, at: datetime) -> ReviewView | None:
    """Return the latest review of an incident, None when it has none; raise Forbidden, NotFound."""
    require(by, VIEW)
    access_incident(incident_id=incident_id, by=by)
    row = Review.objects.filter(incident_id=incident_id).order_by("-generation").first()
    return get_review(review_id=row.id, by=by, at=at) if row is not None else None


def list_actions(*, by: Actor, at: datetime, shown: str = "open") -> tuple[ActionLine, ...]:
    """Return corrective actions, the next due first; `shown` open, mine, check or done."""
    require(by, VIEW)
    rows = CorrectiveAction.objects.filter(
        organisation_id=by.organisation_id, incident_id__in=visible_incidents(by).values("id")
    )
    states = {"check": (_State.GIVEN,), "done": (_State.PROVEN, _State.ACCEPTED)}.get(
        shown, (_State.OPEN, _State.GIVEN)
    )
    rows = rows.filter(state__in=states)
    rows = rows.filter(owner_id=by.person_id or "") if shown == "mine" else rows
    return _action_lines(rows.order_by("due_at", "id")[:MOST_ROWS], by, at)


def is_published(*, incident_id: str) -> bool:
    """Return whether the review of the incident's present generation is published; for the incident's own guard."""
    generation = Incident.objects.values_list("reopen_count", flat=True).get(pk=incident_id)
    rows = Review.objects.filter(incident_id=incident_id, generation=generation, state=Review.State.PUBLISHED)
    return rows.exists()


def count_unproven(*, incident_id: str) -> int:
    """Return how many corrective actions are neither proven nor accepted for now; for the incident's own guard."""
    return CorrectiveAction.objects.filter(incident_id=incident_id, state__in=(_State.OPEN, _State.GIVEN)).count()


def role_of(event: IncidentEvent, incident: Incident) -> str:
    """Return by which role a review tells of somebody."""
    if event.actor_kind != "person":
        return "system"
    if event.actor_id == incident.commander_id:
        return "commander"
    if event.actor_id == incident.verifier_id:
        return "verifier"
    return "mentor" if event.kind == "answer" else "agent"


def _narrowed(rows: QuerySet[Review], shown: str, by: Actor, at: datetime) -> QuerySet[Review]:
    if shown == "published":
        return rows.filter(state=Review.State.PUBLISHED)
    rows = rows.exclude(state=Review.State.PUBLISHED)
    if shown == "late":
        return rows.filter(Q(due_at__lt=at) | Q(state=Review.State.OPEN, schedule_by__lt=at))
    return rows.filter(facilitator_id=by.person_id or "") if shown == "mine" else rows


def _lines(rows: list[Review], at: datetime) -> tuple[ReviewLine, ...]:
    names = names_of({each.facilitator_id for each in rows})
    open_ = CorrectiveAction.objects.filter(review__in=rows, state__in=(_State.OPEN, _State.GIVEN))
    counts = dict(open_.order_by().values_list("review_id").annotate(n=Count("id")))
    return tuple(_line(each, names, counts.get(each.id, 0), at) for each in rows)


def _line(row: Review, names: Mapping[str, str], open_actions: int, at: datetime) -> ReviewLine:
    is_done = row.state == Review.State.PUBLISHED
    return ReviewLine(
        id=row.id,
        incident_id=row.incident_id,
        number=row.number,
        level=row.level,
        incident_kind=row.incident_kind,
        type=row.type,
        why=row.why,
        state=row.state,
        facilitator=names.get(row.facilitator_id, ""),
        schedule_by=row.schedule_by,
        due_at=row.due_at,
        held_at=row.held_at,
        published_at=row.published_at,
        is_late=not is_done and row.due_at < at,
        is_waiting=row.state == Review.State.OPEN and row.schedule_by < at,
        open_actions=open_actions,
        version=row.version,
    )


def _entry(row: ReviewEntry) -> EntryLine:
    text = unseal(row.organisation_id, bytes(row.text_sealed), about=f"review.entry:{row.id}")
    return EntryLine(row.id, row.kind, row.factor, row.role, text, row.written_at)


def _events(row: Review) -> tuple[EventLine, ...]:
    incident = Incident.objects.get(pk=row.incident_id)
    referred = set(json.loads(row.references))
    protected = dict(row.protected.values_list("event_seq", "reason"))
    return tuple(
        EventLine(
            each.seq,
            each.kind,
            each.at,
            role_of(each, incident),
            each.seq in referred,
            protected.get(each.seq, ""),
        )
        for each in IncidentEvent.objects.filter(incident=incident).order_by("seq")[:MOST_EVENTS]
    )


def _action_lines(rows: QuerySet[CorrectiveAction], by: Actor, at: datetime) -> tuple[ActionLine, ...]:
    found = list(rows[:MOST_ROWS])
    names = names_of({name for each in found for name in (each.owner_id, each.checked_by, each.accepted_by)})
    return tuple(_action_line(each, names, by, at) for each in found)


def _action_line(row: CorrectiveAction, names: Mapping[str, str], by: Actor, at: datetime) -> ActionLine:
    is_open = row.state in (_State.OPEN, _State.GIVEN)
    can_check = by.grant("improvement.check") is not None and by.person_id not in (row.owner_id, row.proof_by)
    can_accept = by.grant("risk.accept") is not None and by.person_id not in (row.owner_id, row.opened_by)
    return ActionLine(
        id=row.id,
        incident_id=row.incident_id,
        review_id=row.review_id,
        kind=row.kind,
        rule=row.rule,
        text=unseal(row.organisation_id, bytes(row.text_sealed), about=f"review.action:{row.id}"),
        owner=names.get(row.owner_id, ""),
        due_at=row.due_at,
        state=row.state,
        proof_required=row.proof_required,
        proof_ref=row.proof_ref,
        checked_by=names.get(row.checked_by, ""),
        accepted_by=names.get(row.accepted_by, ""),
        accepted_until=row.accepted_until,
        is_late=is_open and row.due_at < at,
        is_mine=row.owner_id == by.person_id,
        can_check=row.state == _State.GIVEN and can_check,
        can_accept=is_open and can_accept,
    )
