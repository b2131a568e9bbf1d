"""Card testing: one device tries many stolen cards with tiny amounts to see which are alive."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.goods import VIRTUAL
from anxin.simulator.ordinary.order import Order
from anxin.simulator.scenario import Scenario
from anxin.simulator.scene import Session
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Try 24 or more cards with at most 5 CNY each within twenty minutes; most are declined."""
    rng, seller = stage.rng, stage.seller(goods=(7, 8))
    tester = stage.newcomer(age_days=2)
    session = stage.session(tester, device=stage.people.device("web"), connection=places.proxy(rng))
    stage.login(session, new_device=True, new_city=True)
    for _ in range(stage.at_least(24)):
        stage.wait(45)
        _try_card(stage, session, stage.order(session, seller, goods=VIRTUAL, amount=rng.randrange(100, 480)))


def play_stealthily(stage: Stage) -> None:
    """Try two cards on each of 14 phones and accounts, far apart, with the amounts of small purchases."""
    for _ in range(14):
        session = stage.session(stage.newcomer(age_days=40))
        stage.login(session)
        for _ in range(2):
            stage.wait(12 * MINUTE)
            _try_card(stage, session, stage.order(session, goods=VIRTUAL, amount=stage.rng.randrange(900, 2_900)))


def _try_card(stage: Stage, session: Session, order: Order) -> None:
    card = stage.people.card()
    is_alive = stage.rng.random() < 0.2
    stage.accuse(card.token, loss_minor=order.amount if is_alive else 0)
    payment = stage.payment_fields(order, pm_token=card.token, bin=card.bin)
    stage.act_money(session, "payment.attempted", **payment)
    stage.wait(2)
    if is_alive:
        stage.act_money(session, "payment.succeeded", **payment)
        return
    declined = {k: payment[k] for k in ("order_id", "seller_id", "amount", "pm_token", "bin", "payee_id")}
    stage.act_money(session, "payment.declined", **declined, decline_code="do_not_honour")


SCENARIO = Scenario(
    name="card_testing",
    zh="测卡：一台设备用小额试大量卡",
    en="Card testing with tiny amounts",
    taxonomy="TXN.TEST",
    rules=("RT01", "RT26"),
    play=play,
    stealthy=play_stealthily,
)
