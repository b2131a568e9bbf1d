"""Password spraying: one common password on many accounts, from one home address and several devices."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import Stage


def play(stage: Stage) -> None:
    """Try one password on 32 or more accounts within minutes from one address."""
    rng = stage.rng
    there = rng.choice(places.PROVINCES)
    link = places.residential(there, rng)
    devices = [stage.people.device("web") for _ in range(4)]
    for number in range(stage.at_least(32)):
        user = stage.victim("adult", "elder", "student")
        stage.accuse(user.id)
        session = stage.session(user, device=devices[number % 4], place=there, connection=link)
        stage.fail_login(session)
        stage.wait(13)


SCENARIO = Scenario(
    name="password_spraying",
    zh="密码喷洒：同一来源用常见密码逐个试账号",
    en="Password spraying from one address",
    taxonomy="ACC.CRED",
    rules=("RA02",),
    play=play,
)
