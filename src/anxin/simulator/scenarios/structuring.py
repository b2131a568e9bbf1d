"""Structuring: many transfers, each just below the limit that is reported."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import HOUR, Stage


def play(stage: Stage) -> None:
    """Send nine or more transfers of 49 000 to 49 900 CNY within nine hours."""
    mule = stage.newcomer(age_days=90)
    session = stage.session(mule)
    stage.login(session)
    for number in range(stage.at_least(9)):
        stage.wait(1 * HOUR)
        stage.transfer(session, stage.rng.randrange(4_900_000, 4_990_000), mule.payees[number % len(mule.payees)])


SCENARIO = Scenario(
    name="structuring",
    zh="拆分转账：多笔略低于限额",
    en="Structuring below the reporting limit",
    taxonomy="TXN.LAUND",
    rules=("RT15",),
    play=play,
)
