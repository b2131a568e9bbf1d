"""Coupon counter: one phone redeems the coupons of account after account, each to another address."""

from __future__ import annotations

from anxin.simulator.ordinary.shopping import order_fields
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Redeem coupons of 15 accounts or more on one phone within a few hours."""
    phone = stage.people.device("android")
    for _ in range(stage.at_least(15)):
        stage.wait(12 * MINUTE)
        account = stage.newcomer(age_days=3)
        session = stage.session(account, device=phone)
        order = stage.order(session, amount=stage.rng.randrange(2_000, 5_000))
        stage.accuse("platform")
        stage.act_money(session, "order.created", **order_fields(order, coupon_value=1_000))
        stage.wait(30)
        stage.act_money(session, "order.paid", **order_fields(order, coupon_value=1_000))
        stage.accuse("platform", loss_minor=1_000)
        stage.act_money(session, "coupon.redeemed", campaign="camp_001", value=1_000, order_id=order.id,
                        addr_token=order.address.token)  # fmt: skip


SCENARIO = Scenario(
    name="coupon_counter",
    zh="代下单用券：一台手机为多个账号用券",
    en="One phone redeems the coupons of many accounts",
    taxonomy="TXN.COUP",
    rules=("RT25",),
    play=play,
)
