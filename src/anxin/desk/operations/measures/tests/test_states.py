"""Every command on a measure in each state: what is not possible is refused, and nothing has changed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.operations.measures.actions import (
    Target,
    ask_for_measure,
    ask_to_extend,
    ask_to_release,
    confirm_measure,
    expire_measure,
    note_accepted,
    note_refused,
    order_measure,
    release_measure,
    review_measure,
    undo_measure,
)
from anxin.desk.operations.measures.errors import NotStanding
from anxin.desk.operations.measures.models import ActionRequest

State = ActionRequest.State
USER, SOON = Target("user", "u1"), NIGHT + timedelta(minutes=1)
STANDING = {State.SENT, State.ACCEPTED, State.EFFECTIVE, State.FAILED}
ENDED = {State.REVERTED, State.EXPIRED, State.DECLINED}
ASKED = {State.WAITING}


class People:
    """Who orders, who is second, and the platform."""

    def __init__(self, actor: Callable[..., Actor]) -> None:
        self.agent, self.lead, self.platform = actor("specialist"), actor("shift_lead"), actor("integrator")

    def bring(self, state: State) -> ActionRequest:
        """Return a measure that came to a state on its way."""
        given = {"reason": "account_theft", "by": self.agent, "at": NIGHT}
        if state in (State.WAITING, State.DECLINED):
            row = ask_for_measure("freeze_account", USER, **given)  # type: ignore[arg-type]
        else:
            row = order_measure("freeze_account", USER, **given)  # type: ignore[arg-type]
        of = {"measure_id": row.id, "organisation_id": row.organisation_id}
        receipt = {"measure_id": row.id, "receipt": "fz-1", "by": self.platform, "at": NIGHT}
        ways: Mapping[State, Callable[[], object]] = {
            State.ACCEPTED: lambda: note_accepted(**of, at=NIGHT),
            State.EFFECTIVE: lambda: confirm_measure(**receipt, has_worked=True),  # type: ignore[arg-type]
            State.FAILED: lambda: confirm_measure(**receipt, has_worked=False),  # type: ignore[arg-type]
            State.REVERTED: lambda: undo_measure(measure_id=row.id, by=self.agent, at=NIGHT),
            State.EXPIRED: lambda: expire_measure(**of, at=row.expires_at),
            State.DECLINED: lambda: undo_measure(measure_id=row.id, by=self.agent, at=NIGHT),
        }
        if state in ways:
            ways[state]()
        row.refresh_from_db()
        assert row.state == state
        return row

    def command(self, name: str, row: ActionRequest) -> object:
        """Do something with it, as whoever may."""
        of = {"measure_id": row.id, "organisation_id": row.organisation_id, "at": SOON}
        lead = {"measure_id": row.id, "note": "so", "by": self.lead, "at": SOON}
        receipt = {"measure_id": row.id, "receipt": "fz-2", "by": self.platform, "at": SOON}
        calls: Mapping[str, Callable[[], object]] = {
            "undo": lambda: undo_measure(measure_id=row.id, by=self.agent, at=SOON),
            "release": lambda: release_measure(**lead),  # type: ignore[arg-type]
            "ask to release": lambda: ask_to_release(**lead),  # type: ignore[arg-type]
            "ask to extend": lambda: ask_to_extend(**lead),  # type: ignore[arg-type]
            "review": lambda: review_measure(**lead, finding="right"),  # type: ignore[arg-type]
            "confirm": lambda: confirm_measure(**receipt, has_worked=True),  # type: ignore[arg-type]
            "accept": lambda: note_accepted(**of),  # type: ignore[arg-type]
            "refuse": lambda: note_refused(**of, why="hold.invalid"),  # type: ignore[arg-type]
            "lapse": lambda: expire_measure(**of),  # type: ignore[arg-type]
        }
        return calls[name]()


REFUSED: Mapping[str, set[State]] = {
    "undo": ENDED,
    "release": ENDED,
    "ask to release": ENDED | ASKED,
    "ask to extend": ENDED | ASKED,
    "review": {State.WAITING, State.DECLINED},
    "confirm": ASKED,
}
UNHEARD: Mapping[str, set[State]] = {
    "confirm": ENDED | {State.EFFECTIVE, State.FAILED},
    "accept": set(State) - {State.SENT},
    "refuse": set(State) - {State.SENT},
    "lapse": set(State),
}
"""What comes by itself, late, twice or too soon: nothing happens."""


TWICE = ("measure.not_standing", "approval.already_asked")


def _all(row: ActionRequest) -> tuple[object, ...]:
    counts = [each.objects.count() for each in (ControlOrder, AuditEntry, Fact, Approval)]
    return ActionRequest.objects.filter(pk=row.id).values().get(), counts


@pytest.mark.parametrize("state", list(State))
def test_what_its_state_does_not_allow_changes_nothing(actor: Callable[..., Actor], state: State) -> None:
    people = People(actor)
    row = people.bring(state)
    before = _all(row)
    for name in (each for each, states in REFUSED.items() if state in states):
        with pytest.raises(NotStanding) as refused:
            people.command(name, row)
        assert f"{state}" in refused.value.sentence("en"), name
    for name in (each for each, states in UNHEARD.items() if state in states):
        assert people.command(name, row) in (False, row), name
    assert _all(row) == before


@pytest.mark.parametrize("name", ["undo", "release", "ask to release", "ask to extend", "review", "confirm"])
def test_what_its_state_allows_is_done_once(actor: Callable[..., Actor], name: str) -> None:
    people = People(actor)
    row = people.bring(State.SENT)
    before = _all(row)
    people.command(name, row)
    after = _all(row)
    assert after != before
    # A receipt that comes twice is no mistake of anybody's.
    with (
        contextlib.nullcontext() if name == "confirm" else pytest.raises(Refusal, check=lambda each: each.code in TWICE)
    ):
        people.command(name, row)
    assert _all(row) == after


@pytest.mark.parametrize("name", ["undo", "release"])
def test_what_was_only_asked_for_is_taken_back_with_its_approval(actor: Callable[..., Actor], name: str) -> None:
    people = People(actor)
    row = people.bring(State.WAITING)
    people.command(name, row)
    row.refresh_from_db()
    assert (row.state, row.ended_at, ControlOrder.objects.count()) == ("declined", SOON, 0)
    assert list(Approval.objects.values_list("state", flat=True)) == ["declined"]
