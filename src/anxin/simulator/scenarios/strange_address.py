"""Goods to a strange address: a thief in a known account orders gold far above its habits."""

from __future__ import annotations

from anxin.simulator.goods import GOLD
from anxin.simulator.ordinary.shopping import order_fields
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """After ten usual orders, order gold for forty times the usual amount to an address never used."""
    owner = stage.victim()
    stage.pay_history(owner, payments=10, amount=9_000)
    stage.wait(40 * MINUTE)
    thief = stage.intrude(owner)
    drop = stage.people.address(thief.place)
    order = stage.order(thief, goods=GOLD, amount=388_000, address=drop)
    stage.accuse(owner.id)
    stage.login(thief, new_device=True, new_city=True)
    stage.act(thief, "address.added", addr_token=drop.token, province=drop.place.code,
              receiver_phone_token=drop.receiver_phone_token)  # fmt: skip
    stage.wait(2 * MINUTE)
    stage.accuse(owner.id, loss_minor=order.amount)
    fields = order_fields(order, new_address=True)
    stage.act_money(thief, "order.created", **fields)
    stage.wait(20)
    payment = stage.payment_fields(order, new_address=True)
    stage.act_money(thief, "payment.attempted", **payment)
    stage.wait(2)
    stage.act_money(thief, "payment.succeeded", **payment)
    stage.act_money(thief, "order.paid", **fields)


SCENARIO = Scenario(
    name="strange_address",
    zh="大额寄往新地址：远超平时的订单",
    en="Order far above habit to a new address",
    taxonomy="TXN.PAY",
    rules=("RT02",),
    play=play,
)
