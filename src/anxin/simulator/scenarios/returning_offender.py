"""Returning offender: a fraud of this account is confirmed, and it goes on buying."""

from __future__ import annotations

from anxin.simulator.goods import ELECTRONICS
from anxin.simulator.ordinary.shopping import order_fields
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import HOUR, Stage


def play(stage: Stage) -> None:
    """Order and pay twice in the hours after people confirmed a fraud."""
    offender = stage.newcomer(age_days=40)
    session = stage.session(offender)
    with stage.groundwork():
        stage.act_system("label.recorded", actor_id=offender.id, label="stolen_card_spree", source="case_verdict",
                         is_fraud=True)  # fmt: skip
    for _ in range(2):
        stage.wait(2 * HOUR)
        order = stage.order(session, goods=ELECTRONICS, amount=stage.rng.randrange(40_000, 90_000))
        stage.accuse(order.seller.id, loss_minor=order.amount)
        stage.act_money(session, "order.created", **order_fields(order))
        stage.wait(30)
        payment = stage.payment_fields(order)
        stage.act_money(session, "payment.attempted", **payment)
        stage.wait(2)
        stage.act_money(session, "payment.succeeded", **payment)
        stage.act_money(session, "order.paid", **order_fields(order))


SCENARIO = Scenario(
    name="returning_offender",
    zh="确认欺诈后仍继续下单",
    en="More orders after a confirmed fraud",
    taxonomy="TXN.CARD",
    rules=("RT24",),
    play=play,
)
