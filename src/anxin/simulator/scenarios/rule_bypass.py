"""Rule bypass: somebody loosens rules and lists at night without a second person."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Publish three changes outside the window and without an approver."""
    insider = stage.staff()
    for kind, what in (("rule.changed", "RT15"), ("list.changed", "enterprise_buyers"), ("rule.changed", "RT16")):
        stage.act_staff(insider, kind, object=what, outside_window=True)
        stage.wait(6 * MINUTE)


SCENARIO = Scenario(
    name="rule_bypass",
    zh="夜间绕过审批修改规则和名单",
    en="Rule and list changes at night without approval",
    taxonomy="INS.BYP",
    rules=("RI06",),
    play=play,
    hours=range(5),
)
