"""The API's document lists the codes of every text that tells how something stands."""

from __future__ import annotations

from typing import Any

import pytest

from anxin.desk.boot.api import api
from anxin.desk.boot.codes import CODES

STANDINGS = {"state", "outcome", "stage", "standing", "clock_standing", "verdict", "grade", "finding", "risk_level"}
"""How fields are named that hold one of few codes."""
CHOSEN_BY_PROVIDERS = {("PageOut", "outcome")}


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = api.get_openapi_schema()["components"]["schemas"]
    return found


def test_no_answer_tells_how_something_stands_without_its_codes(schemas: dict[str, dict[str, Any]]) -> None:
    answers = {name: each.get("properties", {}) for name, each in schemas.items() if not name.endswith("In")}
    fields = {(name, field) for name, properties in answers.items() for field in STANDINGS & properties.keys()}
    texts = {(name, field) for name, field in fields if answers[name][field].get("type") == "string"}
    assert {(name, field) for name, field in texts if not answers[name][field].get("enum")} == CHOSEN_BY_PROVIDERS
    assert len(texts) > 35


@pytest.mark.parametrize(
    ("schema", "field", "codes"),
    [
        ("DecisionLine", "verdict", ["allow", "challenge", "review", "hold", "freeze", "block"]),
        ("CheckOut", "verdict", ["high_risk", "suspicious", "no_known_risk"]),
        ("LabelOut", "state", ["waiting", "taken", "refused"]),
        ("ReplyOut", "state", ["sent", "delivered", "failed"]),
        ("BatchResultOut", "outcome", ["open", "ordered", "refused", "undone"]),
        ("GrantOut", "grade", ["request", "second", "limited", "alone"]),
        ("MeasureOut", "finding", ["", "right", "good_faith", "wrong"]),
        (
            "DeliveryLine",
            "outcome",
            ["", "accepted", "refused", "redirect", "gone", "slow", "unreachable", "inward", "sealed", "fault"],
        ),
    ],
)
def test_codes_are_those_that_the_desk_has(
    schemas: dict[str, dict[str, Any]], schema: str, field: str, codes: list[str]
) -> None:
    assert schemas[schema]["properties"][field]["enum"] == codes


def test_examples_hold_such_codes(schemas: dict[str, dict[str, Any]]) -> None:
    for name, fields in CODES.items():
        for example in schemas[name].get("examples", ()):
            assert [field for field, codes in fields.items() if field in example and example[field] not in codes] == []
