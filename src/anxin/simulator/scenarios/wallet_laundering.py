"""Pass-through wallet: money of many victims comes in and leaves to many payees within minutes."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import HOUR, MINUTE, Stage


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


def play_stealthily(stage: Stage) -> None:
    """Three times: receive two sums, pass two thirds on to four payees, and rest for two hours."""
    mule = stage.newcomer(age_days=40)
    session = stage.session(mule)
    stage.login(session)
    for _ in range(3):
        amounts = [stage.rng.randrange(500_000, 950_000) for _ in range(2)]
        for amount in amounts:
            stage.wait(3 * MINUTE)
            stage.accuse()
            stage.act_money(session, "wallet.received", amount=amount, payer_id=stage.victim().id)
        part = sum(amounts) // 6
        stage.accuse(loss_minor=part)
        for _ in range(4):
            stage.wait(4 * MINUTE)
            stage.transfer(session, part, stage.people.serial("payee"), new_payee=True)
        stage.wait(2 * HOUR)


SCENARIO = Scenario(
    name="wallet_laundering",
    zh="跑分：资金快进快出、分散转给多人",
    en="In-and-out wallet laundering",
    taxonomy="TXN.LAUND",
    rules=("RT16", "RA13"),
    play=play,
    stealthy=play_stealthily,
)
