"""Complaint storm: one broken promise, hundreds angry; staff answer under pressure and slip."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import Stage


def play(stage: Stage) -> None:
    """Open 32 or more tickets with one cause within an hour; some threaten, staff promise too much or disclose."""
    clerks = [stage.staff() for _ in range(3)]
    cause = stage.people.serial("cause")
    for number in range(stage.at_least(32)):
        session = stage.session(stage.victim())
        keys: dict[str, object] = {"ticket_id": stage.people.serial("tkt"), "channel": "chat"}
        stage.act(session, "ticket.created", **keys, topic="refund", cause=cause, sentiment=-80)
        for turn in range(4 if number % 4 == 0 else 1):
            stage.wait(25)
            stage.act(session, "ticket.message", **keys, from_staff=False, anger_score=88, threatens_media=turn == 3,
                      money_moving=False)  # fmt: skip
        stage.wait(20)
        stage.act(session, "ticket.message", **keys, from_staff=True, agent_id=clerks[number % 3].id,
                  promise_flags=["full_compensation"] if number % 5 == 0 else [],
                  discloses=["phone"] if number % 11 == 3 else [])  # fmt: skip
        stage.wait(30)


SCENARIO = Scenario(
    name="complaint_storm",
    zh="同因投诉集中爆发，客服过度承诺",
    en="Storm of complaints with one cause",
    taxonomy="CSR.MASS",
    rules=("RS01", "RS02", "RS03", "RS04"),
    play=play,
    is_fraud=False,
)
