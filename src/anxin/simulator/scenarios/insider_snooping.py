"""Insider: a member of staff looks people up without a case, unmasks, exports, and shares the sign-in."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Sign in at two places, view 45 or more profiles without a case, unmask 40, export 2 400 rows at night."""
    insider = stage.staff()
    stage.act_staff(insider, "agent.signed_in", place="Hangzhou office", method="password")
    stage.wait(4 * MINUTE)
    stranger = {"device_id": stage.people.device("web").id, "ip": "203.0.113.77", "ip_asn_type": "proxy"}
    stage.act_staff(insider, "agent.signed_in", place="unknown place", method="password", **stranger)
    for number in range(stage.at_least(45)):
        stage.wait(70)
        look: dict[str, object] = {
            "object": "user_profile", "target_id": stage.victim().id, "has_case": False, "is_vip": number % 9 == 0,
            "purpose": "none", "outside_hours": True, "outside_place": False,
        }  # fmt: skip
        stage.accuse(str(look["target_id"]))
        stage.act_staff(insider, "agent.viewed", **look)
        if number < 40:
            stage.wait(5)
            stage.act_staff(insider, "agent.unmasked", **look)
    for rows in (600, 1_800):
        stage.wait(3 * MINUTE)
        stage.accuse()
        stage.act_staff(insider, "agent.exported", object="user_phones", rows=rows, purpose="none", has_case=False,
                        outside_hours=True, outside_place=True)  # fmt: skip


def play_stealthily(stage: Stage) -> None:
    """View 20 profiles without a case in the course of a shift, unmask every third, export 300 rows."""
    insider = stage.staff()
    stage.act_staff(insider, "agent.signed_in", place="Hangzhou office", method="password")
    for number in range(20):
        stage.wait(8 * MINUTE)
        look: dict[str, object] = {
            "object": "user_profile", "target_id": stage.victim().id, "has_case": False, "is_vip": False,
            "purpose": "none", "outside_hours": False, "outside_place": False,
        }  # fmt: skip
        stage.accuse(str(look["target_id"]))
        stage.act_staff(insider, "agent.viewed", **look)
        if number % 3 == 0:
            stage.act_staff(insider, "agent.unmasked", **look)
    stage.accuse()
    stage.act_staff(insider, "agent.exported", object="user_phones", rows=300, purpose="none", has_case=False,
                    outside_hours=False, outside_place=False)  # fmt: skip


SCENARIO = Scenario(
    name="insider_snooping",
    zh="内部人员无工单查询、解密和导出",
    en="Insider look-ups, unmasking and export without a case",
    taxonomy="INS.SNOOP",
    rules=("RI01", "RI02", "RI03", "RI05"),
    play=play,
    stealthy=play_stealthily,
    hours=range(20, 24),
)
