"""A review opens by itself, speaks of roles, protects good faith, and is published before the incident goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from anxin.desk.conftest import Clock
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.incidents.actions import ending
from anxin.desk.operations.incidents.errors import GuardsUnmet
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.oversight.reviews.actions.opening import open_reviews
from anxin.desk.oversight.reviews.actions.writing import (
    Entry,
    protect_decision,
    publish,
    refer_to,
    reveal_who,
    schedule_review,
    write_entry,
)
from anxin.desk.oversight.reviews.errors import NamesSomebody, ReviewRefused
from anxin.desk.oversight.reviews.models import ProtectedDecision, Review, ReviewEntry
from anxin.desk.oversight.reviews.protection import Judged, without_protected
from anxin.desk.oversight.reviews.queries import count_due, find_review, get_review, list_reviews
from anxin.desk.oversight.reviews.tests.conftest import FINDING, held, published

pytestmark = pytest.mark.django_db(databases="__all__")


def test_a_review_opens_by_itself_once(verified: Callable[..., Incident], clock: Clock) -> None:
    incident = verified(level=1)
    assert (open_reviews(at=clock.moment), open_reviews(at=clock.moment)) == (1, 0)
    review = Review.objects.get()
    assert (review.incident_id, review.type, review.why, review.state) == (incident.id, "full", "level", "open")
    assert incident.verified_at is not None
    assert (review.schedule_by - incident.verified_at, review.due_at - incident.verified_at) == (
        timedelta(days=3),
        timedelta(days=7),
    )


def test_the_incident_waits_for_the_review(review: Review, lead: Actor, mentor: Actor, clock: Clock) -> None:
    with pytest.raises(GuardsUnmet) as refused:
        ending.publish_review(incident_id=review.incident_id, by=lead, at=clock.moment)
    assert refused.value.unmet == ("review.published",)
    done = published(review, mentor, lead, clock.moment)
    assert (done.state, done.published_by) == ("published", lead.person_id)
    assert Incident.objects.get().stage == "improving"


@pytest.mark.parametrize(
    ("scheduled", "written", "unmet"),
    [
        (False, False, ("review.facilitator", "review.scheduled", "review.findings")),
        (True, False, ("review.findings",)),
        (False, True, ("review.facilitator", "review.scheduled")),
    ],
)
def test_publishing_names_what_is_missing(
    review: Review, lead: Actor, mentor: Actor, clock: Clock, scheduled: bool, written: bool, unmet: tuple[str, ...]
) -> None:
    at = clock.moment
    if scheduled:
        schedule_review(review_id=review.id, held_at=at + timedelta(days=1), type_="full", by=mentor, at=at)
    if written:
        write_entry(review_id=review.id, entry=FINDING, by=mentor, at=at)
    with pytest.raises(ReviewRefused) as refused:
        publish(review_id=review.id, by=lead, at=at)
    assert refused.value.unmet == unmet
    assert (Review.objects.get().state, Incident.objects.get().stage) != ("published", "improving")


def test_who_led_the_incident_does_not_facilitate(review: Review, agent: Actor, clock: Clock) -> None:
    with pytest.raises(ReviewRefused) as refused:
        schedule_review(
            review_id=review.id, held_at=clock.moment + timedelta(days=1), type_="full", by=agent, at=clock.moment
        )
    assert refused.value.unmet == ("facilitator.other",)
    assert Review.objects.get().facilitator_id == ""


@pytest.mark.parametrize(("hours", "type_"), [(0, "full"), (8 * 24, "full"), (24, "blame")])
def test_a_date_or_type_that_cannot_be(review: Review, mentor: Actor, clock: Clock, hours: int, type_: str) -> None:
    held_at = clock.moment - timedelta(seconds=1) if not hours else clock.moment + timedelta(hours=hours)
    with pytest.raises(FieldInvalid):
        schedule_review(review_id=review.id, held_at=held_at, type_=type_, by=mentor, at=clock.moment)
    assert Review.objects.get().state == "open"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("night-agent 没有看到提醒", "colleague"),
        ("林薇没有看到提醒", "colleague"),
        ("打电话给 13800138000", "phone"),
        ("写信到 li.lei@example.com", "email"),
    ],
)
def test_a_text_that_names_somebody_is_refused(
    review: Review, mentor: Actor, clock: Clock, text: str, found: str
) -> None:
    with pytest.raises(NamesSomebody) as refused:
        write_entry(review_id=review.id, entry=Entry("finding", text, "rule"), by=mentor, at=clock.moment)
    assert refused.value.unmet == (found,)
    assert ReviewEntry.objects.count() == 0


def test_the_timeline_is_told_by_role_and_a_name_only_to_the_facilitator(
    review: Review, agent: Actor, lead: Actor, mentor: Actor, clock: Clock
) -> None:
    held(review, mentor, clock.moment)
    view = get_review(review_id=review.id, by=lead, at=clock.moment)
    roles = {each.kind: each.role for each in view.events}
    assert (roles["start"], roles["verify"]) == ("commander", "verifier")
    seq = next(each.seq for each in view.events if each.kind == "start")
    with pytest.raises(ReviewRefused):
        reveal_who(review_id=review.id, event_seq=seq, purpose="to thank", by=lead, at=clock.moment)
    assert AuditEntry.objects.filter(act="review.reveal").count() == 0
    name = reveal_who(review_id=review.id, event_seq=seq, purpose="to thank", by=mentor, at=clock.moment)
    assert (name, AuditEntry.objects.filter(act="review.reveal").count()) == ("night-agent", 1)


def test_a_decision_in_good_faith_is_seen_by_no_score(review: Review, mentor: Actor, clock: Clock) -> None:
    held(review, mentor, clock.moment)
    for _ in range(2):
        protect_decision(review_id=review.id, event_seq=2, reason="by_the_book", by=mentor, at=clock.moment)
    assert ProtectedDecision.objects.count() == 1
    mistake = Judged(review.incident_id, event_seq=2, is_mistake=True)
    other = Judged(review.incident_id, event_seq=3, is_mistake=True)
    right = Judged(review.incident_id, event_seq=2)
    counted = without_protected((mistake, other, right), organisation_id=review.organisation_id)
    assert counted == (other, right)
    assert "protect" not in {each.act for each in AuditEntry.objects.filter(actor_id="night-agent")}


def test_references_point_into_the_timeline(review: Review, mentor: Actor, clock: Clock) -> None:
    refer_to(review_id=review.id, event_seq=2, by=mentor, at=clock.moment)
    refer_to(review_id=review.id, event_seq=2, by=mentor, at=clock.moment)
    assert Review.objects.get().references == "[2]"
    with pytest.raises(ReviewRefused) as refused:
        refer_to(review_id=review.id, event_seq=999, by=mentor, at=clock.moment)
    assert refused.value.unmet == ("event.there",)


def test_a_published_review_stays_as_it_is(review: Review, lead: Actor, mentor: Actor, clock: Clock) -> None:
    published(review, mentor, lead, clock.moment)
    with pytest.raises(ReviewRefused) as refused:
        write_entry(review_id=review.id, entry=FINDING, by=mentor, at=clock.moment)
    assert refused.value.unmet == ("review.unpublished",)


def test_lists_know_what_is_late(review: Review, lead: Actor, clock: Clock) -> None:
    lines, _ = list_reviews(by=lead, at=clock.moment)
    assert [(each.number, each.is_late, each.is_waiting) for each in lines] == [(1, False, False)]
    at = clock.forward(days=4)
    assert count_due(by=lead, at=at) == {"due": 1, "late": 1, "actions": 0}
    assert [each.is_waiting for each in list_reviews(by=lead, at=at, shown="late")[0]] == [True]
    at = clock.forward(days=4)
    assert [each.is_late for each in list_reviews(by=lead, at=at, shown="late")[0]] == [True]


def test_a_reopened_incident_gets_a_review_of_its_own(review: Review, lead: Actor, mentor: Actor, clock: Clock) -> None:
    published(review, mentor, lead, clock.moment)
    Incident.objects.update(stage="reviewing", reopen_count=1, review_why="reopened")
    with pytest.raises(GuardsUnmet):
        ending.publish_review(incident_id=review.incident_id, by=lead, at=clock.moment)
    assert open_reviews(at=clock.moment) == 1
    fresh = find_review(incident_id=review.incident_id, by=lead, at=clock.moment)
    assert fresh is not None
    assert (fresh.line.type, fresh.line.state) == ("misjudgement", "open")


def test_nobody_else_comes_in(
    review: Review, actor: Callable[..., Actor], other_organisation: Organisation, clock: Clock
) -> None:
    stranger = actor("shift_lead", username="other-lead", to=other_organisation)
    with pytest.raises(NotFound):
        get_review(review_id=review.id, by=stranger, at=clock.moment)
    author = actor("rule_author", username="author")
    with pytest.raises(Forbidden):
        get_review(review_id=review.id, by=author, at=clock.moment)
    assert list_reviews(by=stranger, at=clock.moment)[0] == ()
