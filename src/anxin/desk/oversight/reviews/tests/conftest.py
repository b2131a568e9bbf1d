"""Incidents that wait for their review."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from anxin.desk.conftest import Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.actions import disposing
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.actions.signals import Named
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.tests.test_loop import CHECKS, disposed
from anxin.desk.oversight.reviews.actions.opening import open_reviews
from anxin.desk.oversight.reviews.actions.writing import Entry, publish, schedule_review, write_entry
from anxin.desk.oversight.reviews.models import Review

FINDING = Entry("finding", "规则没有覆盖新设备改绑", "rule", "system")


@pytest.fixture
def agent(actor: Callable[..., Actor]) -> Actor:
    """A specialist, alone at night."""
    return actor("specialist", username="night-agent")


@pytest.fixture
def lead(actor: Callable[..., Actor]) -> Actor:
    """The shift's lead."""
    return actor("shift_lead", username="night-lead")


@pytest.fixture
def mentor(actor: Callable[..., Actor]) -> Actor:
    """A mentor, who facilitates."""
    return actor("mentor", username="night-mentor")


@pytest.fixture
def verified(agent: Actor, lead: Actor, clock: Clock) -> Callable[..., Incident]:
    """Bring an incident to its review: `verified(level=1)`."""

    def verify_one(level: int = 1, cause: str = "") -> Incident:
        given = (Named("victim", "user", "u1"),)
        opened = open_incident(Seen(kind="account_takeover", level=level, entities=given), by=agent, at=clock.moment)
        incident = disposed(opened, agent, clock)
        if cause:
            Incident.objects.filter(pk=incident.id).update(cause=cause)
        at = clock.forward(hours=25)
        return disposing.verify(incident_id=incident.id, checks=CHECKS, by=lead, at=at)

    return verify_one


@pytest.fixture
def review(verified: Callable[..., Incident], clock: Clock) -> Review:
    """The review of an L1, just opened."""
    verified(level=1)
    assert open_reviews(at=clock.moment) == 1
    return Review.objects.get()


def held(review: Review, by: Actor, at: datetime) -> Review:
    """Schedule a review and write one finding."""
    schedule_review(review_id=review.id, held_at=at + timedelta(days=2), type_="full", by=by, at=at)
    write_entry(review_id=review.id, entry=FINDING, by=by, at=at)
    review.refresh_from_db()
    return review


def published(review: Review, mentor: Actor, lead: Actor, at: datetime) -> Review:
    """Hold a review and publish it."""
    held(review, mentor, at)
    return publish(review_id=review.id, by=lead, at=at)
