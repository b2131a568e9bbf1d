"""Several incidents of one organisation in one transaction: rows, clocks and marks are read once and written once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db.models import Max, Model

from anxin.desk.foundation.audit.actions import hold_head
from anxin.desk.foundation.edge.prepared import insert_row, update_row
from anxin.desk.operations.incidents.clocks.policy import SlaPolicy
from anxin.desk.operations.incidents.clocks.state import IncidentClocks, Mark
from anxin.desk.operations.incidents.models import ClockBook, ClockMark, ClockRow, Incident, IncidentEvent

_NAMED_BY: Mapping[type[Model], tuple[str, ...]] = {
    Incident: ("id",),
    ClockBook: ("incident",),
    ClockRow: ("incident", "position"),
}
"""What can be written again, and by which columns a row is known."""


@dataclass
class HeldIncidents:
    """What was read of the incidents that are held, by incident, and what waits to be written.

    `marks` is the last number given, `broken` the (kind, generation) of all breaches. Clocks are decoded when first
    asked for; promises are known by version. `called`: whom steps call, by (role, site).
    """

    incidents: Mapping[str, Incident]
    books: Mapping[str, ClockBook]
    marks: dict[str, int]
    broken: Mapping[str, set[tuple[str, int]]]
    clocks: dict[str, tuple[IncidentClocks, SlaPolicy]] = field(default_factory=dict)
    policies: dict[str, SlaPolicy] = field(default_factory=dict)
    called: dict[tuple[str, str], tuple[str, ...] | None] = field(default_factory=dict)
    added: list[IncidentEvent | ClockMark] = field(default_factory=list)
    written: dict[tuple[object, ...], Incident | ClockBook | ClockRow] = field(default_factory=dict)

    def write(self) -> None:
        """Write what waits, each kind of row in one statement."""
        for kind in _NAMED_BY:
            _write_again(kind, [each for each in self.written.values() if type(each) is kind])
        _add(self.added)


_HELD: ContextVar[HeldIncidents | None] = ContextVar("held_incidents", default=None)


def held_incidents() -> HeldIncidents | None:
    """Return what is held now, None when every act writes by itself."""
    return _HELD.get()


def keep_changed(incident: Incident) -> None:
    """Save an incident, at the end of the block when it is held."""
    held = _HELD.get()
    if held is None:
        update_row(incident)
    else:
        held.written[Incident, incident.pk] = incident


def keep_book(row: ClockBook) -> None:
    """Write the clocks of an incident, new or not."""
    held = _HELD.get()
    if held is None:
        _write_again(ClockBook, [row])
    else:
        held.written[ClockBook, row.pk] = row


def keep_clocks(rows: Sequence[ClockRow]) -> None:
    """Write clocks for reports, new or not."""
    held = _HELD.get()
    if held is None:
        _write_again(ClockRow, rows)
    else:
        held.written |= {(ClockRow, each.incident_id, each.position): each for each in rows}


def keep_added(rows: Sequence[IncidentEvent | ClockMark]) -> None:
    """Write lines that are never changed."""
    held = _HELD.get()
    if held is not None:
        held.added += rows
    elif len(rows) == 1:
        insert_row(rows[0])
    else:
        _add(rows)


def _add(rows: Sequence[IncidentEvent | ClockMark]) -> None:
    IncidentEvent.objects.bulk_create(each for each in rows if isinstance(each, IncidentEvent))
    ClockMark.objects.bulk_create(each for each in rows if isinstance(each, ClockMark))


def _write_again(kind: type[Model], rows: Sequence[Model]) -> None:
    """Insert rows; of those that are there already, write every column."""
    if not rows:
        return
    names = _NAMED_BY[kind]
    if len(rows) == 1 and kind is not Incident:
        insert_row(rows[0], again_by=names)
        return
    others = [each.name for each in kind._meta.concrete_fields if not each.primary_key and each.name not in names]
    kind._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=names, update_fields=others)


@contextmanager
def hold_incidents(organisation_id: str, ids: Sequence[str]) -> Iterator[None]:
    """Hold the head of the trail and these incidents, locked; nothing within may catch a failure.

    Within the block no other incident may be written, and one instance stands for each.
    """
    with hold_head(organisation_id):
        held = _read(organisation_id, ids)
        token = _HELD.set(held)
        try:
            yield
            held.write()
        finally:
            _HELD.reset(token)


def _read(organisation_id: str, ids: Sequence[str]) -> HeldIncidents:
    rows = Incident.objects.select_for_update().filter(pk__in=ids, organisation_id=organisation_id).order_by("pk")
    marks = ClockMark.objects.filter(incident__in=ids)
    held = HeldIncidents(
        incidents={each.pk: each for each in rows},
        books=ClockBook.objects.in_bulk(ids),
        marks=dict(marks.values_list("incident_id").annotate(last=Max("seq"))),
        broken={each: set() for each in ids},
    )
    for incident_id, kind, generation in marks.filter(mark=Mark.BREACH).values_list(
        "incident_id", "kind", "generation"
    ):
        held.broken[incident_id].add((kind, generation))
    return held
