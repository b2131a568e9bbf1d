"""The style guide is right in every theme and language, on a phone, at 400 %, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from anxin.desk.workbench.guide.catalogue import COMPONENTS
from tests.journeys.desk.conftest import PHONE, ZOOMED
from tests.journeys.desk.looking import focused, overflows, violations

EVERYTHING = "/ui/all/"
"""Every component at once."""

PATHS = ["/", "/ui/", "/ui/table/", EVERYTHING]

Open = Callable[..., Page]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("theme", ["light", "dark", "night"])
def test_every_component_is_accessible(open_page: Open, theme: str, language: str) -> None:
    page = open_page(EVERYTHING, theme=theme, language=language)
    assert page.locator("section").count() == len(COMPONENTS)
    assert violations(page) == []


@pytest.mark.parametrize(("path", "language"), [("/", "zh"), ("/ui/", "en"), ("/ui/table/", "zh")])
def test_phone_is_accessible(open_page: Open, path: str, language: str) -> None:
    assert violations(open_page(path, language=language, size=PHONE)) == []


@pytest.mark.parametrize("size", [PHONE, ZOOMED], ids=["phone", "400 %"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_must_be_scrolled_sideways(open_page: Open, size: tuple[int, int], language: str) -> None:
    page = open_page(PATHS[0], size=size, language=language)
    wide = []
    for path in PATHS:
        page.goto(path)
        if overflows(page):
            wide.append(path)
    assert wide == []


def test_pages_speak_the_language_of_the_browser(open_page: Open) -> None:
    assert open_page("/ui/", language="zh").inner_text("h1") == "界面组件"
    assert open_page("/ui/", language="en").inner_text("h1") == "Style guide"


def test_first_tab_leads_to_the_content(open_page: Open) -> None:
    page = open_page("/ui/", language="en")
    page.keyboard.press("Tab")
    assert focused(page) == "a Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "a All on one page"


def test_list_is_walked_by_j_and_k(open_page: Open) -> None:
    page = open_page("/ui/table/")
    for key, standing in (("j", "inc_01J9ZQ"), ("j", "inc_01J9ZP"), ("k", "inc_01J9ZQ")):
        page.keyboard.press(key)
        assert focused(page) == f"a {standing}"
    page.keyboard.press("Enter")
    assert page.url.endswith("#inc_01J9ZQ")


def test_graph_is_walked_by_keyboard(open_page: Open) -> None:
    page = open_page("/ui/graph/", language="en")
    page.focus(".graph .node")
    assert focused(page).startswith("a user u_88**21, linked with d_4f…a2, **** 6411")
    page.keyboard.press("Tab")
    assert focused(page).startswith("a device d_4f…a2")
    page.keyboard.press("Enter")
    assert page.url.endswith("#d1")


def test_reveal_shows_the_value_for_its_seconds_and_masks_it_again(open_page: Open) -> None:
    page = open_page("/ui/masked/", language="en")
    page.evaluate("document.querySelector('.masked-form').setAttribute('hx-post', '/ui/reveal/?quick=1')")
    page.evaluate("htmx.process(document.querySelector('.masked-form'))")
    value = page.locator("masked-value").first
    page.keyboard.press("v")
    value.locator("select").select_option("call_back")
    value.locator("button[type=submit]").press("Enter")
    expect(value.locator(".masked-clear")).to_have_text("13800001234")
    expect(value.locator(".masked-clear")).to_have_count(0, timeout=4_000)
    expect(value.locator(".masked-text")).to_have_text("138****1234")
    assert focused(page).startswith("summary Reveal")


def test_reveal_is_ended_by_a_button(open_page: Open) -> None:
    page = open_page("/ui/masked/", language="en")
    value = page.locator("masked-value").first
    page.keyboard.press("v")
    value.locator("select").select_option("call_back")
    value.locator("button[type=submit]").click()
    value.locator("[data-mask-now]").click()
    expect(value.locator(".masked-text")).to_have_text("138****1234")
    assert "13800001234" not in value.inner_html()


def test_clock_counts_down(open_page: Open) -> None:
    page = open_page("/ui/clock/")
    text = page.locator(".clock-text").first
    before = text.inner_text()
    expect(text).not_to_have_text(before, timeout=3_000)


def test_wrong_fields_say_so_beside_themselves(open_page: Open) -> None:
    page = open_page("/ui/form/", language="en")
    page.fill("[name=amount]", "0")
    page.click("main button[type=submit]")
    field = page.locator("[name=amount]")
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby") or ""
    assert page.locator(f"#{described.split()[-1]}").inner_text().strip() != ""
    assert violations(page) == []
