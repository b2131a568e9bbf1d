"""A crisis: somebody blackmailed and ashamed writes that life has no point."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Receive threats, then write three messages that speak of self-harm."""
    victim, blackmailer = stage.victim("adult", "student"), stage.newcomer(age_days=2)
    conversation = stage.people.serial("conv")
    line: dict[str, object] = {"conv_id": conversation, "to_count": 1, "contact_score": 10, "scam_cues": 0}
    threat = stage.session(blackmailer, connection=places.proxy(stage.rng))
    for number in range(1, 4):
        stage.accuse(victim.id)
        stage.act(threat, "message.sent", **line, to_id=victim.id, is_stranger=True, conv_message_no=number,
                  text_hash=stage.people.serial("txt"), threat=True, self_harm=False)  # fmt: skip
        stage.wait(5 * MINUTE)
    session = stage.session(victim)
    stage.accuse(victim.id, is_fraud=False)
    for number in range(1, 4):
        stage.act(session, "message.sent", **line, to_id=blackmailer.id, is_stranger=False, conv_message_no=3 + number,
                  text_hash=stage.people.serial("txt"), self_harm=True, threat=False)  # fmt: skip
        stage.wait(2 * MINUTE)


SCENARIO = Scenario(
    name="crisis_after_blackmail",
    zh="被敲诈后出现轻生念头",
    en="Threats, then talk of self-harm",
    taxonomy="CNT.SELF",
    rules=("RC07",),
    play=play,
)
