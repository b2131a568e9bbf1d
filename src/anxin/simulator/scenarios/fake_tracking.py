"""Fake tracking: a shop takes money, reuses one waybill, and sends nothing to the buyers."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.goods import APPAREL
from anxin.simulator.ordinary.order import Order
from anxin.simulator.ordinary.shopping import order_fields
from anxin.simulator.scenario import Scenario
from anxin.simulator.scene import Session
from anxin.simulator.stage import HOUR, MINUTE, Stage


def play(stage: Stage) -> None:
    """Sell 40 times, ship all on three waybills to another province, and let buyers miss their parcels and dispute."""
    rng, seller = stage.rng, stage.seller(goods=(0, 2))
    owner = stage.session(seller.owner, actor_type="seller")
    waybills = [stage.people.serial("wb") for _ in range(3)]
    orders = []
    for number in range(40):
        buyer = stage.session(stage.victim())
        order = stage.order(buyer, seller, goods=APPAREL, amount=rng.randrange(8_000, 30_000))
        stage.accuse(buyer.user.id, loss_minor=order.amount)
        stage.act_money(buyer, "order.created", **order_fields(order))
        stage.act_money(buyer, "payment.succeeded", **stage.payment_fields(order))
        stage.act_money(buyer, "order.paid", **order_fields(order))
        stage.wait(4 * MINUTE)
        orders.append((buyer, order))
        if number < 12:
            _ship_nowhere(stage, owner, order, waybills[number % 3])
    stage.wait(2 * HOUR)
    for buyer, order in orders[:9]:
        stage.wait(10 * MINUTE)
        stage.accuse(buyer.user.id, loss_minor=order.amount)
        stage.act_money(buyer, "order.not_received", **order.keys, amount=order.amount)
    for buyer, order in orders[9:13]:
        stage.wait(10 * MINUTE)
        stage.accuse(buyer.user.id, loss_minor=order.amount)
        stage.act_money(buyer, "payment.disputed", **order.keys, amount=order.amount, reason_code="not_received",
                        pm_token=buyer.user.cards[0].token, payee_id=f"payee_{seller.id}")  # fmt: skip


def _ship_nowhere(stage: Stage, owner: Session, order: Order, waybill: str) -> None:
    elsewhere = places.other_places(order.address.place, 1, stage.rng)[0].code
    stage.act(owner, "order.shipped", **order.keys, waybill_token=waybill, carrier="carrier-swift", weight_g=90,
              expected_weight_g=620, buyer_province=order.address.place.code or "abroad",
              route_provinces=[elsewhere], route_reaches_buyer=False)  # fmt: skip


SCENARIO = Scenario(
    name="fake_tracking",
    zh="虚假发货：运单重复、路线不到买家",
    en="Fake tracking and missing parcels",
    taxonomy="TXN.SELL",
    rules=("RT13", "RT14"),
    play=play,
)
