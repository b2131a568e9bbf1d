"""Alone at night: find somebody by phone, freeze by keyboard, and the gateway refuses the very next payment."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.desk.demonstration.conftest import Shop, until
from tests.journeys.desk.languages import turned
from tests.journeys.desk.looking import overflows, violations
from tests.journeys.desk.tabs import PHONE
from tests.journeys.patience import wait_until

NUMBER = "13912340001"
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
    wait_until(lambda: page.request.get(f"/entities/user/{user}/").status != 404)


def test_the_very_next_payment_is_refused_and_passes_after_the_undo(open_night: Open, shop: Shop) -> None:
    user = "u_night"
    before = shop.pay(user, NUMBER)
    assert before != "freeze"
    page = open_night("/entities/", language="zh", theme="night")
    known(page, user)
    find(page, NUMBER, user)
    choose_theft(page)
    said = SAID[turned(page)]
    choose_theft(page)
    page.keyboard.down("Enter")
    expect(page.locator("#protect .measure")).to_contain_text(said["frozen"])
    page.keyboard.up("Enter")
    assert shop.pay(user, NUMBER) == "freeze"
    in_force(page, said)
    said = SAID[turned(page)]
    in_force(page, said)
    page.keyboard.press("u")
    expect(page.locator("#protect .measure-past")).to_contain_text(said["undone"])
    until(lambda: shop.pay(user, NUMBER), before)
    said = SAID[turned(page)]
    expect(page.locator("#protect .measure-past")).to_contain_text(said["undone"])


def choose_theft(page: Page) -> None:
    """Choose why to freeze, by two keys, and look at the page."""
    expect(page.locator("#protect measure-order")).to_be_visible()
    page.keyboard.press("f")
    page.keyboard.press("1")
    assert page.input_value("[name=reason]:checked") == "account_theft"
    assert violations(page) == []


def in_force(page: Page, said: dict[str, str]) -> None:
    """Wait until the page says that the measure is in force, and that the platform confirmed it."""
    expect(page.locator("#protect .measure")).to_contain_text(said["frozen"])
    expect(page.locator("#protect .measure")).to_contain_text(said["effective"])
    expect(page.locator("#protect .measure")).to_contain_text(said["confirmed"])
    expect(page.locator("#protect [role=alert]")).to_have_count(0)
    assert violations(page) == []


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
