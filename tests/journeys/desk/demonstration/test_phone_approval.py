"""A measure beyond what one may do alone: asked for, pushed to the lead's phone, and decided there with a factor."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from anxin.desk.foundation.webhooks.tests.receiver import Receiver, receiving
from tests.journeys.desk.installation import Installation
from tests.journeys.desk.looking import overflows, violations
from tests.journeys.desk.tabs import PHONE
from tests.journeys.patience import PATIENCE_SECONDS, wait_until

USER = "u_rich_at_night"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def pager() -> Iterator[Receiver]:
    """The provider behind the lead's phone."""
    with receiving() as receiver:
        yield receiver


def held(night: Installation) -> bool:
    """Return whether the gateway holds the user's payouts at this moment."""
    key = night.wait_for(r"API key\s+(ax_\S+)")[1]
    address = f"http://127.0.0.1:{night.port}/v1/holds/user/{USER}"
    answer = httpx.get(address, headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE_SECONDS).json()
    return bool(answer["verdict"] == "hold")


def ask_beyond_the_cap(page: Page) -> None:
    """Hold payouts of more than an agent may: the refusal offers to ask, and asking is one tap."""
    page.check("[name=kind][value=hold_payout]")
    page.locator(".measure-reason").nth(1).tap()
    if not page.locator("[name=amount]").is_visible():
        page.locator(".measure-more summary").tap()
    page.fill("[name=amount]", "60000")
    page.locator("[data-go]").tap()
    page.locator("[data-ask]").click()
    expect(page.locator("#protect .measure")).to_contain_text("两位审批人已收到通知")


def called(pager: Receiver, about: str) -> tuple[str, str]:
    """Wait for a call; return what it says and where its link leads."""
    found: list[dict[str, str]] = []

    def came() -> bool:
        found[:] = [each for each in map(json.loads, _bodies(pager)) if about in each["title"]]
        return bool(found)

    wait_until(came)
    link = re.search(r"https?://\S+", found[0]["message"])
    assert link
    return found[0]["message"], urlsplit(link[0]).path


def _bodies(pager: Receiver) -> list[str]:
    return [body for _, body in pager.came]


def add_pager(lead: Page, pager: Receiver) -> None:
    """Add the phone, as a person does."""
    assert (overflows(lead), violations(lead)) == (False, [])
    lead.select_option("[name=kind]", "hook")
    lead.fill("[name=name]", "手机")
    lead.fill("[name=address]", pager.url)
    lead.locator("form[action$='/open/'] button").tap()
    expect(lead.locator("#channels")).to_contain_text("手机")


def test_asked_pushed_decided_and_obeyed_only_once_a_factor_was_shown(
    night: Installation, pager: Receiver, open_night: Open
) -> None:
    assert held(night) is False
    lead = open_night("/notices/channels/", username="lead", size=PHONE)
    add_pager(lead, pager)
    agent = open_night(f"/measures/panel/user/{USER}/", size=PHONE)
    ask_beyond_the_cap(agent)
    words, path = called(pager, "待您审批：下达措施")
    assert "night-agent" in words
    lead.goto(path)
    assert (overflows(lead), violations(lead)) == (False, [])
    lead.locator("main form button").tap()
    expect(lead.locator("main")).to_contain_text("已确认收到")
    lead.locator("main a.button").tap()
    lead.wait_for_url("**/approvals/**")
    card = lead.locator("#approvals-waiting article").first
    expect(card).to_contain_text("涉及 60,000.00 元")
    assert (overflows(lead), violations(lead)) == (False, [])
    assert card.locator("form[action$='/approve/'] button").bounding_box()["height"] >= 44
    assert held(night) is False
    card.locator("form[action$='/approve/'] button").click()
    # An unlocked phone alone approves nothing; the demonstration has no second factors and asks for the password.
    expect(lead.locator("h1")).to_contain_text("重新验证身份")
    assert held(night) is False
    lead.locator("main a.button-main").tap()
    lead.fill("[name=password]", night.wait_for(r"password\s+(\S+)")[1])
    lead.locator("main form button[type=submit]").first.tap()
    lead.wait_for_url("**/approvals/**")
    lead.locator("#approvals-waiting article form[action$='/approve/'] button").first.click()
    wait_until(lambda: held(night))


def test_the_rota_fits_a_phone(open_night: Open) -> None:
    for language in ("zh", "en"):
        page = open_night("/rota/", username="lead", language=language, size=PHONE)
        assert (overflows(page), violations(page)) == (False, [])
