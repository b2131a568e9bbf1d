"""An organisation's own kinds and promises as text, and running promises computed anew by two people (C19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.approvals.actions import approve
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.incidents.actions import responding
from anxin.desk.operations.incidents.actions.configuring import import_kinds, set_policy
from anxin.desk.operations.incidents.actions.recomputing import ask_to_recompute, preview_recompute
from anxin.desk.operations.incidents.clocks import policy
from anxin.desk.operations.incidents.kinds import find_kind
from anxin.desk.operations.incidents.models import ClockMark, Incident, KindVersion
from anxin.desk.operations.incidents.replay import replay
from anxin.desk.operations.incidents.settings_text import export_kinds

pytestmark = pytest.mark.django_db
SHIPPED = Path(policy.__file__).with_name("policy.yaml").read_text(encoding="utf-8")
STRICTER = SHIPPED.replace('version: "2026.11"', 'version: "night-1"').replace("target: 60", "target: 40")
SOON = NIGHT + timedelta(minutes=5)


def test_what_is_exported_imports_as_nothing(lead: Actor) -> None:
    text = export_kinds(lead.organisation_id, at=NIGHT)
    assert import_kinds(text=text, by=lead, at=NIGHT) == ()
    assert not KindVersion.objects.exists()


def test_only_what_differs_comes_into_force_and_earlier_changes_stay(lead: Actor) -> None:
    import_kinds(text="kinds: {phishing: {level: 1}}", by=lead, at=NIGHT)
    raci = "{responsible: [specialist], accountable: shift_lead, consulted: [], informed: [legal]}"
    import_kinds(text=f"kinds: {{phishing: {{raci: {raci}, evidence: 2}}}}", by=lead, at=SOON)
    found = find_kind(lead.organisation_id, "phishing", at=SOON)
    assert found is not None
    assert (found.level, found.evidence, found.raci.informed) == (1, 2, ("legal",))
    assert KindVersion.objects.count() == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "kinds: []",
        "kinds: {nothing: {level: 1}}",
        "kinds: {phishing: {level: 4}}",
        "kinds: {phishing: {level: '1'}}",
        "kinds: {phishing: {level: true}}",
        "kinds: {phishing: {colour: red}}",
        "kinds: {phishing: {checks: [nothing]}}",
        "kinds: {phishing: {procedure: '../x'}}",
        "kinds: {phishing: {raci: {responsible: [], accountable: shift_lead, consulted: [], informed: []}}}",
        "kinds: {phishing: {raci: {responsible: [specialist], accountable: '', consulted: [], informed: []}}}",
        "kinds: {phishing: {raci: {responsible: [nobody], accountable: shift_lead, consulted: [], informed: []}}}",
        "kinds: {phishing: {raci: {responsible: [specialist]}}}",
        "kinds: {brushing: {level: 1}, phishing: {level: 9}}",
    ],
)
def test_a_text_that_is_wrong_changes_nothing(lead: Actor, text: str) -> None:
    with pytest.raises(FieldInvalid):
        import_kinds(text=text, by=lead, at=NIGHT)
    assert not KindVersion.objects.exists()


def test_an_agent_configures_nothing(agent: Actor) -> None:
    for call in (
        lambda: import_kinds(text="kinds: {phishing: {level: 1}}", by=agent, at=NIGHT),
        lambda: set_policy(text=STRICTER, by=agent, at=NIGHT),
        lambda: preview_recompute(by=agent, at=NIGHT),
    ):
        with pytest.raises(Forbidden):
            call()


@pytest.mark.parametrize("text", ["", "[", "version: x", STRICTER.replace("2: {kind", "5: {kind")])
def test_a_promise_that_is_not_whole_is_refused(lead: Actor, text: str) -> None:
    with pytest.raises(FieldInvalid):
        set_policy(text=text, by=lead, at=NIGHT)


def test_running_promises_are_computed_anew_by_two(
    seen: Callable[..., Incident], agent: Actor, lead: Actor, actor: Callable[..., Actor]
) -> None:
    incident = responding.start(incident_id=seen(level=2).id, by=agent, at=NIGHT)
    set_policy(text=STRICTER, by=lead, at=SOON)
    assert Incident.objects.get().due_at == NIGHT + timedelta(minutes=60)
    moved = preview_recompute(by=lead, at=SOON)
    assert [(each.number, each.new_due, each.is_late) for each in moved] == [
        (incident.number, NIGHT + timedelta(minutes=40), False)
    ]
    asked = ask_to_recompute(by=lead, at=SOON)
    assert Incident.objects.get().due_at == NIGHT + timedelta(minutes=60)
    approve(approval_id=asked.id, by=actor("compliance"), at=SOON)
    incident.refresh_from_db()
    assert incident.due_at == NIGHT + timedelta(minutes=40)
    assert ClockMark.objects.filter(incident=incident, mark="supersede").count() == 1
    assert replay(incident) == ()
    assert preview_recompute(by=lead, at=SOON) == ()
    with pytest.raises(FieldInvalid):
        ask_to_recompute(by=lead, at=SOON)


def test_the_shipped_promise_is_what_the_text_says() -> None:
    assert yaml.safe_load(STRICTER)["levels"][2]["target"] == 40
