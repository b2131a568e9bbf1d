"""Recycled number: the new holder of a phone number recovers the earlier holder's account."""

from __future__ import annotations

from anxin.simulator.scenario import Scenario
from anxin.simulator.stage import MINUTE, Stage


def play(stage: Stage) -> None:
    """Register a reissued number under another real name, then ask to recover the old account by SMS."""
    owner = stage.victim()
    stage.accuse(owner.id)
    stranger = stage.newcomer()
    session = stage.session(stranger)
    stage.act(session, "account.registered", phone=owner.phone, phone_segment_kind="basic", id_verified=True,
              channel="app_store", captcha_score_permille=900, form_ms=61_000)  # fmt: skip
    stage.wait(2 * MINUTE)
    taker = stage.intrude(owner)
    stage.act(taker, "account.phone_reregistered", phone=owner.phone, old_account_id=owner.id, name_match=False)
    stage.wait(3 * MINUTE)
    stage.act(taker, "account.reset_requested", initiator="user", channel="sms", phone=owner.phone)
    stage.wait(1 * MINUTE)
    stage.act(taker, "account.reset_done", initiator="user", channel="sms", since_login_s=0)
    stage.wait(1 * MINUTE)
    stage.login(taker, new_device=True, new_city=True, method="sms_code")


SCENARIO = Scenario(
    name="sim_recycled",
    zh="二次放号：新机主用短信找回旧账号",
    en="Recycled phone number used to recover an old account",
    taxonomy="ACC.SIM",
    rules=("RA10",),
    play=play,
)
