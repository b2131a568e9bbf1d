"""Two people order the same at the same moment: one measure stands, the gateway is told once."""

from __future__ import annotations

from collections.abc import Callable

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.tests.test_at_once import at_once, pytestmark
from anxin.desk.operations.measures.actions import Target, order_measure
from anxin.desk.operations.measures.models import ActionRequest

__all__ = ["pytestmark"]


def test_of_two_who_freeze_the_same_account_one_is_heard(actor: Callable[..., Actor]) -> None:
    agent, lead = actor("specialist"), actor("shift_lead")

    def freeze(by: Actor) -> Callable[[], object]:
        target = Target("user", "u1")
        return lambda: order_measure("freeze_account", target, reason="account_theft", by=by, at=NIGHT).state

    assert sorted(map(str, at_once(freeze(agent), freeze(lead)))) == ["measure.standing", "sent"]
    assert (ActionRequest.objects.count(), ControlOrder.objects.count()) == (1, 1)
