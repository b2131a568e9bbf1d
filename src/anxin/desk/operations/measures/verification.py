"""Whether the target systems say what the record says: the gateway by its log, the platform by asking it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import DateTimeField, Exists, OuterRef, Value
from django.db.models.functions import Coalesce

from anxin.desk.decisioning.decisions.holds_seen import Hold, holds_seen
from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, ActorKind, Grade
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.webhooks.queries import is_listened_to
from anxin.desk.operations.measures.access import access_measure
from anxin.desk.operations.measures.effects import tell
from anxin.desk.operations.measures.errors import SamePerson
from anxin.desk.operations.measures.facts import MeasureAsked
from anxin.desk.operations.measures.models import ActionRequest, StateQuestion
from anxin.desk.operations.measures.outgoing import is_asked_for

_State = ActionRequest.State
ORDERED = frozenset({_State.ACCEPTED, _State.EFFECTIVE, _State.REVERTED, _State.EXPIRED})
"""Measures of which the gateway has been told: the others have nothing that could differ."""


@dataclass(frozen=True)
class Compared:
    """Of how many measures a target system says otherwise, and of how many the platform is still to say."""

    differing: int = 0
    unanswered: int = 0


@transaction.atomic
def ask_platform(*, measure_id: str, by: Actor, at: datetime) -> StateQuestion:
    """Ask the platform, by its webhook or when it next looks, whether a measure stands there."""
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
    tell(row, f"answer:{answer}", at)
    return question


def list_unasked(*, incident_id: str, since: datetime) -> tuple[str, ...]:
    """Return the measures of an incident of which the platform was not asked since a moment, nor since they ended."""
    rows = ActionRequest.objects.filter(incident_id=incident_id, state__in=ORDERED)
    ended_at = Coalesce(OuterRef("ended_at"), Value(since), output_field=DateTimeField())
    asked = StateQuestion.objects.filter(measure_id=OuterRef("id"), asked_at__gte=since).filter(asked_at__gte=ended_at)
    return tuple(rows.filter(~Exists(asked)).order_by("id").values_list("id", flat=True))


def compare_targets(rows: Iterable[ActionRequest], *, at: datetime) -> Compared:
    """Compare what the target systems say of measures with what the record says.

    The gateway's log must show the hold of a standing measure, and none of an ended one unless another order took its
    place. A platform that listens or asks must have answered the same, and after the measure ended.
    """
    told = [each for each in rows if each.state in ORDERED]
    if not told:
        return Compared()
    organisation_id = told[0].organisation_id
    held = holds_seen(organisation_id, {each.entity_key for each in told}, at=at)
    others = _standing_elsewhere(told)
    answers = _answers(told)
    said = {each.id: _platform_agrees(each, answers.get(each.id)) for each in told}
    differing = {each.id for each in told if said[each.id] is False or not _gateway_agrees(each, held, others)}
    open_ones = {each.id for each in told if said[each.id] is None} - differing
    return Compared(len(differing), len(open_ones) if open_ones and _is_awaited(organisation_id) else 0)


def awaits_answer(*, measure_id: str, by: Actor) -> bool:
    """Return whether the platform was asked about a measure, is expected to answer, and has not."""
    asked = StateQuestion.objects.filter(organisation_id=by.organisation_id, measure_id=measure_id)
    question = asked.order_by("-asked_at", "-id").first()
    if question is None:
        return False
    row = access_measure(measure_id=measure_id, by=by)
    return _platform_agrees(row, question) is None and _is_awaited(row.organisation_id)


def count_unowned(rows: Iterable[ActionRequest]) -> int:
    """Return how many standing measures nobody answers for: who ordered and who reviewed them are gone."""
    standing = [each for each in rows if each.ended_at is None and each.state in ORDERED]
    ids = {name for each in standing for name in (each.requested_by, each.reviewed_by) if name}
    here = set(Person.objects.filter(pk__in=ids, is_active=True, left_at=None).values_list("id", flat=True))
    return sum(not {each.requested_by, each.reviewed_by} & here for each in standing)


def _gateway_agrees(row: ActionRequest, held: frozenset[Hold], others: frozenset[Hold]) -> bool:
    hold = (row.entity_kind, row.entity_key, row.kind)
    return hold in held if row.ended_at is None else hold not in held or hold in others


def _is_awaited(organisation_id: str) -> bool:
    """Return whether the platform answers at all: its endpoint names the fact, or its account asks what is wanted."""
    return is_listened_to(organisation_id, MeasureAsked.kind) or is_asked_for(organisation_id)


def _platform_agrees(row: ActionRequest, question: StateQuestion | None) -> bool | None:
    """Return whether the platform said the same, None when it has not, or only before the measure ended."""
    if question is None or not question.answer or question.answered_at is None:
        return None
    if row.ended_at is not None and question.answered_at < row.ended_at:
        return None
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
