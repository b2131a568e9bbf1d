"""Structuring: many transfers, each just below the limit that is reported."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import HOUR, MINUTE, Stage


def play(stage: Stage) -> None:
    """Send nine or more transfers of 49 000 to 49 900 CNY within nine hours."""
    mule = stage.newcomer(age_days=90)
    session = stage.session(mule)
    stage.login(session)
    for number in range(stage.at_least(9)):
        stage.wait(1 * HOUR)
        stage.transfer(session, stage.rng.randrange(4_900_000, 4_990_000), mule.payees[number % len(mule.payees)])


def play_stealthily(stage: Stage) -> None:
    """Let three accounts send four transfers each, of 36 000 to 44 000 CNY, within a day."""
    mules = [stage.newcomer(age_days=90) for _ in range(3)]
    for number in range(12):
        mule = mules[number % 3]
        session = stage.session(mule)
        stage.login(session)
        stage.wait(10 * MINUTE)
        stage.transfer(session, stage.rng.randrange(3_600_000, 4_400_000), mule.payees[0])
        stage.wait(40 * MINUTE)


SCENARIO = Scenario(
    name="structuring",
    zh="拆分转账：多笔略低于限额",
    en="Structuring below the reporting limit",
    taxonomy="TXN.LAUND",
    rules=("RT15",),
    play=play,
    stealthy=play_stealthily,
)
