"""Incidents for the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.actions.signals import Named
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.surroundings import Alone, MeasuresState, surroundings

VICTIM = Named("victim", "user", "u1")


class Around(Alone):
    """What surrounds incidents, as a test wants it."""

    measures = MeasuresState()
    people: tuple[str, ...] | None = None
    uncertified: frozenset[str] = frozenset()
    open_steps = 0
    is_here = True

    def measures_of(self, *, incident_id: str, at: datetime) -> MeasuresState:
        return self.measures

    def who_is(self, *, organisation_id: str, role: str, site_id: str, at: datetime) -> tuple[str, ...] | None:
        return self.people

    def is_certified(self, *, organisation_id: str, person_id: str, level: int, at: datetime) -> bool:
        return person_id not in self.uncertified

    def count_open_steps(self, *, incident_id: str) -> int:
        return self.open_steps

    def is_on_shift(self, *, by: Actor, at: datetime) -> bool:
        return self.is_here


@pytest.fixture
def around(settings: object) -> Iterator[Around]:
    """The surroundings, to be set by a test."""
    settings.INCIDENT_SURROUNDINGS = f"{__name__}.Around"  # type: ignore[attr-defined]
    found = surroundings()
    assert isinstance(found, Around)
    yield found
    found.__dict__.clear()


@pytest.fixture
def agent(actor: Callable[..., Actor]) -> Actor:
    """A specialist, alone at night."""
    return actor("specialist", username="night-agent")


@pytest.fixture
def lead(actor: Callable[..., Actor]) -> Actor:
    """The shift's lead."""
    return actor("shift_lead", username="night-lead")


@pytest.fixture
def seen(agent: Actor) -> Callable[..., Incident]:
    """Open an incident by hand: `seen(level=1)`."""

    def open_one(level: int | None = 1, kind: str = "account_takeover", by: Actor = agent, **more: object) -> Incident:
        given = {"entities": (VICTIM,), **more}
        return open_incident(Seen(kind=kind, level=level, **given), by=by, at=NIGHT)  # type: ignore[arg-type]

    return open_one
