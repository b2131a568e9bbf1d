from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.operations.incidents.clocks import happenings as happened
from anxin.desk.operations.incidents.clocks.book import absorb, apply, open_clocks
from anxin.desk.operations.incidents.clocks.lapse import advance
from anxin.desk.operations.incidents.clocks.policy import shipped_policy
from anxin.desk.operations.incidents.clocks.refusals import PauseRefused
from anxin.desk.operations.incidents.clocks.state import ClockEvent, IncidentClocks, Mark

VECTORS = read_yaml(Path(__file__).parents[1] / "vectors.yaml")["vectors"]
POLICY = shipped_policy()
PLAIN = {
    "started": happened.Started,
    "protected": happened.Protected,
    "contacted": happened.Contacted,
    "handled": happened.Handled,
    "heard": happened.Heard,
    "wrote": happened.Wrote,
    "reopened": happened.Reopened,
    "triaged": happened.Triaged,
    "owner_changed": happened.OwnerChanged,
}


def at(text: str) -> datetime:
    clock, _, milliseconds = text.partition(".")
    hours, minutes, seconds = (*clock.split(":"), "0")[:3]
    return datetime(2026, 3, 29, int(hours), int(minutes), int(seconds), int(milliseconds or 0) * 1000, UTC)


def happening(row: list[Any]) -> happened.Happening:
    when, word, *more = row
    if word in PLAIN:
        return PLAIN[word](at(when))
    if word == "raised":
        return happened.LevelRaised(at(when), more[0])
    if word == "lowered":
        return happened.LevelLowered(at(when), more[0])
    return happened.Paused(at(when), more[0], "msg_1", at(more[1]))


def opened(row: list[Any]) -> happened.Opened:
    return happened.Opened(at(row[0]), at(row[0]), row[1], is_triaged=len(row) == 2)


def run(vector: dict[str, Any]) -> tuple[IncidentClocks, list[ClockEvent]]:
    clocks, first = open_clocks(opened(vector["opened"]), POLICY)
    book = list(first)
    # Commits come in the order of their times, whatever order they are told in.
    for row in sorted(vector["then"], key=lambda each: at(each[0])):
        clocks, events = apply(clocks, happening(row), POLICY)
        book += events
    if merged := vector.get("merged"):
        other, _ = open_clocks(opened(merged["opened"]), POLICY)
        clocks, events = absorb(clocks, other, at(merged["at"]), POLICY)
        book += events
    if "asked_at" in vector:
        clocks, events = advance(clocks, at(vector["asked_at"]), POLICY)
        book += events
    return clocks, book


def seen(clocks: IncidentClocks, book: list[ClockEvent], asked_at: datetime) -> dict[str, Any]:
    """Return everything that a vector may expect."""
    clock, triage, contain = clocks.primary, clocks.find("triage"), clocks.find("contain")
    return {
        "standing": clock.standing.value,
        "kind": clock.kind,
        "level": clocks.level,
        "generation": clocks.generation,
        "zero": clock.zero,
        "due": clock.due,
        "late_at": clock.late_at,
        "noticed_at": clock.noticed_at,
        "stopped_at": clock.stopped_at,
        "remaining_seconds": clock.remaining(asked_at).total_seconds(),
        "target_seconds": clock.target.total_seconds(),
        "breaches": sum(each.mark is Mark.BREACH and each.kind != "triage" for each in book),
        "stops": sum(each.mark is Mark.STOP for each in book),
        "first": next((each.standing.value for each in clocks.clocks if each.generation == 1), None),
        "triage": triage.standing.value if triage else None,
        "contain_due": contain.due if contain else None,
    }


@pytest.mark.parametrize("vector", [each for each in VECTORS if "expect" in each], ids=lambda each: str(each["id"]))
def test_vector(vector: dict[str, Any]) -> None:
    clocks, book = run(vector)
    found = seen(clocks, book, at(vector["asked_at"]))
    expected = {
        name: at(value) if isinstance(value, str) and ":" in value else value
        for name, value in vector["expect"].items()
    }
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("vector", [each for each in VECTORS if "refused" in each], ids=lambda each: str(each["id"]))
def test_vector_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(PauseRefused) as refusal:
        run(vector)
    assert refusal.value.unmet == (vector["refused"],)


def test_every_rule_of_the_clock_has_a_vector() -> None:
    told = {rule for each in VECTORS for rule in each["rules"]}
    assert {"C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14", "C17"} <= told
