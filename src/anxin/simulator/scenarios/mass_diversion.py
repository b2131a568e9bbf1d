"""Mass diversion: one account sends the same contact text to many strangers, others report it."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Write the same text with a hidden contact to 45 or more strangers within minutes; six of them report it."""
    rng, sender = stage.rng, stage.newcomer(age_days=3)
    session = stage.session(sender)
    text = f"txt_{rng.getrandbits(40):010x}"
    receivers = [stage.victim() for _ in range(stage.at_least(45))]
    for receiver in receivers:
        stage.accuse(receiver.id)
        stage.act(session, "message.sent", conv_id=stage.people.serial("conv"), to_id=receiver.id, to_count=1,
                  is_stranger=True, conv_message_no=1, text="加V领福利,同号", text_hash=text, contact_score=85,
                  has_payment_words=True, names_other_platform=True, scam_cues=1)  # fmt: skip
        stage.wait(10)
    for receiver in receivers[:6]:
        stage.wait(3 * MINUTE)
        stage.act(stage.session(receiver), "report.submitted", category="spam", target_id=sender.id, cause="diversion")


def play_stealthily(stage: Stage) -> None:
    """Write to 40 strangers, two minutes apart and each time in other words, and smuggle the contact into a picture."""
    session = stage.session(stage.newcomer(age_days=45))
    for _ in range(40):
        receiver = stage.victim()
        stage.accuse(receiver.id)
        stage.act(session, "message.sent", conv_id=stage.people.serial("conv"), to_id=receiver.id, to_count=1,
                  is_stranger=True, conv_message_no=1, text_hash=stage.people.serial("txt"), contact_score=30,
                  has_payment_words=False, names_other_platform=False, scam_cues=1)  # fmt: skip
        stage.wait(2 * MINUTE)


SCENARIO = Scenario(
    name="mass_diversion",
    zh="群发引流：同一话术发给大量陌生人",
    en="Mass messages that divert strangers off the platform",
    taxonomy="CNT.DIV",
    rules=("RC01", "RC02", "RC03", "RC15"),
    play=play,
    stealthy=play_stealthily,
)
