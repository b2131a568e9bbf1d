"""Brushing ring: hired buyers order, confirm receipt at once, and praise with copied words."""

from __future__ import annotations

from anxin.simulator.goods import APPAREL
from anxin.simulator.ordinary.order import Order
from anxin.simulator.ordinary.shopping import order_fields
from anxin.simulator.scenario import Scenario
from anxin.simulator.scene import Session
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Let 14 or more hired buyers order at one shop, confirm light parcels at once, and post one of two texts."""
    rng, seller = stage.rng, stage.seller(goods=(0, 2))
    texts = [f"txt_{rng.getrandbits(40):010x}" for _ in range(2)]
    for number in range(stage.at_least(14)):
        buyer = stage.newcomer(age_days=20)
        session = stage.session(buyer)
        stage.accuse("shoppers")
        order = stage.order(session, seller, goods=APPAREL, amount=rng.randrange(9_000, 16_000))
        stage.act_money(session, "order.created", **order_fields(order))
        stage.wait(30)
        stage.act_money(session, "payment.succeeded", **stage.payment_fields(order))
        stage.act_money(session, "order.paid", **order_fields(order))
        stage.wait(3 * MINUTE)
        _confirm(stage, session, order, since_paid_s=rng.randrange(120, 300), weight_g=rng.randrange(20, 60))
        stage.wait(1 * MINUTE)
        stage.act(session, "review.posted", **order.keys, rating=5, text_hash=texts[number % 2], reward_hint=True)
        stage.wait(5 * MINUTE)


def play_stealthily(stage: Stage) -> None:
    """Let 14 hired buyers confirm parcels of a passable weight after half an hour; half of them praise in own words."""
    rng, seller = stage.rng, stage.seller(goods=(0, 2))
    for number in range(14):
        session = stage.session(stage.newcomer(age_days=60))
        stage.accuse("shoppers")
        order = stage.order(session, seller, goods=APPAREL, amount=rng.randrange(9_000, 16_000))
        stage.act_money(session, "order.created", **order_fields(order))
        stage.wait(30)
        stage.act_money(session, "payment.succeeded", **stage.payment_fields(order))
        stage.act_money(session, "order.paid", **order_fields(order))
        stage.wait(30 * MINUTE)
        _confirm(stage, session, order, since_paid_s=1_800, weight_g=rng.randrange(120, 220))
        if number % 2:
            stage.wait(1 * MINUTE)
            words = f"txt_{rng.getrandbits(40):010x}"
            stage.act(session, "review.posted", **order.keys, rating=5, text_hash=words, reward_hint=False)


def _confirm(stage: Stage, session: Session, order: Order, /, *, since_paid_s: int, weight_g: int) -> None:
    stage.act_money(
        session, "order.receipt_confirmed", **order.keys, addr_token=order.address.token, amount=order.amount,
        since_paid_s=since_paid_s, weight_g=weight_g, expected_weight_g=620, goods_class=order.goods.name,
    )  # fmt: skip


SCENARIO = Scenario(
    name="brushing_ring",
    zh="刷单炒信：秒收货、空包、复制好评",
    en="Brushing ring with instant receipts and copied reviews",
    taxonomy="TXN.BRUSH",
    rules=("RT08", "RT09"),
    play=play,
    stealthy=play_stealthily,
)
