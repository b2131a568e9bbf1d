"""Listed sources: a thief comes back with a device, a card, a page and a drop address known from earlier cases."""

from __future__ import annotations

from anxin.simulator.people import Address, Card, Device
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage

# The example entries of the shipped lists.
DEVICE, PAGE = "example-blocked-device", "www.refund-claim.example"
CARD, DROP = "example-stolen-card", "example-drop-address"


def play(stage: Stage) -> None:
    """Sign in on a black-listed device, open a listed page, pay with a listed card to a listed address."""
    thief = stage.newcomer(age_days=30)
    thief.cards = [Card(CARD, "999000")]
    session = stage.session(thief, device=Device(DEVICE, "0" * 16, "android"))
    stage.login(session, new_device=True)
    stage.wait(3 * MINUTE)
    stage.act(session, "link.clicked", domain=PAGE, verdict="unknown", source="chat")
    stage.wait(6 * MINUTE)
    order = stage.order(session, address=Address(DROP, thief.place, stage.people.serial("rcv")))
    stage.accuse(CARD, loss_minor=order.amount)
    payment = stage.payment_fields(order)
    stage.act_money(session, "payment.attempted", **payment)
    stage.wait(2)
    stage.act_money(session, "payment.succeeded", **payment)


SCENARIO = Scenario(
    name="listed_source",
    zh="黑名单来源再次出现：设备、网址、卡、收货地址",
    en="Black-listed device, page, card and drop address",
    taxonomy="TXN.CARD",
    rules=("RA15", "RC14", "RT28", "RT29"),
    play=play,
)
