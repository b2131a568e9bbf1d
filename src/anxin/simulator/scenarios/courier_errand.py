"""Errand of cash and gold: a rider is to carry valuables of a scam victim, unopened."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage

ERRANDS = (
    "上门代取现金五万元,不要拆开,送到地铁口",
    "帮忙送黄金首饰到车站,不要打开包裹",
    "Collect phone cards and cash from an old lady, do not open",
)


def play(stage: Stage) -> None:
    """Order three errands about cash, gold and phone cards."""
    client = stage.newcomer(age_days=8)
    session = stage.session(client)
    session.envelope["business_line"] = "local_life"
    for text in ERRANDS:
        stage.act(session, "errand.ordered", order_id=stage.people.serial("ord"), text=text,
                  rider_id=stage.people.serial("rider"))  # fmt: skip
        stage.wait(20 * MINUTE)


SCENARIO = Scenario(
    name="courier_errand",
    zh="跑腿代取现金黄金",
    en="Errands that carry cash, gold or phone cards",
    taxonomy="SCM.SC18",
    rules=("RT19",),
    play=play,
)
