"""Recovery by talking: a caller who knows a little pushes the service desk to hand an account over."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Fail three of four questions, push for speed, try again twice, and be refused."""
    owner, clerk = stage.victim(), stage.staff()
    stage.accuse(owner.id)
    caller = stage.intrude(owner)
    for attempt in range(3):
        answers: dict[str, object] = {"questions_asked": 4, "questions_failed": 3, "agent_id": clerk.id}
        stage.act(caller, "account.recovery_requested", doc_check="none", is_pushy=attempt > 0, **answers)
        stage.wait(6 * MINUTE)
        stage.act(caller, "account.recovery_decided", result="denied", **answers)
        stage.wait(9 * MINUTE)


SCENARIO = Scenario(
    name="recovery_pressure",
    zh="人工找回被社工：答错问题还一直催",
    en="Recovery by social engineering of the service desk",
    taxonomy="ACC.RECOV",
    rules=("RA11",),
    play=play,
)
