"""Anonymity network: somebody hides behind its exits and looks around."""

from __future__ import annotations

from anxin.simulator.places import Connection
from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Register through one exit of an anonymity network, and sign in through two others."""
    visitor = stage.newcomer()
    device = stage.people.device("web")
    exits = [Connection(f"198.51.100.{number}", 64999, "tor") for number in stage.rng.sample(range(1, 255), 3)]
    session = stage.session(visitor, device=device, connection=exits[0])
    stage.act(session, "account.registered", phone=visitor.phone, phone_segment_kind="virtual", id_verified=False,
              channel="search", captcha_score_permille=420, form_ms=41_000)  # fmt: skip
    for link in exits[1:]:
        stage.wait(25 * MINUTE)
        stage.login(stage.session(visitor, device=device, connection=link), new_city=True)


SCENARIO = Scenario(
    name="anonymous_visitor",
    zh="通过匿名网络注册和登录",
    en="Sign-up and sign-ins through an anonymity network",
    taxonomy="ACC.REG",
    rules=("RA18",),
    play=play,
)
