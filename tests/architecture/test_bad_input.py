"""Every kind of bad input has its tests, and every test named for one exists."""

from __future__ import annotations

import re
from functools import cache

import pytest
import yaml

from tests.architecture.source import ROOT

EVENT_KINDS = {
    "malformed JSON",
    "unknown event type",
    "wrong type",
    "missing id",
    "huge body",
    "deep nesting",
    "NaN",
    "negative money",
    "mixed currencies",
    "far-future time",
    "far-past time",
}
"""What an event may be; these come in at every door that takes events."""

KINDS = EVENT_KINDS | {
    "duplicate id with another body",
    "unknown key",
    "revoked key",
    "over-limit caller",
    "client that stalls",
    "policy with an error at line and column",
    "rule that divides by zero",
    "rule that meets a missing value",
    "hostile expression: escape",
    "hostile expression: explosion",
    "hostile expression: catastrophic pattern",
    "disk full",
    "truncated log bytes",
    "flipped log bytes",
    "snapshot from another version",
    "control stream that goes back",
}
PLACE = re.compile(r"([\w/]+\.py)::(test_\w+)(?:\[([^\]]+)\])?")
TABLE: dict[str, dict[str, list[str]]] = yaml.safe_load((ROOT / "tests/bad_input.yaml").read_text(encoding="utf-8"))
PLACES = sorted({place for doors in TABLE.values() for places in doors.values() for place in places})


@cache
def text_of(file: str) -> str:
    path = ROOT / file
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def test_every_kind_of_bad_input_has_a_test() -> None:
    assert set(TABLE) == KINDS
    assert [kind for kind, doors in TABLE.items() if not doors or not all(doors.values())] == []


@pytest.mark.parametrize("kind", sorted(EVENT_KINDS))
def test_bad_events_are_tried_at_every_door_for_events(kind: str) -> None:
    assert {"gateway", "batch", "decide", "backtest"} <= set(TABLE[kind])


@pytest.mark.parametrize("place", PLACES)
def test_every_named_test_exists(place: str) -> None:
    found = PLACE.fullmatch(place)
    assert found is not None
    file, name, case = found.groups()
    assert f"def {name}(" in text_of(file)
    assert case is None or f'"{case}"' in text_of(file) + text_of("tests/journeys/bad_events.py")
