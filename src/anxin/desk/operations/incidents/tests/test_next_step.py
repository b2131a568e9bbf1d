"""The one next act in every situation, and that what is shown before a command agrees with what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.actions import disposing, ending, responding
from anxin.desk.operations.incidents.errors import GuardsUnmet
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.next_step import STEPS, Standing, acts, loop_steps, next_step
from anxin.desk.operations.incidents.stages import COMMANDS, ENDS, OPEN, Stage
from anxin.desk.operations.incidents.standing import guards_before, read_standing
from anxin.desk.operations.incidents.surroundings import MeasuresState

FRESH = Standing(Stage.IDENTIFIED, 1, NIGHT, victims=1)
WORKS = MeasuresState(effective=1, in_force=1)
LED = replace(FRESH, stage=Stage.RESPONDING, leader="night-agent", is_mine=True, is_held=True)
SAFE = replace(LED, measures=WORKS)
REACHED = replace(SAFE, is_contacted=True, is_informed=True)
DONE = replace(REACHED, stage=Stage.DISPOSING, is_loss_filled=True, is_found=True)
CHECKING = replace(DONE, stage=Stage.VERIFYING, is_other=True, may_verify=True, is_mine=False)


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (FRESH, "start"),
        (replace(FRESH, is_offered=True), "accept_handover"),
        (replace(LED, is_mine=False), "follow"),
        (replace(LED, is_held=False), "claim"),
        (LED, "protect"),
        (replace(LED, is_caring=True), "end_care"),
        (replace(LED, is_provisional=True), "protect"),
        (replace(LED, is_provisional=True, triage_left=timedelta(minutes=2)), "triage"),
        (replace(SAFE, is_provisional=True), "triage"),
        (replace(LED, level=2, promise_left=timedelta(minutes=9)), "contact"),
        (replace(LED, level=2, promise_left=timedelta(minutes=11)), "protect"),
        (replace(LED, level=2, victims=0, promise_left=timedelta(minutes=9)), "investigate"),
        (SAFE, "contact"),
        (replace(SAFE, attempts=2), "contain"),
        (replace(SAFE, victims=0), "contain"),
        (replace(SAFE, victims=0, level=2), "investigate"),
        (replace(REACHED, measures=MeasuresState(), has_decided=True), "contain"),
        (replace(REACHED, is_paused=True), "resume"),
        (REACHED, "contain"),
        (replace(DONE, is_informed=False), "inform"),
        (replace(DONE, evidence_needed=2, evidence=1), "evidence"),
        (replace(DONE, open_steps=3), "steps"),
        (replace(DONE, is_loss_filled=False), "loss"),
        (replace(DONE, is_found=False), "finding"),
        (replace(DONE, open_tasks=1), "tasks"),
        (DONE, "submit"),
        (replace(CHECKING, quiet_at=NIGHT + timedelta(hours=1)), "observe"),
        (replace(CHECKING, quiet_at=NIGHT), "verify"),
        (replace(CHECKING, is_other=False), "hand_on"),
        (replace(CHECKING, may_verify=False), "hand_on"),
        (replace(CHECKING, stage=Stage.REVIEWING), "review"),
        (replace(CHECKING, stage=Stage.REVIEWING, is_reviewed=True), "publish_review"),
        (replace(CHECKING, stage=Stage.IMPROVING, unproven=2), "prove"),
        (replace(CHECKING, stage=Stage.IMPROVING), "close"),
        (replace(CHECKING, stage=Stage.CLOSED), None),
        (replace(FRESH, stage=Stage.DISMISSED), None),
    ],
)
def test_the_next_act(now: Standing, wanted: str | None) -> None:
    found = next_step(now)
    assert (found.act.code if found is not None else None) == wanted


PENDING = MeasuresState(pending=1, unsettled=1, in_force=1)
WAITING = MeasuresState(waiting=1, unsettled=1)
FAILED = MeasuresState(failed=1, unsettled=1, fallen="failed")
HANDLED = MeasuresState(fallen="failed")
LAPSED = MeasuresState(fallen="expired")
UNDONE = MeasuresState(fallen="reverted")
DECLINED = MeasuresState(fallen="declined")
FAILED_AND_WORKS = replace(WORKS, failed=1, unsettled=1)


@pytest.mark.parametrize(
    ("measures", "before_contact", "after_contact", "disposing", "verifying"),
    [
        (MeasuresState(), "protect", "protect", "submit", "verify"),
        (WORKS, "contact", "contain", "submit", "verify"),
        (PENDING, "contact", "confirm", "confirm", "confirm"),
        (WAITING, "contact", "await_second", "await_second", "await_second"),
        (FAILED, "replace", "replace", "replace", "settle"),
        (HANDLED, "replace", "replace", "submit", "verify"),
        (LAPSED, "renew", "renew", "renew", "verify"),
        (UNDONE, "protect_again", "protect_again", "submit", "verify"),
        (DECLINED, "ask_again", "ask_again", "submit", "verify"),
        (FAILED_AND_WORKS, "contact", "contain", "settle", "settle"),
        (replace(WORKS, fallen="expired"), "contact", "contain", "submit", "verify"),
        (replace(WORKS, unowned=1), "contact", "contain", "submit", "own"),
        (replace(WORKS, mismatched=1), "contact", "contain", "submit", "differs"),
        (replace(WORKS, unanswered=1), "contact", "contain", "submit", "await_answer"),
    ],
)
def test_every_outcome_of_a_measure_has_its_next_act(
    measures: MeasuresState, before_contact: str, after_contact: str, disposing: str, verifying: str
) -> None:
    """Stop the loss first; a lapse or a failure was nobody's decision, an undone measure in the disposal was one."""
    stood = [replace(LED, measures=measures), *(replace(each, measures=measures) for each in (REACHED, DONE, CHECKING))]
    found = [next_step(each) for each in stood]
    assert [each and each.act.code for each in found] == [before_contact, after_contact, disposing, verifying]


