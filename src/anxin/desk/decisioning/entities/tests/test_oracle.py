"""What the view tells of everybody in a simulated day is what a plain scan of the log tells."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from itertools import islice

import msgspec
import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Logged, Night
from anxin.desk.decisioning.decisions.models import EntityLink
from anxin.desk.decisioning.entities.queries import get_entity
from anxin.desk.decisioning.entities.timeline import list_timeline
from anxin.desk.foundation.edge.actor import Actor
from anxin.engine.decision import Decision
from anxin.engine.log.records import DecisionRecord
from anxin.simulator.simulator import Simulator

NAMING = {
    "user": (
        "actor_id", "to_id", "target_id", "target_account", "host_id", "inviter_id", "payer_id", "rider_id",
        "old_account_id",
    ),
    "device": ("device_id",),
    "merchant": ("seller_id",),
    "card": ("pm_token",),
    "order": ("order_id",),
}  # fmt: skip
NO_USER = ("agent.", "rule.", "list.", "model.", "alert.")
LIVE = ("live.session_started", "live.ended")


def scanned(records: list[Logged]) -> dict[tuple[str, str], list[tuple[int, str, str]]]:
    """Return by entity (occurred_at, event id, verdict) of each event that names it, straight from the log."""
    found: dict[tuple[str, str], list[tuple[int, str, str]]] = defaultdict(list)
    for each in records:
        record = each.record
        if not isinstance(record, DecisionRecord):
            continue
        event = msgspec.json.decode(record.event)
        verdict = msgspec.json.decode(record.answer, type=Decision).verdict
        for kind, fields in NAMING.items():
            named = {event[field] for field in fields if event.get(field) and _names(record.event_type, field)}
            for key in named:
                found[kind, key].append((event["occurred_at"], record.event_id, verdict))
    return found


def _names(event_type: str, field: str) -> bool:
    if field == "actor_id":
        return not event_type.startswith(NO_USER)
    if field == "host_id":
        return event_type not in LIVE
    return not (field == "target_id" and event_type == "notice.received")


@pytest.fixture
def day(night: Night) -> list[Logged]:
    stream = Simulator(11, events=1_500, attack_share=0.2).stream()
    night.log(*islice((item.event for item in stream if not item.is_retry), 1_500))
    records = night.records
    night.project()
    return records


def test_timelines_and_counts_are_those_of_a_scan(day: list[Logged], actor: Callable[..., Actor]) -> None:
    by, expected = actor("specialist"), scanned(day)
    busiest = sorted(expected, key=lambda name: (-len(expected[name]), name))[:12]
    quiet = sorted(expected)[:: max(1, len(expected) // 40)]
    for kind, key in (*busiest, *quiet):
        told, cursor = [], None
        while True:
            page = list_timeline(kind=kind, key=key, by=by, cursor=cursor, limit=17)
            told += [(item.line.occurred_at, item.line.event_id) for item in page.items if item.line is not None]
            cursor = page.cursor
            if cursor is None:
                break
        happened = expected[kind, key]
        assert Counter(event_id for _, event_id in told) == Counter(event_id for _, event_id, _ in happened)
        assert [at for at, _ in told] == sorted((at for at, _ in told), reverse=True)
        view = get_entity(kind=kind, key=key, by=by, at=NIGHT + timedelta(days=1))
        assert view.counts is not None
        verdicts = Counter(verdict for _, _, verdict in happened)
        assert (view.counts.events, view.counts.held, view.counts.blocked) == (
            len(happened),
            verdicts["hold"],
            verdicts["block"],
        )


def test_links_are_counted_once_each(day: list[Logged]) -> None:
    assert EntityLink.objects.exists()
    pairs = list(EntityLink.objects.values_list("entity_id", "other_id"))
    assert len(pairs) == len(set(pairs))
    assert all(one < other for one, other in pairs)
