"""One incident with all that a screen shows of it; its timeline, incident and staff merged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from anxin.desk.decisioning.entities.profile import EntityView
from anxin.desk.decisioning.entities.queries import get_entity
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.vault.sealing import unseal_to_show
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.clockwork import read_clocks
from anxin.desk.operations.incidents.kinds import IncidentKind, find_kind
from anxin.desk.operations.incidents.models import Consult, Draft, Incident, IncidentEvent, Task
from anxin.desk.operations.incidents.queries import (
    IncidentLine,
    PartyLine,
    SignalLine,
    incident_line,
    list_parties,
    list_present,
    list_signals,
    names_of,
)
from anxin.desk.operations.incidents.stages import COMMANDS, Stage

MOST_EVENTS = 200
MOST_TILES = 12
_TOLD_BY_INCIDENT = "incident."


@dataclass(frozen=True)
class ClockLine:
    """One clock as it stands; `due` moves while a pause is open."""

    kind: str
    generation: int
    level: int
    zero: datetime
    due: datetime
    standing: str
    stopped_at: datetime | None
    late_at: datetime | None
    is_waived: bool


@dataclass(frozen=True)
class TaskLine:
    """A department's task."""

    id: str
    department_id: str
    state: str
    title: str
    answer: str
    due_at: datetime
    late_at: datetime | None
    version: int


@dataclass(frozen=True)
class ConsultLine:
    """A question to a mentor, and the answer, "" as long as there is none."""

    id: str
    topic: str
    state: str
    question: str
    answer: str
    opened_at: datetime
    due_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class IncidentDetail:
    """Everything about one incident but its timeline; `commands` are possible now, `present` others who look at it."""

    line: IncidentLine
    row: Incident
    kind: IncidentKind | None
    clocks: tuple[ClockLine, ...]
    parties: tuple[PartyLine, ...]
    signals: tuple[SignalLine, ...]
    tasks: tuple[TaskLine, ...]
    consults: tuple[ConsultLine, ...]
    commands: tuple[str, ...]
    present: tuple[str, ...]
    drafts: Mapping[str, str]


@dataclass(frozen=True)
class TimelineLine:
    """One thing that happened. `source` incident or staff; `data` ids, codes and counts; `note` "" when none."""

    source: str
    seq: int
    kind: str
    at: datetime
    actor: str
    data: Mapping[str, str | int | bool | None]
    note: str


def get_detail(*, incident_id: str, by: Actor, at: datetime) -> IncidentDetail:
    """Return an incident as it stands; raise Forbidden or NotFound."""
    row = access_incident(incident_id=incident_id, by=by)
    names = names_of({row.commander_id, row.holder_id})
    kind = find_kind(row.organisation_id, row.kind, at=at)
    return IncidentDetail(
        line=incident_line(row, names, {row.kind: kind.words} if kind is not None else {}, by),
        row=row,
        kind=kind,
        clocks=_clocks(row),
        parties=list_parties(row),
        signals=list_signals(row),
        tasks=_tasks(row),
        consults=_consults(row),
        commands=possible_commands(row, by),
        present=list_present(row, by=by, at=at),
        drafts=_drafts(row, by),
    )


def possible_commands(row: Incident, by: Actor) -> tuple[str, ...]:
    """Return the commands that stage and permission allow; guards may still ask for more."""
    stage = Stage(row.stage)
    return tuple(
        name
        for name, each in COMMANDS.items()
        if stage in each.stages
        and (grant := by.grant(each.permission)) is not None
        and grant.grade.rank >= each.at_least.rank
    )


def list_timeline(*, incident_id: str, by: Actor, after: int = 0, limit: int = MOST_EVENTS) -> tuple[TimelineLine, ...]:
    """Return what happened after event `after`, oldest first, with what staff did elsewhere about it in between."""
    row = access_incident(incident_id=incident_id, by=by)
    events = list(IncidentEvent.objects.filter(incident=row, seq__gt=after).order_by("seq")[: min(limit, MOST_EVENTS)])
    lines = [_event_line(each) for each in events]
    if lines:
        lines += _staff_lines(row, lines[0].at, lines[-1].at)
    return tuple(sorted(lines, key=lambda each: (each.at, each.source, each.seq)))


def list_tiles(*, incident_id: str, by: Actor, at: datetime) -> tuple[EntityView, ...]:
    """Return the risk of the people and things in an incident, worst first; those out of sight are left out."""
    row = access_incident(incident_id=incident_id, by=by)
    found = list[EntityView]()
    for party in list_parties(row)[:MOST_TILES]:
        try:
            found.append(get_entity(kind=party.entity_kind, key=party.entity_key, by=by, at=at))
        except (Forbidden, NotFound):
            continue
    return tuple(sorted(found, key=lambda each: -each.risk.score))


def _clocks(row: Incident) -> tuple[ClockLine, ...]:
    return tuple(
        ClockLine(
            each.kind,
            each.generation,
            each.level,
            each.zero,
            each.due,
            str(each.standing),
            each.stopped_at,
            each.late_at,
            each.is_waived,
        )
        for each in read_clocks(row).clocks
    )


def _tasks(row: Incident) -> tuple[TaskLine, ...]:
    return tuple(
        TaskLine(
            each.id,
            each.department_id,
            each.state,
            _open(row, each.title_sealed, f"incident.task:{each.id}"),
            _open(row, each.answer_sealed, f"incident.answer:{each.id}"),
            each.due_at,
            each.late_at,
            each.version,
        )
        for each in Task.objects.filter(incident_id=row.id).order_by("opened_at")[:100]
    )


def _consults(row: Incident) -> tuple[ConsultLine, ...]:
    return tuple(
        ConsultLine(
            each.id,
            each.topic,
            each.state,
            _open(row, each.question_sealed, f"consult.question:{each.id}"),
            _open(row, each.answer_sealed, f"consult.answer:{each.id}"),
            each.opened_at,
            each.due_at,
            each.answered_at,
        )
        for each in Consult.objects.filter(incident_id=row.id).order_by("opened_at")[:100]
    )


def _drafts(row: Incident, by: Actor) -> Mapping[str, str]:
    mine = Draft.objects.filter(incident_id=row.id, person_id=by.person_id or "").exclude(text_sealed=None)
    return {each.slot: _open(row, each.text_sealed, f"incident.draft:{each.id}") for each in mine}


def _open(row: Incident, sealed: bytes | memoryview | None, about: str) -> str:
    return unseal_to_show(row.organisation_id, bytes(sealed), about=about) if sealed is not None else ""


def _event_line(event: IncidentEvent) -> TimelineLine:
    note = ""
    if event.note_sealed is not None:
        about = f"incident.note:{event.incident_id}:{event.seq}"
        note = unseal_to_show(event.organisation_id, bytes(event.note_sealed), about=about)
    return TimelineLine("incident", event.seq, event.kind, event.at, event.actor_label, json.loads(event.data), note)


def _staff_lines(row: Incident, since: datetime, until: datetime) -> list[TimelineLine]:
    """Return what staff did about the incident outside of its own commands: approvals, reveals, exports."""
    entries = AuditEntry.objects.filter(
        organisation_id=row.organisation_id,
        object_kind="incident",
        object_id=row.id,
        at__gte=since,
        at__lte=until,
    ).exclude(act__startswith=_TOLD_BY_INCIDENT)
    return [
        TimelineLine("staff", each.seq, each.act, each.at, each.actor_label, json.loads(each.details), "")
        for each in entries.order_by("seq")[:MOST_EVENTS]
    ]
