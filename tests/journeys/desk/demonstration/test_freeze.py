"""Alone at night: find somebody by phone, freeze by keyboard, and the gateway refuses the very next payment."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import DecisionRecord, Kind, decode_record
from tests.journeys.desk.demonstration.conftest import Colleague
from tests.journeys.desk.installation import Installation
from tests.journeys.desk.looking import overflows, violations
from tests.journeys.desk.tabs import PHONE

NUMBERS = {"zh": "13912340001", "en": "13912340002"}
SAID = {
    "zh": {
        "frozen": "冻结账号",
        "undone": "已解除",
        "effective": "已生效",
        "confirmed": "平台确认生效",
        "hold": "再按一次 Enter",
    },
    "en": {"frozen": "Freeze the account", "undone": "taken back", "effective": "effective"}
    | {"confirmed": "Confirmed by the platform", "hold": "Press Enter again"},
}


class Shop:
    """The platform: sends what its users do to the gateway."""

    def __init__(self, night: Installation) -> None:
        self._url = f"http://127.0.0.1:{night.port}/v1/decisions"
        self._key = night.wait_for(r"API key\s+(ax_\S+)")[1]
        self._count = 0

    def pay(self, user: str, phone: str) -> str:
        """Return the verdict on a payment of the user at this moment."""
        self._count += 1
        given = {
            "event_id": f"{user}-{os.getpid()}-{self._count}",
            "event_type": "payment.attempted",
            "occurred_at": int(time.time() * 1000),
            "actor_id": user,
            "device_id": f"d-{user}",
            "phone": phone,
            "platform": "mall",
            "business_line": "goods",
            "region": "310000",
            "amount": 3_200,
            "currency": "CNY",
        }
        headers = {"Authorization": f"Bearer {self._key}"}
        answer = httpx.post(self._url, json=given, headers=headers, timeout=20)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["verdict"])


@pytest.fixture(scope="module")
def shop(night: Installation) -> Shop:
    return Shop(night)


Open = Callable[..., Page]


def find(page: Page, phone: str, user: str) -> None:
    """Go from the phone number to the person by keyboard."""
    page.keyboard.press("/")
    page.keyboard.type(phone)
    page.keyboard.press("Enter")
    page.wait_for_url("**/entities/found/*/")
    page.keyboard.press("Enter")
    page.wait_for_url("**/entities/phone/*/")
    page.locator(".links a", has_text=user).first.press("Enter")
    page.wait_for_url(f"**/entities/user/{user}/")


def known(page: Page, user: str) -> None:
    """Wait until the worker has projected what the gateway wrote."""
    until = time.monotonic() + 40
    while page.request.get(f"/entities/user/{user}/").status == 404:
        assert time.monotonic() < until
        time.sleep(0.2)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_very_next_payment_is_refused_and_passes_after_the_undo(
    open_night: Open, shop: Shop, language: str
) -> None:
    user, phone, said = f"u_night_{language}", NUMBERS[language], SAID[language]
    before = shop.pay(user, phone)
    assert before != "freeze"
    page = open_night("/entities/", language=language, theme="night")
    known(page, user)
    find(page, phone, user)
    expect(page.locator("#protect measure-order")).to_be_visible()
    page.keyboard.press("f")
    page.keyboard.press("1")
    assert page.input_value("[name=reason]:checked") == "account_theft"
    assert violations(page) == []
    page.keyboard.down("Enter")
    expect(page.locator("#protect .measure")).to_contain_text(said["frozen"])
    page.keyboard.up("Enter")
    assert shop.pay(user, phone) == "freeze"
    expect(page.locator("#protect .measure")).to_contain_text(said["effective"])
    expect(page.locator("#protect .measure")).to_contain_text(said["confirmed"])
    expect(page.locator("#protect [role=alert]")).to_have_count(0)
    assert violations(page) == []
    page.keyboard.press("u")
    expect(page.locator("#protect .measure-past")).to_contain_text(said["undone"])
    _until(lambda: shop.pay(user, phone), before)


def test_a_short_enter_asks_for_a_second_one(open_night: Open, shop: Shop) -> None:
    page = open_night("/measures/panel/user/u_twice/", language="en", theme="night")
    page.keyboard.press("f")
    page.keyboard.press("Enter")
    assert page.locator("measure-order").get_attribute("data-state") is None
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator("[data-hint]")).to_contain_text(SAID["en"]["hold"])
    assert shop.pay("u_twice", "13912340003") != "freeze"
    page.keyboard.press("Enter")
    expect(page.locator("#protect .measure")).to_be_visible()
    assert shop.pay("u_twice", "13912340003") == "freeze"


def test_two_taps_on_a_phone(open_night: Open, shop: Shop) -> None:
    page = open_night("/measures/panel/user/u_phone/", language="zh", size=PHONE, theme="light")
    assert (overflows(page), violations(page)) == (False, [])
    page.locator(".measure-reason").nth(1).click()
    page.locator("[data-go]").click()
    expect(page.locator("#protect .measure")).to_be_visible()
    assert shop.pay("u_phone", "13912340004") == "freeze"
    page.goto("/measures/")
    assert (overflows(page), violations(page)) == (False, [])
    expect(page.locator(".measure-list")).to_contain_text("u_phone")


def test_beyond_the_delegation_approval_is_asked_for_in_place(open_night: Open) -> None:
    page = open_night("/measures/panel/user/u_rich/", language="en", theme="dark")
    page.check("[name=kind][value=hold_payout]")
    page.keyboard.press("4")
    page.locator(".measure-more summary").press("Enter")
    page.fill("[name=amount]", "60000")
    page.focus("[data-go]")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#protect [role=alert]")).to_contain_text("beyond what you may do alone")
    expect(page.locator("[data-ask]")).to_be_focused()
    assert violations(page) == []


def test_a_verdict_stands_in_the_gateways_log_once(
    night: Installation, shop: Shop, colleague: Callable[[str], Colleague]
) -> None:
    shop.pay("u_labelled", "13912340005")
    agent, lead = colleague("night-agent"), colleague("lead")
    target = {"entity_kind": "user", "entity_key": "u_labelled"}
    measure = agent.call("/measures", {"kind": "freeze_account", "reason": "account_theft", **target})
    lead.call(f"/measures/{measure['id']}:review", {"finding": "wrong", "note": "认错人了"})

    def given() -> list[str]:
        return [each["state"] for each in lead.call("/labels")["items"] if each["entity_key"] == "u_labelled"]

    _until(lambda: ",".join(given()), "taken")
    written = night.data / "organisations" / "demo" / "log"
    reader = LogReader(written, FileKeyRing(night.data / "master.key"), organisation="demo")
    decided = [decode_record(kind, body) for _, kind, body in reader.records() if kind == Kind.DECISION]
    events = [json.loads(each.event) for each in decided if isinstance(each, DecisionRecord)]
    ours = [each for each in events if each.get("source") == "desk"]
    assert [(each["label"], each["is_fraud"]) for each in ours] == [("legitimate", False)]
    assert "u_labelled" in ours[0].values()


def _until(act: Callable[[], str], wanted: str) -> None:
    """Repeat until it answers as wanted: the browser's answer and the gateway's obedience are a moment apart."""
    until = time.monotonic() + 20
    while (found := act()) != wanted:
        assert time.monotonic() < until, found
        time.sleep(0.05)
