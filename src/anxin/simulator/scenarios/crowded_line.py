"""Crowded line: people paid by the piece open accounts by hand over one fixed line, all day long."""

from __future__ import annotations

from anxin.simulator import places
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Register 65 accounts or more over one line within nine hours, each on an own device and at an own pace."""
    rng, there = stage.rng, stage.rng.choice(places.PROVINCES)
    line = places.residential(there, rng)
    for _ in range(stage.at_least(65)):
        stage.wait(6 * MINUTE)
        hired = stage.newcomer(place=there)
        session = stage.session(hired, device=stage.people.device("web"), connection=line)
        stage.act(session, "account.registered", phone=hired.phone, phone_segment_kind="virtual", id_verified=False,
                  channel="invite", captcha_score_permille=rng.randrange(700, 950),
                  form_ms=rng.randrange(9_000, 90_000))  # fmt: skip


SCENARIO = Scenario(
    name="crowded_line",
    zh="人工批量注册：同一固定网络整天开号",
    en="Accounts opened by hand over one fixed line all day",
    taxonomy="ACC.REG",
    rules=("RA20",),
    play=play,
    hours=range(7, 14),
)
