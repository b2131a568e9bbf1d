"""Pass-through wallet: money of many victims comes in and leaves to many payees within minutes."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import HOUR, Stage


def play(stage: Stage) -> None:
    """Receive four sums, pass nearly all on to fourteen or more payees; police name the account later."""
    rng, mule = stage.rng, stage.newcomer(age_days=40)
    session = stage.session(mule, connection=places.proxy(rng))
    stage.login(session, new_city=True)
    total = 0
    for _ in range(4):
        stage.wait(70)
        amount = rng.randrange(600_000, 1_500_000)
        total += amount
        stage.act_money(session, "wallet.received", amount=amount, payer_id=stage.victim().id)
    count = stage.at_least(14)
    for number in range(count):
        stage.wait(55)
        part = total // 3 if number == 0 else total * 3 // (5 * count)
        stage.accuse(loss_minor=part)
        stage.transfer(session, part, stage.people.serial("payee"), new_payee=True)
    stage.wait(6 * HOUR)
    stage.accuse()
    stage.act_system("notice.received", notice_from="police", target_id=mule.id, kind="fraud_account")


SCENARIO = Scenario(
    name="wallet_laundering",
    zh="跑分：资金快进快出、分散转给多人",
    en="In-and-out wallet laundering",
    taxonomy="TXN.LAUND",
    rules=("RT16", "RA13"),
    play=play,
)
