"""A measure beyond what one may do alone: asked for, pushed to the lead's phone, and decided there with a factor."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from anxin.desk.foundation.webhooks.tests.receiver import Receiver, receiving
from tests.journeys.desk.conftest import LOCALES, PATIENCE_MS, PHONE
from tests.journeys.desk.installation import Installation, installed
from tests.journeys.desk.looking import overflows, violations

USER = "u_rich_at_night"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The demonstration, which may call a pager on loopback."""
    data = tmp_path_factory.mktemp("approval") / "data"
    with installed(data, settings={"ANXIN_DESK_WEBHOOK_NETWORKS": "127.0.0.0/8"}) as installation:
        yield installation


@pytest.fixture(scope="module")
def pager() -> Iterator[Receiver]:
    """The provider behind the lead's phone."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def open_as(night: Installation, browser: Browser) -> Iterator[Open]:
    """Open a page as somebody on a phone, signed in by form."""
    contexts = []

    def open_one(path: str, *, username: str, language: str = "zh") -> Page:
        url = f"http://localhost:{night.desk_port}"
        viewport = {"width": PHONE[0], "height": PHONE[1]}
        context = browser.new_context(base_url=url, locale=LOCALES[language], viewport=viewport, has_touch=True)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", night.wait_for(r"password\s+(\S+)")[1])
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(f"{url}/")
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()


def pay(night: Installation, number: int) -> str:
    """Return the gateway's verdict on a payment of the user at this moment."""
    key = night.wait_for(r"API key\s+(ax_\S+)")[1]
    given = {"event_id": f"{USER}-{number}", "event_type": "payment.attempted", "occurred_at": int(time.time() * 1000)}
    given |= {"actor_id": USER, "device_id": f"d-{USER}", "platform": "mall", "business_line": "goods"}
    given |= {"region": "310000", "amount": 3_200, "currency": "CNY"}
    headers = {"Authorization": f"Bearer {key}"}
    answer = httpx.post(f"http://127.0.0.1:{night.port}/v1/decisions", json=given, headers=headers, timeout=20)
    return str(answer.json()["verdict"])


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
    until = time.monotonic() + PATIENCE_MS / 1000
    while not (found := [each for each in map(json.loads, _bodies(pager)) if about in each["title"]]):
        assert time.monotonic() < until
        time.sleep(0.05)
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


def test_asked_pushed_and_decided_only_by_whoever_shows_a_factor(
    night: Installation, pager: Receiver, open_as: Open
) -> None:
    before = pay(night, 1)
    lead = open_as("/notices/channels/", username="lead")
    add_pager(lead, pager)
    agent = open_as(f"/measures/panel/user/{USER}/", username="night-agent")
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
    assert pay(night, 2) == before
    card.locator("form[action$='/approve/'] button").click()
    # The demonstration has no second factors: an unlocked phone alone approves nothing.
    expect(lead.locator("h1")).to_contain_text("重新验证身份")
    assert pay(night, 3) == before


def test_the_rota_fits_a_phone(open_as: Open) -> None:
    for language in ("zh", "en"):
        page = open_as("/rota/", username="lead", language=language)
        assert (overflows(page), violations(page)) == (False, [])
