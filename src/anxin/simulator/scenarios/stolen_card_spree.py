"""Stolen card: an account of today buys virtual goods of high value, many orders within the hour."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.goods import GIFT_CARD, VIRTUAL
from anxin.simulator.ordinary.shopping import order_fields
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Join, add a stolen card, and order credit and gift cards of 3 600 CNY and more 30 times or more."""
    rng, seller = stage.rng, stage.seller(goods=(7, 8))
    thief = stage.newcomer()
    session = stage.session(thief, connection=places.proxy(rng))
    stage.act(session, "account.registered", phone=thief.phone, phone_segment_kind="virtual", id_verified=False,
              channel="search", captcha_score_permille=640, form_ms=9_000)  # fmt: skip
    stage.wait(5 * MINUTE)
    card = thief.cards[0]
    stage.act(
        session, "payment_method.added", pm_token=card.token, bin=card.bin, issuer_country="CN", holder_match=False
    )
    for number in range(stage.at_least(30)):
        stage.wait(75)
        goods = (VIRTUAL, GIFT_CARD)[number % 2]
        order = stage.order(session, seller, goods=goods, amount=rng.randrange(360_000, 680_000))
        stage.accuse(card.token, loss_minor=order.amount)
        stage.act_money(session, "order.created", **order_fields(order))
        payment = stage.payment_fields(order)
        stage.act_money(session, "payment.attempted", **payment)
        stage.wait(2)
        stage.act_money(session, "payment.succeeded", **payment)
        stage.act_money(session, "order.paid", **order_fields(order))


SCENARIO = Scenario(
    name="stolen_card_spree",
    zh="盗刷：新账号高额购买虚拟商品",
    en="Stolen card spent on costly virtual goods by a new account",
    taxonomy="TXN.CARD",
    rules=("RT04", "RT05", "RT21"),
    play=play,
)
