"""The door to reviews: whoever may not see the incident does not see what is learnt from it."""

from __future__ import annotations

from django.db.models import QuerySet

from anxin.desk.foundation.audit.actions import lock_head
from anxin.desk.foundation.edge.actor import Actor, Grade
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.access import visible_incidents
from anxin.desk.oversight.reviews.models import Case, CorrectiveAction, Review

VIEW = "review.view"


def visible_reviews(by: Actor) -> QuerySet[Review]:
    """Return the reviews of incidents that the actor may see."""
    seen = visible_incidents(by).values("id")
    return Review.objects.filter(organisation_id=by.organisation_id, incident_id__in=seen)


def access_review(*, review_id: str, by: Actor, permission: str = VIEW) -> Review:
    """Return a review; raise Forbidden or NotFound."""
    require(by, permission)
    found = visible_reviews(by).filter(pk=review_id).first()
    if found is None:
        raise NotFound
    return found


def lock_review(*, review_id: str, by: Actor, permission: str, at_least: Grade = Grade.LIMITED) -> Review:
    """Return a review for a change, locked until the transaction ends; raise Forbidden or NotFound."""
    require(by, permission, at_least=at_least)
    lock_head(by.organisation_id)
    found = visible_reviews(by).select_for_update().filter(pk=review_id).first()
    if found is None:
        raise NotFound
    return found


def lock_action(*, action_id: str, by: Actor) -> CorrectiveAction:
    """Return a corrective action for a change, locked; the caller has asked for the permission. Raise NotFound."""
    lock_head(by.organisation_id)
    rows = CorrectiveAction.objects.select_for_update().filter(organisation_id=by.organisation_id)
    found = rows.filter(pk=action_id, incident_id__in=visible_incidents(by).values("id")).first()
    if found is None:
        raise NotFound
    return found


def visible_cases(by: Actor) -> QuerySet[Case]:
    """Return the organisation's cases; drafts only of incidents that the actor may see."""
    return Case.objects.filter(organisation_id=by.organisation_id, is_refused=False)


def access_case(*, case_id: str, by: Actor, permission: str = "case.view") -> Case:
    """Return a case of the library, or a draft of an incident that the actor may see; raise Forbidden or NotFound."""
    require(by, permission)
    found = visible_cases(by).filter(pk=case_id).first()
    if found is None or (
        found.confirmed_at is None and not visible_incidents(by).filter(pk=found.incident_id).exists()
    ):
        raise NotFound
    return found
