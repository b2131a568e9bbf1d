"""An incident whose victim can be written to, and the platform that delivers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor, ActorKind, Grade, Grant
from anxin.desk.operations.incidents.actions.responding import start
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.tests.conftest import agent, lead, seen

__all__ = ["agent", "incident", "lead", "platform", "seen"]


@pytest.fixture
def incident(seen: Callable[..., Incident], agent: Actor) -> Incident:
    """An L2 that the agent has started on."""
    return start(incident_id=seen(level=2).id, by=agent, at=NIGHT)


@pytest.fixture
def platform(agent: Actor) -> Actor:
    """The platform's program, with the one scope that it needs."""
    grants = {"reply.deliver": Grant(Grade.ALONE)}
    return Actor(agent.organisation_id, ActorKind.SERVICE, "platform", person_id="acc_1", grants=grants)
