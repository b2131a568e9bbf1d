"""Reads of consultations: what waits for a mentor, what somebody asked, and the brief an incident makes by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import unseal_to_show
from anxin.desk.operations.incidents.access import access_consult, access_incident
from anxin.desk.operations.incidents.models import Consult, Incident, IncidentEvent, Party
from anxin.desk.operations.incidents.queries import names_of
from anxin.desk.operations.incidents.surroundings import surroundings

MOST_CONSULTS = 100
Known = Mapping[str, str | int | None]


@dataclass(frozen=True)
class Deed:
    """One thing that was done about the incident before it was asked: the event's kind, how often, when last."""

    kind: str
    times: int
    at: datetime


@dataclass(frozen=True)
class Briefing:
    """What a mentor reads first: what is known and what was done, ids and codes and figures, no personal value."""

    known: Known
    people: Mapping[str, int]
    done: tuple[Deed, ...]


@dataclass(frozen=True)
class ConsultLine:
    """One question with its brief and answer; `is_asker` and `is_mentor` say what this person is in it."""

    id: str
    incident_id: str
    topic: str
    state: str
    question: str
    answer: str
    briefing: Briefing | None
    asker: str
    mentor: str
    is_asker: bool
    is_mentor: bool
    opened_at: datetime
    due_at: datetime
    answered_at: datetime | None
    asker_rating: int | None
    mentor_rating: int | None


def brief_of(incident: Incident, *, at: datetime) -> str:
    """Return what an incident says by itself, as JSON of ids, codes, counts and instants."""
    measures = surroundings().measures_of(incident_id=incident.id, at=at)
    known: Known = {
        "number": incident.number,
        "kind": incident.kind,
        "level": incident.level,
        "level_reason": incident.level_reason,
        "stage": incident.stage,
        "victims": incident.victims,
        "signals": incident.signals,
        "at_risk_minor": incident.at_risk_minor,
        "confirmed_minor": incident.confirmed_minor,
        "currency": incident.currency,
        "due_at": incident.due_at.isoformat() if incident.due_at is not None else None,
        "no_action": incident.no_action_code,
        "in_force": measures.in_force,
        "unsettled": measures.unsettled,
    }
    roles = Party.objects.filter(incident_id=incident.id, moved_to="").values_list("role", flat=True)
    people = {role: list(roles).count(role) for role in set(roles)}
    return json.dumps({"known": known, "people": people, "done": _done(incident)}, sort_keys=True)


def list_consults(*, by: Actor, which: str = "open") -> tuple[ConsultLine, ...]:
    """Return questions: `open` wait for a mentor, `mine` were asked by this person, `answered` by them."""
    mine = Q(asker_id=by.person_id or "")
    if which == "open":
        require(by, "consult.answer")
        chosen = Q(state="open") & ~mine
    elif which == "answered":
        require(by, "consult.answer")
        chosen = Q(mentor_id=by.person_id or "-")
    else:
        require(by, "consult.ask")
        chosen = mine
    rows = Consult.objects.filter(chosen, organisation_id=by.organisation_id)
    return _lines(list(rows.order_by("due_at" if which == "open" else "-opened_at", "id")[:MOST_CONSULTS]), by)


def count_open(*, by: Actor) -> int:
    """Return how many questions of others wait for a mentor; raise Forbidden."""
    require(by, "consult.answer")
    rows = Consult.objects.filter(organisation_id=by.organisation_id, state="open")
    return rows.exclude(asker_id=by.person_id or "").count()


def list_consults_of(*, incident_id: str, by: Actor) -> tuple[ConsultLine, ...]:
    """Return the questions asked about an incident, oldest first; raise Forbidden or NotFound."""
    incident = access_incident(incident_id=incident_id, by=by)
    return _lines(list(Consult.objects.filter(incident_id=incident.id).order_by("opened_at", "id")[:20]), by)


def get_consult(*, consult_id: str, by: Actor) -> ConsultLine:
    """Return one question; raise NotFound."""
    return _lines([access_consult(consult_id=consult_id, by=by)], by)[0]


def _done(incident: Incident) -> list[tuple[str, int, str]]:
    """Return what was done so far, the latest last: kinds of events, how often, when last."""
    found: dict[str, tuple[int, datetime]] = {}
    rows = IncidentEvent.objects.filter(incident=incident).exclude(kind__in=("clock", "escalate", "nudge", "note"))
    for kind, at in rows.order_by("seq").values_list("kind", "at")[:500]:
        found[kind] = (found.pop(kind, (0, at))[0] + 1, at)
    return [(kind, times, at.isoformat()) for kind, (times, at) in found.items()]


def _lines(rows: list[Consult], by: Actor) -> tuple[ConsultLine, ...]:
    names = names_of({each for row in rows for each in (row.asker_id, row.mentor_id)})
    return tuple(_line(each, names, by) for each in rows)


def _line(row: Consult, names: Mapping[str, str], by: Actor) -> ConsultLine:
    answer = ""
    if row.answer_sealed is not None:
        answer = unseal_to_show(row.organisation_id, bytes(row.answer_sealed), about=f"consult.answer:{row.id}")
    return ConsultLine(
        id=row.id,
        incident_id=row.incident_id,
        topic=row.topic,
        state=row.state,
        question=unseal_to_show(row.organisation_id, bytes(row.question_sealed), about=f"consult.question:{row.id}"),
        answer=answer,
        briefing=_briefing(row.brief),
        asker=names.get(row.asker_id, ""),
        mentor=names.get(row.mentor_id, ""),
        is_asker=row.asker_id == by.person_id,
        is_mentor=bool(row.mentor_id) and row.mentor_id == by.person_id,
        opened_at=row.opened_at,
        due_at=row.due_at,
        answered_at=row.answered_at,
        asker_rating=row.asker_rating,
        mentor_rating=row.mentor_rating,
    )


def _briefing(text: str) -> Briefing | None:
    said = json.loads(text)
    if not said:
        return None
    done = tuple(Deed(kind, times, datetime.fromisoformat(at)) for kind, times, at in said.get("done", ()))
    return Briefing(said.get("known", said), said.get("people", {}), done)
