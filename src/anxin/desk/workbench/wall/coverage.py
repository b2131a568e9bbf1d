"""Who is called in the next twelve hours, as far as a rota says; a gap is a shift that calls nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.surroundings import surroundings

HOURS = 12
STEP = timedelta(hours=3)
ROLES = ("primary", "lead")


@dataclass(frozen=True)
class CoveredHour:
    """One point of time: how many people the first and the third step of the ladder would call."""

    at: datetime
    primary: int
    lead: int

    @property
    def is_gap(self) -> bool:
        """Return whether one of them would call nobody."""
        return not (self.primary and self.lead)


@dataclass(frozen=True)
class Coverage:
    """The points looked at; none when no rota says."""

    hours: tuple[CoveredHour, ...]

    @property
    def gaps(self) -> int:
        """Return at how many points somebody is missing."""
        return sum(each.is_gap for each in self.hours)


def read_coverage(*, by: Actor, at: datetime) -> Coverage:
    """Return the coverage from now on; one question tells whether there is a rota at all."""
    if _called(ROLES[0], by, at) is None:
        return Coverage(())
    points = [at + STEP * step for step in range(HOURS // 3 + 1)]
    return Coverage(tuple(CoveredHour(each, *(_called(role, by, each) or 0 for role in ROLES)) for each in points))


def _called(role: str, by: Actor, at: datetime) -> int | None:
    found = surroundings().who_is(organisation_id=by.organisation_id, role=role, site_id="", at=at)
    return None if found is None else len(found)
