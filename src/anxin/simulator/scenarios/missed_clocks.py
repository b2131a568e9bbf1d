"""Missed clocks: a report to the authority is due, nobody drafts it; licences of shops run out."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Check a statutory clock at 80 and 95 %, without a draft, and four licences that end soon or ended."""
    for spent in (800, 950):
        stage.act_system("control.checked", control_id="ctl_incident_report", clock_permille=spent, has_draft=False)
        stage.wait(10 * MINUTE)
    for days in (21, 9, -2, -15):
        seller = stage.seller()
        session = stage.session(seller.owner, actor_type="service")
        stage.act(session, "seller.licence_checked", seller_id=seller.id, expires_in_days=days)
        stage.wait(1 * MINUTE)


SCENARIO = Scenario(
    name="missed_clocks",
    zh="法定时限将到、商家证照过期",
    en="Statutory clock and licences running out",
    taxonomy="CMP.REP",
    rules=("RO03", "RO04", "RO06"),
    play=play,
    is_fraud=False,
)
