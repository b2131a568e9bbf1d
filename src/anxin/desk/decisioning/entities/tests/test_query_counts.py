"""How many queries each read makes: the same for one event and for many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, event
from anxin.desk.decisioning.decisions.explained import get_decision
from anxin.desk.decisioning.decisions.queries import DecisionFilter, list_decisions
from anxin.desk.decisioning.entities.graph import list_links
from anxin.desk.decisioning.entities.queries import compare_entities, get_entity, get_risk
from anxin.desk.decisioning.entities.search import find_entities
from anxin.desk.decisioning.entities.timeline import list_timeline
from anxin.desk.foundation.edge.actor import Actor

LATER = NIGHT + timedelta(hours=1)
READS: dict[str, tuple[int, Callable[[Actor], object]]] = {
    "entity": (3, lambda by: get_entity(kind="user", key="u1", by=by, at=LATER)),
    "risk": (4, lambda by: get_risk(kind="user", key="u1", by=by, at=LATER)),
    "timeline": (8, lambda by: list_timeline(kind="user", key="u1", by=by, limit=200)),
    "links": (8, lambda by: list_links(kind="user", key="u1", by=by, at=LATER)),
    "comparison": (11, lambda by: compare_entities(one=("user", "u1"), other=("device", "d-u1"), by=by, at=LATER)),
    "decisions": (3, lambda by: list_decisions(DecisionFilter(), by=by, limit=200)),
    "decision": (11, lambda by: get_decision(event_id="e1", by=by)),
    "search": (5, lambda by: find_entities("u1", by=by, at=LATER)),
}


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """Count the queries of all databases."""
    with ExitStack() as stack:
        distinct = {id(connection): connection for connection in connections.all()}
        found = [stack.enter_context(CaptureQueriesContext(each)) for each in distinct.values()]
        yield lambda: sum(len(each) for each in found)


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("events", [2, 60])
def test_a_read_makes_as_many_queries_for_many_events_as_for_few(
    night: Night, actor: Callable[..., Actor], name: str, events: int
) -> None:
    by = actor("specialist")
    happened = [event(1, ip="10.0.0.1", phone="13800138000")]
    happened += [event(number, ip=f"10.0.{number}.1", phone=f"1390013{number:04}") for number in range(2, events + 1)]
    night.happened(*happened)
    most, ask = READS[name]
    with counted() as count:
        ask(by)
    assert count() == most
