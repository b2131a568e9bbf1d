"""Bot registration: a farm of emulators opens accounts at machine speed."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Register 80 or more accounts from eight devices in one network within minutes, all at one typing speed."""
    rng = stage.rng
    there = rng.choice(places.PROVINCES)
    first = places.hosting(rng)
    prefix = first.ip.rpartition(".")[0]
    devices = [stage.people.device("android", ("emulator", "rooted")) for _ in range(8)]
    for number in range(stage.at_least(80)):
        bot = stage.newcomer(place=there)
        link = places.Connection(f"{prefix}.{1 + rng.randrange(30)}", first.asn, first.kind)
        session = stage.session(bot, device=devices[number % 8], place=there, connection=link)
        stage.act(
            session, "account.registered", phone=bot.phone, phone_segment_kind="virtual", id_verified=False,
            invite_code="inv_farm", channel="invite", captcha_score_permille=rng.randrange(250, 420),
            form_ms=3_100 + rng.randrange(120), nickname=f"lucky{rng.randrange(10_000)}",
        )  # fmt: skip
        stage.wait(5)


def play_stealthily(stage: Stage) -> None:
    """Register 40 accounts, two on a phone and each pair on a home line of its own, at the pace of people."""
    rng = stage.rng
    for number in range(40):
        if number % 2 == 0:
            there = rng.choice(places.PROVINCES)
            phone, line = stage.people.device("android"), places.residential(there, rng)
        bot = stage.newcomer(place=there)
        stage.act(
            stage.session(bot, device=phone, place=there, connection=line), "account.registered", phone=bot.phone,
            phone_segment_kind="basic", id_verified=False, invite_code="inv_farm", channel="invite",
            captcha_score_permille=rng.randrange(620, 900), form_ms=rng.randrange(18_000, 150_000),
            nickname=f"buyer{rng.randrange(100_000)}",
        )  # fmt: skip
        stage.wait(7 * MINUTE)


SCENARIO = Scenario(
    name="bot_registration",
    zh="机器批量注册：设备农场同一网段开号",
    en="Bot registration wave from a device farm",
    taxonomy="ACC.REG",
    rules=("RA07", "RA08", "RA17"),
    play=play,
    stealthy=play_stealthily,
)
