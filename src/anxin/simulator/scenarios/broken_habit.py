"""Broken habit: an account that lives by day sends money in the small hours, from one network after another."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import DAY, MINUTE, Stage


def play(stage: Stage) -> None:
    """Live by day, then, two nights later, send money three times over three networks of one session."""
    owner = stage.newcomer(age_days=300)
    with stage.groundwork():
        for _ in range(24):
            stage.login(stage.session(owner))
            stage.wait(20 * MINUTE)
    stage.wait(DAY, spread=0)
    stage.wait_for_hour(2)
    stage.wait(20 * MINUTE)
    stage.accuse(owner.id)
    session = stage.session(owner)
    stage.login(session)
    first = stage.rng.randrange(60)
    for number in range(3):
        stage.wait(2 * MINUTE)
        session.envelope["ip"] = f"10.{180 + first + number}.4.7"
        stage.accuse(owner.id, loss_minor=20_000)
        stage.transfer(session, 20_000, owner.payees[0])


SCENARIO = Scenario(
    name="broken_habit",
    zh="一反常态：从不熬夜的账号深夜转账并频换网络",
    en="Night transfers over changing networks, unlike the owner",
    taxonomy="ACC.SESS",
    rules=("RA19", "RT23"),
    play=play,
    hours=range(8, 15),
)
