"""Dormant account revived: bought or stolen after more than a year, it trades at once from a new city."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Wake an account after 420 days, list goods, move money and write to strangers the same day."""
    owner = stage.newcomer(age_days=900)
    owner.last_login_at = stage.now - 420 * 86_400_000
    stage.accuse(owner.id)
    thief = stage.intrude(owner)
    stage.act(thief, "account.reactivated", dormant_days=420)
    stage.wait(30)
    stage.login(thief, new_device=True, new_city=True)
    stage.wait(20 * MINUTE)
    payee = stage.people.serial("payee")
    stage.accuse(owner.id, loss_minor=260_000)
    stage.transfer(thief, 260_000, payee, new_payee=True)
    stage.accuse(owner.id)
    for _ in range(14):
        stage.wait(30)
        stage.act(thief, "message.sent", conv_id=stage.people.serial("conv"), to_id=stage.victim().id, to_count=1,
                  is_stranger=True, conv_message_no=1, text_hash=stage.people.serial("txt"), contact_score=30,
                  has_payment_words=False, names_other_platform=False, scam_cues=0)  # fmt: skip
    stage.act_money(thief, "wallet.withdrawn", amount=90_000, payee_id=payee, new_payee=False, screen_sharing=False,
                    remote_app=False, call_in_progress=False)  # fmt: skip


SCENARIO = Scenario(
    name="dormant_revived",
    zh="沉睡账号被唤醒后立即交易群发",
    en="Dormant account revived elsewhere",
    taxonomy="ACC.RENT",
    rules=("RA09",),
    play=play,
)
