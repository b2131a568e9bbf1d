"""Insider favours: one member of staff grants goodwill refunds to a circle of linked users."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Approve nine or more goodwill refunds to three accounts of one address within four hours."""
    insider, first = stage.staff(), stage.newcomer(age_days=300)
    circle = [first, stage.newcomer(age_days=200), stage.newcomer(age_days=100)]
    for number in range(stage.at_least(9)):
        friend = circle[number % 3]
        session = stage.session(friend)
        order = stage.order(session, amount=stage.rng.randrange(15_000, 48_000), address=first.addresses[0])
        stage.accuse("platform", loss_minor=order.amount)
        fields: dict[str, object] = {**order.keys, "refund_type": "only_refund", "amount": order.amount}
        stage.act_money(session, "refund.approved", **fields, approver_id=insider.id, is_goodwill=True,
                        addr_token=first.addresses[0].token)  # fmt: skip
        stage.act_staff(insider, "agent.acted", action="goodwill", target_id=friend.id, reason="goodwill",
                        within_limits=False, amount=order.amount, currency="CNY")  # fmt: skip
        stage.wait(10 * MINUTE)
        stage.act_money(session, "refund.paid", **fields)
        stage.wait(15 * MINUTE)


SCENARIO = Scenario(
    name="insider_refunds",
    zh="内部人员向关联用户发放补偿",
    en="Goodwill refunds to linked users by one member of staff",
    taxonomy="INS.FAV",
    rules=("RI04",),
    play=play,
)
