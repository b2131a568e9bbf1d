"""Find somebody, see all about her, reveal one field, compare: by keyboard alone, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.desk.languages import violations_in_both
from tests.journeys.desk.looking import focused, overflows, violations
from tests.journeys.desk.running import RunningDesk
from tests.journeys.desk.tabs import PHONE, ZOOMED

Open = Callable[..., Page]
PATHS = [
    "/entities/",
    "/entities/user/u_li/",
    "/entities/user/u_wang/links/",
    "/entities/user/u_li/story/?strand=payment",
    "/entities/user/u_li/compare/",
    "/entities/user/u_li/compare/user/u_wang/",
    "/lists/",
    "/lists/of/stolen_cards/",
    "/lists/of/stolen_cards/put/",
]


@pytest.fixture(scope="module", autouse=True)
def _night(desk: RunningDesk) -> None:
    desk.run("tests.journeys.desk.night")


@pytest.mark.parametrize(("language", "themes"), [("zh", ("dark", "night")), ("en", ())])
def test_every_page_is_accessible(open_page: Open, language: str, themes: tuple[str, ...]) -> None:
    page = open_page("/", language=language)
    found = {}
    for path in PATHS:
        page.goto(path)
        found[path] = violations(page, *themes)
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize("size", [PHONE, ZOOMED], ids=["phone", "400 %"])
def test_nothing_must_be_scrolled_sideways(open_page: Open, size: tuple[int, int]) -> None:
    page = open_page("/", size=size, language="en")
    wide = []
    for path in PATHS:
        page.goto(path)
        if overflows(page):
            wide.append(path)
    assert wide == []


def test_a_phone_leads_to_its_person_by_keyboard(open_page: Open) -> None:
    page = open_page("/entities/", language="zh")
    page.keyboard.press("/")
    page.keyboard.type("138 0013 8000")
    page.keyboard.press("Enter")
    page.wait_for_url("**/entities/found/*/")
    assert "按手机号查找：138****8000" in page.inner_text("h1")
    assert "138****8000" in focused(page)
    assert violations_in_both(page) == []
    assert "phone number: 138****8000" in page.inner_text("h1")
    assert "138****8000" in focused(page)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/entities/phone/"))
    page.locator(".links a", has_text="u_li").press("Enter")
    page.wait_for_url("**/entities/user/u_li/")


def test_what_was_typed_is_in_no_address_and_no_log(open_page: Open, desk: RunningDesk) -> None:
    page = open_page("/entities/", language="en", is_kept=False)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("/")
    page.keyboard.type("li.lei@example.com")
    page.keyboard.press("Enter")
    page.wait_for_url("**/entities/found/*/")
    assert [url for url in asked if "li.lei" in url or "example" in url] == []
    assert "li.lei" not in desk.log
    page.reload()
    assert "l***@example.com" in page.inner_text("h1")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_field_is_revealed_and_masked_again_by_keyboard(open_page: Open, language: str) -> None:
    page = open_page("/entities/user/u_li/", language=language)
    value = page.locator("masked-value").first
    value.locator("summary").focus()
    for key in ("Enter", "Tab", "ArrowDown", "Tab"):
        page.keyboard.press(key)
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(value.locator(".masked-clear")).to_have_text("+8613800138000")
    assert violations(page) == []
    value.locator("[data-mask-now]").press("Enter")
    expect(value.locator(".masked-text")).to_have_text("138****8000")
    assert "13800138000" not in page.content()


def test_a_refused_reveal_says_why_in_its_place(open_page: Open) -> None:
    page = open_page("/entities/user/u_li/", language="en", role="service_agent")
    page.locator("masked-value summary").first.focus()
    for key in ("Enter", "Tab", "ArrowDown", "Tab", "Enter"):
        page.keyboard.press(key)
    refused = page.locator(".reveal-refused").first
    expect(refused).to_contain_text("needs a case")
    assert violations(page) == []
    assert "13800138000" not in page.content()


def test_the_graph_is_walked_by_keyboard(open_page: Open) -> None:
    page = open_page("/entities/user/u_wang/", language="en")
    page.focus(".graph .node")
    assert focused(page).startswith("a user u_wang, linked with")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/entities/(?!user/u_wang/)"))


def test_the_story_is_filtered_in_place(open_page: Open) -> None:
    page = open_page("/entities/user/u_li/", language="en")
    page.select_option("[name=strand]", "sign_in")
    expect(page.locator("#story .timeline-entry")).to_have_count(7)
    assert "Guangdong 深圳 · new device · new city" in page.inner_text("#story")
    page.go_back()
    expect(page.locator("h1")).to_contain_text("u_li")


def test_two_are_compared(open_page: Open) -> None:
    page = open_page("/entities/user/u_li/", language="en")
    page.keyboard.press("b")
    page.wait_for_url("**/compare/")
    page.keyboard.press("/")
    page.keyboard.type("u_wang")
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare/user/u_wang/")
    assert "They share 3 links" in page.inner_text("main")
