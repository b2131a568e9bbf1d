"""Impersonation: a fresh account calls itself official service and asks shops for a deposit."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Take an official name and picture, then write to 12 sellers about a deposit."""
    fraud = stage.newcomer(age_days=1)
    session = stage.session(fraud)
    stage.act(session, "account.profile_changed", nickname="官方客服中心", avatar_hash="img_official_like",
              imitates_official=True)  # fmt: skip
    for seller in stage.rng.sample(stage.world.sellers, 12):
        stage.wait(2 * MINUTE)
        stage.accuse(seller.id)
        stage.act(session, "message.sent", conv_id=stage.people.serial("conv"), to_id=seller.owner.id, to_count=1,
                  is_stranger=True, conv_message_no=1, text="店铺异常,请缴纳保证金", contact_score=55,
                  text_hash=stage.people.serial("txt"), has_payment_words=True, names_other_platform=True,
                  scam_types=["SC15"], scam_cues=2)  # fmt: skip


SCENARIO = Scenario(
    name="official_impersonation",
    zh="冒充官方客服骗商家",
    en="Impersonation of official service",
    taxonomy="ACC.IMP",
    rules=("RA12", "RC02", "RC06"),
    play=play,
)
