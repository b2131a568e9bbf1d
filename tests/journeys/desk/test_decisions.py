"""Decisions: the list that keeps itself fresh, one explained and decided again, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.desk.looking import overflows, violations
from tests.journeys.desk.running import RunningDesk
from tests.journeys.desk.tabs import PHONE, ZOOMED

Open = Callable[..., Page]
PATHS = ["/decisions/", "/decisions/?verdict=hold", "/decisions/?rule=NONE", "/decisions/34/", "/decisions/24/"]


@pytest.fixture(scope="module", autouse=True)
def _night(desk: RunningDesk) -> None:
    desk.run("tests.journeys.desk.night")


@pytest.mark.parametrize(("language", "themes"), [("zh", ()), ("en", ("dark", "night"))])
def test_every_page_is_accessible(open_page: Open, language: str, themes: tuple[str, ...]) -> None:
    page = open_page("/", language=language)
    found = {}
    for path in PATHS:
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
        found[path] = violations(page, *themes)
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize("size", [PHONE, ZOOMED], ids=["phone", "400 %"])
def test_nothing_must_be_scrolled_sideways(open_page: Open, size: tuple[int, int]) -> None:
    page = open_page("/", size=size, language="zh")
    wide = []
    for path in PATHS:
        page.goto(path)
        if overflows(page):
            wide.append(path)
    assert wide == []


@pytest.mark.parametrize(("language", "equal"), [("zh", "重放结果相同"), ("en", "Replayed: equal")])
def test_a_decision_is_opened_and_replayed_by_keyboard(open_page: Open, language: str, equal: str) -> None:
    page = open_page("/decisions/?verdict=hold", language=language)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/decisions/34/")
    page.keyboard.press("e")
    expect(page.locator("#replayed h2")).to_have_text(equal)
    assert violations(page) == []


def test_a_field_of_the_event_is_revealed(open_page: Open) -> None:
    page = open_page("/decisions/34/", language="en")
    page.locator(".more summary").first.press("Enter")
    phone = page.locator("masked-value", has_text="138****8000")
    phone.locator("summary").press("Enter")
    phone.locator("select").select_option("stop_loss")
    page.locator("masked-value details[open] button[type=submit]").press("Enter")
    expect(page.locator(".masked-clear")).to_have_text("13800138000")


def test_the_list_is_narrowed_in_place(open_page: Open) -> None:
    page = open_page("/decisions/", language="en")
    page.select_option("[name=verdict]", "hold")
    expect(page.locator("#list tbody tr")).to_have_count(12)
    assert page.url.endswith("verdict=hold&rule=&event_type=&region=&since=&until=")


def test_an_open_list_is_fetched_again_when_something_arrived(open_page: Open, desk: RunningDesk) -> None:
    page = open_page("/decisions/", language="en")
    expect(page.locator("live-stream")).to_have_attribute("data-state", "live")
    page.evaluate("document.querySelector('#list table').dataset.old = 'yes'")
    desk.run("tests.journeys.desk.mark")
    expect(page.locator("#list table[data-old]")).to_have_count(0)


def test_an_analyst_takes_pseudonymous_rows(open_page: Open) -> None:
    page = open_page("/decisions/?verdict=hold", language="en", role="risk_analyst")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export pseudonymous CSV").press("Enter")
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == 13
    assert [clear for clear in ("u_li", "d_new", "13800138000", "pm_6411") if clear in text] == []
