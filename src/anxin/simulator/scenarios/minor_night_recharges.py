"""A child at night: recharges and tips with a parent's card while the house sleeps."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """After a sign that this is a child, recharge and tip 2 900 CNY between one and four at night."""
    child = stage.victim("minor")
    session = stage.session(child)
    stage.accuse(child.id, is_fraud=False)
    stage.act(session, "minor.flagged", age_band="8-13", basis="face_and_voice", guardian_contacted=False)
    host = stage.people.serial("user")
    for number in range(9):
        stage.wait(5 * MINUTE)
        value = (19_800, 64_800, 12_800)[number % 3]
        stage.accuse(child.id, loss_minor=value, is_fraud=False)
        if number % 3 == 2:
            stage.act_money(session, "live.tipped", value=value, host_id=host, suspected_minor=True)
        else:
            stage.act_money(session, "virtual.recharged", value=value, target_account=child.id, is_third_party=False,
                            suspected_minor=True)  # fmt: skip


SCENARIO = Scenario(
    name="minor_night_recharges",
    zh="未成年人夜间大额充值打赏",
    en="Minor's recharges and tips at night",
    taxonomy="TXN.MINORBUY",
    rules=("RT17",),
    play=play,
    hours=range(1, 4),
    is_fraud=False,
)
