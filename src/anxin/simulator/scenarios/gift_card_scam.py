"""Gift-card scam: a victim, told to hurry, buys cards and credit for strangers."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Buy nine gift cards and recharge seven or more strangers' accounts within an hour or so."""
    victim = stage.victim("adult", "elder")
    session = stage.session(victim)
    stage.accuse(victim.id)
    stage.login(session)
    target = stage.newcomer(age_days=5).id
    for number in range(stage.at_least(16)):
        stage.wait(170)
        value = (50_000, 100_000)[number % 2]
        stage.accuse(victim.id, loss_minor=value)
        if number < 9:
            stage.act_money(session, "giftcard.issued", value=value, target_account=target)
        else:
            stage.act_money(session, "virtual.recharged", value=value, target_account=stage.people.serial("user"),
                            is_third_party=True, suspected_minor=False)  # fmt: skip


def play_stealthily(stage: Stage) -> None:
    """Let the victim buy a dozen gift cards, one every twenty minutes."""
    victim = stage.victim("adult", "elder")
    session = stage.session(victim)
    stage.accuse(victim.id)
    stage.login(session)
    target = stage.newcomer(age_days=5).id
    stage.accuse(victim.id, loss_minor=80_000)
    for _ in range(12):
        stage.wait(21 * MINUTE)
        stage.act_money(session, "giftcard.issued", value=80_000, target_account=target)


SCENARIO = Scenario(
    name="gift_card_scam",
    zh="礼品卡诈骗：受害人连续为他人充值购卡",
    en="Gift-card scam victim",
    taxonomy="TXN.GIFT",
    rules=("RT18",),
    play=play,
    stealthy=play_stealthily,
)
