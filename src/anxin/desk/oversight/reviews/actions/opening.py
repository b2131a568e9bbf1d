"""Open the review of an incident that asks for one: by itself, as soon as the incident is verified."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from anxin.desk.foundation.audit.actions import Detail, record_entry
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.duties import one_by_one, resting
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.operations.incidents.locking import lock_own
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.stages import Stage
from anxin.desk.oversight.reviews.facts import ReviewChanged
from anxin.desk.oversight.reviews.models import Review

SCHEDULED_WITHIN = timedelta(days=3)
PUBLISHED_WITHIN = timedelta(days=7)
TYPES = {"level": "full", "loss": "full", "reopened": "misjudgement"}
AT_ONCE = 50


def open_reviews(*, at: datetime) -> int:
    """Open what is missing, organisation by organisation; return how many."""
    everyone = Organisation.objects.values_list("id", flat=True)
    return one_by_one(everyone, lambda each: _open_of(each, at), at=at)


def _open_of(organisation_id: str, at: datetime) -> int:
    known = Review.objects.filter(incident_id=OuterRef("pk"), generation=OuterRef("reopen_count"))
    asking = Incident.objects.filter(organisation_id=organisation_id, stage=Stage.REVIEWING).filter(~Exists(known))
    found = list(asking.exclude(pk__in=resting(at)).order_by("id").values_list("id", flat=True)[:AT_ONCE])
    return one_by_one(found, lambda each: _open_one(each, organisation_id, at), at=at)


def _open_one(incident_id: str, organisation_id: str, at: datetime) -> bool:
    return open_review(incident_id=incident_id, organisation_id=organisation_id, at=at) is not None


@transaction.atomic
def open_review(*, incident_id: str, organisation_id: str, at: datetime) -> Review | None:
    """Open the review of an incident's present generation; None when it has one, or asks for none."""
    incident = lock_own(incident_id, organisation_id=organisation_id)
    if incident is None or incident.stage != Stage.REVIEWING:
        return None
    if Review.objects.filter(incident_id=incident.id, generation=incident.reopen_count).exists():
        return None
    since = incident.verified_at or at
    review = Review(
        id=new_id("rev", at=at),
        organisation_id=organisation_id,
        incident_id=incident.id,
        generation=incident.reopen_count,
        number=incident.number,
        level=incident.level,
        incident_kind=incident.kind,
        type=TYPES.get(incident.review_why, "short"),
        why=incident.review_why,
        state=Review.State.OPEN,
        opened_at=at,
        schedule_by=since + SCHEDULED_WITHIN,
        due_at=incident.review_due_at or since + PUBLISHED_WITHIN,
    )
    by = system_actor(organisation_id, "reviews")
    details: dict[str, Detail] = {"number": review.number, "why": review.why}
    record_entry("review.open", by=by, at=at, on=("review", review.id), site_id=incident.site_id, details=details)
    review.save(force_insert=True)
    fact = ReviewChanged(review.id, review.incident_id, review.state, "open")
    publish_fact(fact, organisation_id=organisation_id, at=at)
    return review
