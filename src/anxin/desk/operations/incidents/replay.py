"""Fold every incident's events again, and compare with what the database says: nothing lost, nothing counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from anxin.desk.operations.incidents.clocks.state import ClockEvent, IncidentClocks
from anxin.desk.operations.incidents.clockwork import decode_told, first_breaches, fold, get_policy, read_clocks
from anxin.desk.operations.incidents.models import ClockMark, ClockRow, Incident, IncidentEvent


@dataclass(frozen=True)
class Difference:
    """Where a replay and the database differ: `what` is state, marks, rows or incident."""

    incident_id: str
    number: int
    what: str


def replay_organisation(organisation_id: str) -> Iterator[tuple[str, tuple[Difference, ...]]]:
    """Yield each incident's id with its differences."""
    rows = Incident.objects.filter(organisation_id=organisation_id).order_by("number")
    for incident in rows.iterator(chunk_size=500):
        yield incident.id, replay(incident)


def replay(incident: Incident) -> tuple[Difference, ...]:
    """Return where folding the incident's events again gives something else than is kept."""
    clocks, marks = refold(incident)
    kept = tuple(
        (each.kind, each.generation, each.mark, each.at, each.noted_at, each.word, each.due_at)
        for each in ClockMark.objects.filter(incident=incident).order_by("seq")
    )
    found = (
        ("state", clocks == read_clocks(incident)),
        ("marks", tuple(_mark(each) for each in marks) == kept),
        ("rows", clocks is not None and _rows(clocks) == _kept_rows(incident)),
        ("incident", clocks is not None and _shown(clocks) == (incident.level, incident.due_at, incident.clock_kind)),
    )
    return tuple(Difference(incident.id, incident.number, what) for what, is_same in found if not is_same)


def refold(incident: Incident) -> tuple[IncidentClocks | None, tuple[ClockEvent, ...]]:
    """Return the clocks and marks that the incident's events make."""
    clocks: IncidentClocks | None = None
    marks, breached = list[ClockEvent](), set[tuple[str, int]]()
    events = IncidentEvent.objects.filter(incident=incident).exclude(happened="").order_by("seq")
    for text in events.values_list("happened", flat=True):
        told = decode_told(text)
        clocks, written = fold(clocks, told.what, get_policy(incident.organisation_id, told.policy))
        marks += first_breaches(written, breached)
    return clocks, tuple(marks)


def _mark(each: ClockEvent) -> tuple[object, ...]:
    return each.kind, each.generation, str(each.mark), each.at, each.noted_at, each.word, each.due


def _rows(clocks: IncidentClocks) -> list[tuple[object, ...]]:
    return [
        (each.kind, each.generation, each.level, each.due, str(each.standing), each.stopped_at, each.late_at)
        for each in clocks.clocks
    ]


def _kept_rows(incident: Incident) -> list[tuple[object, ...]]:
    names = ("kind", "generation", "level", "due_at", "standing", "stopped_at", "late_at")
    return list(ClockRow.objects.filter(incident=incident).order_by("position").values_list(*names))


def _shown(clocks: IncidentClocks) -> tuple[object, ...]:
    primary = clocks.primary
    return clocks.level, primary.due if primary.is_open else None, primary.kind
