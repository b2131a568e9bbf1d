"""Rule quality: hits from the projection, verdicts from incidents, by rule and version."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, event
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.measures.models import ActionRequest
from anxin.desk.oversight.analytics.rules import RuleQuality, rate_rule, rate_rules, worst_first
from anxin.desk.oversight.analytics.shares import Share

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("clock")]


def only(by: Actor) -> RuleQuality:
    (line,) = rate_rules(by=by, at=NIGHT).lines
    return line


def test_hits_and_incidents_are_counted_by_rule_and_version(made: Incident, lead: Actor) -> None:
    line = only(lead)
    assert (line.rule, line.policy.split("@")[0], line.hits, line.incidents, line.open) == (
        "TXN_MANY",
        "night",
        2,
        1,
        1,
    )
    assert (line.precision.n, line.precision.value) == (0, None)


@pytest.mark.parametrize(
    ("change", "hits", "n"),
    [
        ({"stage": "closed", "verified_at": NIGHT, "cause": "social_engineering", "commander_id": "p"}, 1, 1),
        ({"stage": "closed", "verified_at": NIGHT, "cause": "no_incident", "commander_id": "p"}, 0, 1),
        ({"stage": "dismissed", "dismissed_code": "false_alarm"}, 0, 1),
        ({"stage": "dismissed", "dismissed_code": "test"}, 0, 0),
        ({"stage": "dismissed", "dismissed_code": "duplicate"}, 0, 0),
        ({"stage": "merged"}, 0, 0),
        ({"stage": "closed", "verified_at": NIGHT, "cause": "rule_gap", "is_drill": True, "commander_id": "p"}, 0, 0),
    ],
)
def test_a_verdict_counts_once_it_is_known(
    made: Incident, lead: Actor, change: dict[str, object], hits: int, n: int
) -> None:
    Incident.objects.update(**change)
    assert (only(lead).precision.hits, only(lead).precision.n) == (hits, n)


def test_loss_stopped_and_wrong_freezes_belong_to_the_rule(made: Incident, lead: Actor) -> None:
    Incident.objects.update(
        stage="closed",
        verified_at=NIGHT,
        cause="social_engineering",
        commander_id="p",
        currency="CNY",
        at_risk_minor=500_000,
        confirmed_minor=120_000,
    )
    ActionRequest.objects.create(
        id="act_1",
        organisation_id=made.organisation_id,
        kind="freeze_account",
        entity_kind="user",
        entity_key="u1",
        reason="mule",
        incident_id=made.id,
        state="reverted",
        requested_by="p",
        requested_label="p",
        requested_at=NIGHT,
        expires_at=NIGHT,
        finding="good_faith",
    )
    assert (only(lead).stopped_minor, only(lead).wrong_freezes) == (380_000, 1)


def test_a_decision_labelled_legitimate_later_is_an_override(night: Night, lead: Actor) -> None:
    label = event(9, "label.recorded", amount=None, label="legitimate", is_fraud=False, labelled_event_id="e3")
    night.happened(*(event(number) for number in range(4)), label)
    assert (only(lead).hits, only(lead).overrides) == (2, 1)


def test_the_worst_precision_stands_first() -> None:
    quality = [(0.9, 5), (0.2, 5), (None, 9), (0.2, 50)]
    lines = [
        RuleQuality(f"R{place}", "p@1", hits, 1, 0, Share(0, 1, value, 0, 1), 0, 0, 0)
        for place, (value, hits) in enumerate(quality)
    ]
    assert [each.rule for each in sorted(lines, key=worst_first)] == ["R3", "R1", "R0", "R2"]


def test_a_rules_weeks_cover_the_period(made: Incident, lead: Actor) -> None:
    report, weeks = rate_rule("TXN_MANY", by=lead, at=NIGHT, days=30)
    assert (len(report.lines), len(weeks), weeks[-1].incidents, sum(each.incidents for each in weeks)) == (1, 5, 1, 1)
    assert rate_rule("NOBODY", by=lead, at=NIGHT)[0].lines == ()


def test_pages_and_csv(made: Incident, sign_in: Callable[..., Client]) -> None:
    client = sign_in("risk_analyst")
    page = client.get("/reports/rules/").content.decode()
    assert ("TXN_MANY" in page, "/reports/rules/TXN_MANY/" in page, "n=0" in page) == (True, True, True)
    assert "Precision by week" in client.get("/reports/rules/TXN_MANY/").content.decode()
    lines = client.get("/reports/rules/?csv=1").content.decode().splitlines()
    assert (lines[0].split(",")[:3], lines[1].split(",")[0]) == (["rule", "policy", "hits"], "TXN_MANY")
    assert client.get("/api/v1/reports/rules").json()[0]["hits"] == 2


def test_another_organisation_sees_none_of_it(
    made: Incident, actor: Callable[..., Actor], other_organisation: Organisation
) -> None:
    stranger = actor("shift_lead", username="stranger", to=other_organisation)
    assert rate_rules(by=stranger, at=NIGHT).lines == ()
