"""Lent account: several people in several provinces use one account at the same time."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Sign in from five provinces within 40 minutes, each on its own phone, and keep all sessions alive."""
    lender = stage.newcomer(age_days=400)
    for place in places.other_places(lender.place, 5, stage.rng):
        session = stage.session(lender, device=stage.people.device(), place=place,
                                connection=places.residential(place, stage.rng))  # fmt: skip
        stage.login(session, new_device=True, new_city=True)
        stage.wait(2 * MINUTE)
        stage.act(session, "device.bound", fp_distance_permille=900)
        stage.wait(6 * MINUTE)


SCENARIO = Scenario(
    name="account_lending",
    zh="出租账号：多省同时在线",
    en="Lent account, used in several provinces at once",
    taxonomy="ACC.RENT",
    rules=("RA14",),
    play=play,
)