@pytest.mark.parametrize("measures", [FAILED, HANDLED, LAPSED, UNDONE, DECLINED])
def test_who_decided_that_nothing_is_needed_is_not_asked_to_protect_again(measures: MeasuresState) -> None:
    decided = replace(REACHED, measures=measures, has_decided=True)
    assert [each and each.act.code for each in (next_step(decided),)] == ["contain"]


@pytest.mark.parametrize("outcome", ["waiting", "unowned", "mismatched", "unanswered"])
def test_what_verification_misses_comes_before_the_observation(outcome: str) -> None:
    measures = replace(WORKS, **{outcome: 1})
    observed = replace(CHECKING, quiet_at=NIGHT + timedelta(hours=1), measures=measures)
    found = next_step(observed)
    assert found is not None
    assert found.act.code != "observe"


def test_every_act_leads_to_a_command_or_a_panel_or_says_that_one_waits() -> None:
    assert {each.step for each in acts().values()} <= set(STEPS)
    assert {each.command for each in acts().values()} - {""} <= set(COMMANDS)
    assert [each.code for each in acts().values() if not each.command and not each.panel] == ["observe", "hand_on"]


FLAGS = ("is_mine", "is_held", "is_offered", "is_provisional", "is_caring", "is_paused", "has_decided", "is_reviewed")
COUNTS = ("victims", "attempts", "evidence", "evidence_needed", "open_tasks", "unproven")
OUTCOMES = ("effective", "waiting", "pending", "failed", "unowned", "mismatched", "unanswered")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(list(Stage)),
    st.sampled_from((1, 2, 3)),
    st.fixed_dictionaries({each: st.booleans() for each in FLAGS}),
    st.fixed_dictionaries({each: st.integers(0, 2) for each in COUNTS}),
    st.fixed_dictionaries({each: st.integers(0, 2) for each in OUTCOMES}),
    st.sampled_from(("", "failed", "expired", "reverted", "declined")),
)
def test_exactly_one_step_is_next_until_it_is_over(
    stage: Stage, level: int, flags: dict[str, bool], counts: dict[str, int], outcomes: dict[str, int], fallen: str
) -> None:
    measures = MeasuresState(**outcomes, fallen=fallen)  # type: ignore[arg-type]
    now = Standing(stage, level, NIGHT, leader="other", measures=measures, **flags, **counts)  # type: ignore[arg-type]
    assert [each.state for each in loop_steps(now)].count("next") == (0 if stage in ENDS else 1)
    found = next_step(now)
    if found is not None and found.act.command:
        assert stage in COMMANDS[found.act.command].stages
    assert (found is None) == (stage not in OPEN)


def test_closed_is_all_done_and_dismissed_is_not() -> None:
    closed = loop_steps(replace(CHECKING, stage=Stage.CLOSED))
    assert {each.state for each in closed} == {"done", "not_needed"}
    assert "later" in {each.state for each in loop_steps(replace(FRESH, stage=Stage.DISMISSED))}


@pytest.mark.django_db
def test_what_is_shown_before_is_what_would_be_refused(
    seen: Callable[..., Incident], around: object, agent: Actor, lead: Actor, clock: Clock
) -> None:
    incident = seen(level=2)
    responding.start(incident_id=incident.id, by=agent, at=clock.forward(minutes=1))
    _agrees("contain", incident, agent, lambda: responding.contain(incident_id=incident.id, by=agent, at=NIGHT))
    responding.record_no_action(incident_id=incident.id, code="already_stopped", by=agent, at=clock.moment)
    responding.contain(incident_id=incident.id, by=agent, at=clock.moment)
    around.measures = MeasuresState(unsettled=1, actors=frozenset({lead.person_id or ""}))  # type: ignore[attr-defined]
    around.open_steps = 1  # type: ignore[attr-defined]
    _agrees("submit", incident, agent, lambda: disposing.submit(incident_id=incident.id, by=agent, at=clock.moment))
    Incident.objects.filter(pk=incident.id).update(stage=Stage.VERIFYING)
    checks = ("sessions_revoked", "contact_restored")
    where = {"incident_id": incident.id, "by": lead, "at": clock.moment}
    _agrees("verify", incident, lead, lambda: disposing.verify(checks=checks, **where))  # type: ignore[arg-type]
    Incident.objects.filter(pk=incident.id).update(stage=Stage.IMPROVING)
    _agrees("close", incident, lead, lambda: ending.close(**where))  # type: ignore[arg-type]


def _agrees(command: str, incident: Incident, by: Actor, act: Callable[[], object]) -> None:
    row = Incident.objects.get(pk=incident.id)
    shown = guards_before(command, read_standing(row, by=by, at=row.active_at or NIGHT), row, by=by)
    with pytest.raises(GuardsUnmet) as refused:
        act()
    assert set(refused.value.unmet) == {code for code, is_met in shown if not is_met} != set()
