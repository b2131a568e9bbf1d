"""Whether the target systems say what the record says: the gateway by its log, the platform by asking it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from anxin.desk.decisioning.decisions.holds_seen import Hold, holds_seen
from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, ActorKind, Grade
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.webhooks.queries import is_listened_to
from anxin.desk.operations.measures.access import access_measure
from anxin.desk.operations.measures.errors import SamePerson
from anxin.desk.operations.measures.facts import MeasureAsked
from anxin.desk.operations.measures.models import ActionRequest, StateQuestion

_State = ActionRequest.State
ORDERED = frozenset({_State.ACCEPTED, _State.EFFECTIVE, _State.REVERTED, _State.EXPIRED})
"""Measures of which the gateway has been told: the others have nothing that could differ."""


@transaction.atomic
def ask_platform(*, measure_id: str, by: Actor, at: datetime) -> StateQuestion:
    """Ask the platform's webhook whether a measure stands there; the answer comes by `answer_question`."""
    lock_head(by.organisation_id)
    row = ActionRequest.objects.get(pk=measure_id, organisation_id=by.organisation_id)
    question = StateQuestion(
        id=new_id("msq", at=at), organisation_id=by.organisation_id, measure_id=row.id, asked_at=at
    )
    record_entry("measure.question", by=by, at=at, on=_on(row), details={"measure": row.kind})
    question.save(force_insert=True)
    asked = MeasureAsked(row.id, question.id, row.kind, row.entity_kind, row.entity_key)
    publish_fact(asked, organisation_id=by.organisation_id, at=at)
    return question


@transaction.atomic
def answer_question(*, measure_id: str, is_standing: bool, receipt: str, by: Actor, at: datetime) -> StateQuestion:
    """Take what the platform says of a measure: it stands there, or it does not; the latest answer counts.

    The platform's account answers itself. Where its webhook is dead, somebody else than the orderer may write down what
    its duty desk said on the phone. Raise Forbidden, NotFound, SamePerson.
    """
    if by.kind is ActorKind.PERSON:
        require(by, "freeze.extend", at_least=Grade.SECOND)
        row = access_measure(measure_id=measure_id, by=by)
    else:
        row = access_measure(measure_id=measure_id, by=by, permission="event.send")
    if row.requested_by == by.person_id:
        raise SamePerson
    lock_head(by.organisation_id)
    questions = StateQuestion.objects.select_for_update().filter(measure_id=row.id)
    question = questions.order_by("-asked_at", "-id").first()
    if question is None:
        question = StateQuestion(
            id=new_id("msq", at=at), organisation_id=by.organisation_id, measure_id=row.id, asked_at=at
        )
    answer = "standing" if is_standing else "ended"
    record_entry("measure.answer", by=by, at=at, on=_on(row), details={"measure": row.kind, "answer": answer})
    question.answer, question.answered_at, question.receipt = answer, at, receipt[:128]
    question.answered_by = by.label
    question.save()
    return question


def list_unasked(*, incident_id: str, since: datetime) -> tuple[str, ...]:
    """Return the measures of an incident of which the platform was not asked since a moment."""
    rows = ActionRequest.objects.filter(incident_id=incident_id, state__in=ORDERED)
    asked = StateQuestion.objects.filter(measure_id__in=rows.values("id"), asked_at__gte=since)
    return tuple(rows.exclude(pk__in=asked.values("measure_id")).order_by("id").values_list("id", flat=True))


def count_mismatched(rows: Iterable[ActionRequest], *, at: datetime) -> int:
    """Return of how many measures a target system does not say what the record says.

    The gateway's log must show the hold of a standing measure, and none of an ended one unless another order took its
    place. A platform that listens must have answered, and answered the same.
    """
    told = [each for each in rows if each.state in ORDERED]
    if not told:
        return 0
    organisation_id = told[0].organisation_id
    held = holds_seen(organisation_id, {each.entity_key for each in told}, at=at)
    others = _standing_elsewhere(told)
    answers = _answers(told)
    has_listener = is_listened_to(organisation_id, MeasureAsked.kind)
    return sum(
        not (_gateway_agrees(each, held, others) and _platform_agrees(each, answers.get(each.id), has_listener))
        for each in told
    )


def count_unowned(rows: Iterable[ActionRequest]) -> int:
    """Return how many standing measures nobody answers for: who ordered and who reviewed them are gone."""
    standing = [each for each in rows if each.ended_at is None and each.state in ORDERED]
    ids = {name for each in standing for name in (each.requested_by, each.reviewed_by) if name}
    here = set(Person.objects.filter(pk__in=ids, is_active=True, left_at=None).values_list("id", flat=True))
    return sum(not {each.requested_by, each.reviewed_by} & here for each in standing)


def _gateway_agrees(row: ActionRequest, held: frozenset[Hold], others: frozenset[Hold]) -> bool:
    hold = (row.entity_kind, row.entity_key, row.kind)
    return hold in held if row.ended_at is None else hold not in held or hold in others


def _platform_agrees(row: ActionRequest, question: StateQuestion | None, has_listener: bool) -> bool:
    if question is None or not question.answer:
        return not has_listener
    return (question.answer == "standing") == (row.ended_at is None)


def _standing_elsewhere(rows: Iterable[ActionRequest]) -> frozenset[Hold]:
    """Return what stands by a later order of the same measure about the same entity."""
    told = tuple(rows)
    later = ActionRequest.objects.filter(
        organisation_id=told[0].organisation_id, entity_key__in={each.entity_key for each in told}, ended_at=None
    )
    return frozenset(later.exclude(state=_State.WAITING).values_list("entity_kind", "entity_key", "kind"))


def _answers(rows: Iterable[ActionRequest]) -> Mapping[str, StateQuestion]:
    """Return the latest question about each measure that was asked at all."""
    asked = StateQuestion.objects.filter(measure_id__in=[each.id for each in rows]).order_by("asked_at", "id")
    return {each.measure_id: each for each in asked}


def _on(row: ActionRequest) -> tuple[str, str]:
    return row.entity_kind, row.entity_key
