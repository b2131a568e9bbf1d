"""Ask a mentor, and answer: within an incident with what it says by itself, or as a colleague of another department."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, ActorKind, system_actor
from anxin.desk.foundation.edge.duties import one_by_one, resting
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import forbidden, require
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.operations.incidents.access import access_consult
from anxin.desk.operations.incidents.advice import brief_of
from anxin.desk.operations.incidents.choices import require_choice
from anxin.desk.operations.incidents.errors import WrongStage
from anxin.desk.operations.incidents.facts import ConsultChanged, ConsultLate
from anxin.desk.operations.incidents.locking import lock_for, lock_own
from anxin.desk.operations.incidents.models import Consult
from anxin.desk.operations.incidents.timeline import write

ANSWER_WITHIN = timedelta(minutes=2)
"""A mentor's promise to somebody with a victim on the line."""
HELP_WITHIN = timedelta(hours=4)
"""The promise to colleagues of other departments (R15; D, 2026-11)."""
RATINGS = range(1, 6)


@transaction.atomic
def ask_mentor(
    *, incident_id: str, topic: str, question: str, by: Actor, at: datetime, version: int | None = None
) -> Consult:
    """Ask: the brief is made from the incident, nobody has to type it. The promise to the victim runs on."""
    incident = lock_for("consult", incident_id=incident_id, by=by, version=version)
    row = _opened(topic, question, by, at, ANSWER_WITHIN)
    row.incident_id, row.brief = incident.id, brief_of(incident, at=at)
    row.save(force_insert=True)
    write(incident, "consult", by=by, at=at, data={"consult": row.id, "topic": topic}, is_quiet=True)
    _publish(row, at)
    return row


@transaction.atomic
def ask_for_help(*, topic: str, question: str, by: Actor, at: datetime) -> Consult:
    """Ask without an incident (R15): a colleague of any department, or the platform for one of its users."""
    require(by, "incident.report" if by.kind is ActorKind.SERVICE else "consult.ask")
    lock_head(by.organisation_id)
    row = _opened(topic, question, by, at, HELP_WITHIN)
    row.save(force_insert=True)
    record_entry("consult.ask", by=by, at=at, on=("consult", row.id), details={"topic": topic})
    _publish(row, at)
    return row


@transaction.atomic
def answer(*, consult_id: str, text: str, by: Actor, at: datetime) -> Consult:
    """Answer; whoever asked decides. Nobody answers their own question."""
    require(by, "consult.answer")
    row = _locked(consult_id, by, ("open",))
    if row.asker_id == by.person_id:
        raise forbidden("consult.answer")
    _require_text(text)
    row.answer_sealed = seal(by.organisation_id, text, about=f"consult.answer:{row.id}", at=at)
    row.mentor_id, row.answered_at, row.state = by.person_id or "", at, "answered"
    return _tell(row, "consult.answer", by, at)


@transaction.atomic
def rate(*, consult_id: str, stars: int, by: Actor, at: datetime) -> Consult:
    """Rate the other side, 1 to 5; when the asker does, the consultation is closed."""
    row = _locked(consult_id, by, ("answered", "closed"))
    if stars not in RATINGS:
        raise FieldInvalid(pointer="/stars", field="stars", reason="1–5")
    if by.person_id == row.asker_id:
        row.asker_rating, row.closed_at, row.state = stars, at, "closed"
    elif by.person_id == row.mentor_id:
        row.mentor_rating = stars
    else:
        raise forbidden("consult.answer")
    return _tell(row, "consult.rate", by, at)


def call_for_unanswered(*, at: datetime, limit: int = 100) -> int:
    """Tell, once each, that nobody answered a question within the promise; return how many."""
    rows = Consult.objects.filter(state="open", due_at__lte=at, late_at=None).order_by("due_at")
    late = dict(rows.exclude(pk__in=resting(at)).values_list("id", "organisation_id")[:limit])
    return one_by_one(late, lambda each: _call_for(each, late[each], at), at=at)


@transaction.atomic
def _call_for(consult_id: str, organisation_id: str, at: datetime) -> int:
    lock_head(organisation_id)
    row = Consult.objects.select_for_update().filter(pk=consult_id, state="open", late_at=None).first()
    if row is None:
        return 0
    row.late_at = at
    row.save(update_fields=("late_at",))
    incident = lock_own(row.incident_id, organisation_id=organisation_id) if row.incident_id else None
    by = system_actor(organisation_id, "incidents")
    if incident is not None:
        write(incident, "consult_late", by=by, at=at, data={"consult": row.id, "topic": row.topic}, is_quiet=True)
    else:
        record_entry("consult.late", by=by, at=at, on=("consult", row.id), details={"topic": row.topic})
    publish_fact(ConsultLate(row.id, row.incident_id, row.state), organisation_id=organisation_id, at=at)
    return 1


def _opened(topic: str, question: str, by: Actor, at: datetime, within: timedelta) -> Consult:
    require_choice("topics", topic, field="topic")
    _require_text(question)
    row = Consult(
        id=new_id("con", at=at),
        organisation_id=by.organisation_id,
        topic=topic,
        asker_id=by.person_id or "",
        brief="{}",
        state="open",
        opened_at=at,
        due_at=at + within,
    )
    row.question_sealed = seal(by.organisation_id, question, about=f"consult.question:{row.id}", at=at)
    return row


def _locked(consult_id: str, by: Actor, states: tuple[str, ...]) -> Consult:
    lock_head(by.organisation_id)
    row = access_consult(consult_id=consult_id, by=by)
    if row.state not in states:
        raise WrongStage(unmet=(f"consult.{row.state}",), stage=row.state)
    return row


def _tell(row: Consult, act: str, by: Actor, at: datetime) -> Consult:
    record_entry(act, by=by, at=at, on=("consult", row.id), details={"topic": row.topic, "incident": row.incident_id})
    row.version += 1
    row.save()
    incident = lock_own(row.incident_id, organisation_id=row.organisation_id) if row.incident_id else None
    if incident is not None:
        write(incident, act.replace(".", "_"), by=by, at=at, data={"consult": row.id}, is_quiet=True)
    _publish(row, at)
    return row


def _publish(row: Consult, at: datetime) -> None:
    publish_fact(ConsultChanged(row.id, row.incident_id, row.state), organisation_id=row.organisation_id, at=at)


def _require_text(text: str) -> None:
    if not text.strip() or len(text) > 4_000:
        raise FieldInvalid(pointer="/text", field="text", reason="1–4000")
