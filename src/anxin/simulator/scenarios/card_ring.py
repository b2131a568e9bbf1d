"""Card ring: one stolen card goes round a ring of fresh accounts."""

from __future__ import annotations

from anxin.simulator.goods import ELECTRONICS
from anxin.simulator.ordinary.shopping import order_fields
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Let nine or more accounts add and use the same card within three hours."""
    card = stage.people.card()
    for _ in range(stage.at_least(9)):
        thief = stage.newcomer(age_days=4)
        thief.cards = [card]
        session = stage.session(thief)
        stage.accuse(card.token)
        stage.login(session)
        stage.wait(1 * MINUTE)
        stage.act(session, "payment_method.added", pm_token=card.token, bin=card.bin, issuer_country="CN",
                  holder_match=False)  # fmt: skip
        stage.wait(2 * MINUTE)
        order = stage.order(session, goods=ELECTRONICS, amount=stage.rng.randrange(90_000, 180_000))
        stage.accuse(card.token, loss_minor=order.amount)
        stage.act_money(session, "order.created", **order_fields(order))
        payment = stage.payment_fields(order)
        stage.act_money(session, "payment.attempted", **payment)
        stage.wait(2)
        stage.act_money(session, "payment.succeeded", **payment)
        stage.wait(14 * MINUTE)


SCENARIO = Scenario(
    name="card_ring",
    zh="盗卡共用：同一张卡在多个账号上消费",
    en="One stolen card on many accounts",
    taxonomy="TXN.CARD",
    rules=("RT07",),
    play=play,
)
