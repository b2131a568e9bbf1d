"""Coupon farming: a farm of accounts redeems newcomers' coupons on few devices to one address."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.ordinary.shopping import order_fields
from anxin.simulator.people import Address
from anxin.simulator.scenario import Scenario
from anxin.simulator.scene import Session
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Let 22 or more accounts on two devices claim and redeem coupons for one address within two hours."""
    rng, place = stage.rng, stage.rng.choice(places.PROVINCES)
    drop, link = stage.people.address(place), places.residential(place, rng)
    devices = [stage.people.device("android", ("rooted",)) for _ in range(2)]
    for number in range(stage.at_least(22)):
        farmer = stage.newcomer(age_days=1, place=place)
        _redeem(stage, stage.session(farmer, device=devices[number % 2], connection=link), drop)
        stage.wait(3 * MINUTE)


def play_stealthily(stage: Stage) -> None:
    """Let 20 accounts on ten phones redeem coupons for four addresses in four provinces, through five hours."""
    drops = [stage.people.address(place) for place in stage.rng.sample(places.PROVINCES, 4)]
    for number in range(20):
        drop = drops[number % 4]
        if number % 2 == 0:
            phone = stage.people.device("android")
        farmer = stage.newcomer(age_days=12, place=drop.place)
        _redeem(stage, stage.session(farmer, device=phone), drop)
        stage.wait(12 * MINUTE)


def _redeem(stage: Stage, session: Session, drop: Address) -> None:
    keys: dict[str, object] = {"campaign": "camp_new", "value": 3_000, "addr_token": drop.token}
    stage.accuse("platform")
    stage.act_money(session, "coupon.claimed", **keys)
    stage.wait(1 * MINUTE)
    order = stage.order(session, amount=3_600, address=drop)
    fields = order_fields(order, coupon_value=3_000, new_address=True)
    stage.act_money(session, "order.created", **fields)
    stage.wait(30)
    stage.act_money(session, "order.paid", **fields)
    stage.accuse("platform", loss_minor=3_000)
    stage.act_money(session, "coupon.redeemed", **keys, order_id=order.id)


SCENARIO = Scenario(
    name="coupon_farming",
    zh="薅羊毛：多账号同地址批量用券",
    en="Coupon farming to one address",
    taxonomy="TXN.COUP",
    rules=("RT06",),
    play=play,
    stealthy=play_stealthily,
)
