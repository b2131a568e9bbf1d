"""Credential stuffing: leaked pairs of names and passwords tried from servers, a few of them right."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Try 45 or more accounts from one server within minutes; three open at the sixth password or later."""
    rng = stage.rng
    server, device = places.hosting(rng), stage.people.device("api", ("emulator",))
    there = rng.choice(places.PROVINCES)
    for number in range(stage.at_least(45)):
        user = stage.victim()
        stage.accuse(user.id)
        session = stage.session(user, device=device, place=there, connection=server)
        is_opened = number % 15 == 14
        for _ in range(7 if is_opened else 1):
            stage.fail_login(session)
            stage.wait(3)
        if is_opened:
            stage.login(session, new_device=True, new_city=True)


def play_stealthily(stage: Stage) -> None:
    """Try 24 accounts from as many home lines of their own provinces, twice each; four open at the third password."""
    for number in range(24):
        user = stage.victim()
        stage.accuse(user.id)
        device, line = stage.people.device("android"), places.residential(user.place, stage.rng)
        session = stage.session(user, device=device, connection=line)
        for _ in range(2):
            stage.fail_login(session)
            stage.wait(50)
        if number % 6 == 5:
            stage.login(session, new_device=True)
        stage.wait(4 * MINUTE)


SCENARIO = Scenario(
    name="credential_stuffing",
    zh="撞库：用泄露的密码批量试登录",
    en="Credential stuffing with leaked passwords",
    taxonomy="ACC.CRED",
    rules=("RA01", "RA02", "RA16"),
    play=play,
    stealthy=play_stealthily,
)
