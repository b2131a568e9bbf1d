"""The style guide is right in every theme and language, on a phone, at 400 %, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from anxin.desk.workbench.guide.catalogue import COMPONENTS
from tests.journeys.desk.looking import focused, overflows, violations
from tests.journeys.desk.pressing import wait_until_ready
from tests.journeys.desk.tabs import PHONE, ZOOMED

EVERYTHING = "/ui/all/"
"""Every component at once."""

PATHS = ["/", "/ui/", "/ui/table/", EVERYTHING]

Open = Callable[..., Page]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_component_is_accessible(open_page: Open, language: str) -> None:
    page = open_page(EVERYTHING, language=language)
    assert page.locator("section").count() == len(COMPONENTS)
    assert violations(page, "dark", "night") == []


def test_colours_that_cannot_be_read_are_found_in_every_theme(open_page: Open) -> None:
    page = open_page("/ui/masked/", language="en")
    assert violations(page, "night") == []
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<p><b>pale</b> <i>dim</i></p>')")
    for tag, colour in (("b", "#ccc"), ("i", "#444")):
        page.evaluate(f"document.querySelector('main > p > {tag}').style.color = '{colour}'")
    assert ["pale" in each for each in violations(page, "night")] == [True, False]
    assert page.get_attribute("html", "data-theme") == "light"


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ('<img src="/static/ui/none.png">', "image-alt"),
        ('<label for="typed">Name</label><input id="type">', "label"),
        (
            '<p id="twice" tabindex="0">a</p><p id="twice" tabindex="0">b</p><a aria-labelledby="twice">c</a>',
            "duplicate-id",
        ),
        ('<div role="button">does nothing by keyboard</div><ul><p>no item</p></ul>', "list"),
    ],
)
def test_what_is_built_wrong_is_found_in_a_page_seen_before(open_page: Open, html: str, rule: str) -> None:
    page = open_page("/ui/masked/", language="zh")
    assert violations(page) == []
    page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", html)
    assert rule in "".join(each.split(":")[0] for each in violations(page))


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


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_top_bar_is_one_row_on_a_phone(open_page: Open, language: str) -> None:
    page = open_page("/", role="shift_lead", size=PHONE, language=language)
    shown = page.locator(".top > *:visible, .top > form > *:visible").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect()).map(box => [box.top < 48, box.bottom <= 49])"
    )
    assert len(shown) > 5
    assert set(map(tuple, shown)) == {(True, True)}
    expect(page.get_by_role("button", name={"zh": "English", "en": "中文"}[language])).to_be_visible()


def test_pages_speak_the_language_of_the_browser(open_page: Open) -> None:
    for language, words in (("zh", "界面组件"), ("en", "Style guide")):
        page = open_page("/", role="auditor", language=language)
        page.context.clear_cookies(name="django_language")
        page.goto("/ui/")
        assert page.inner_text("h1") == words


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


def reveal(page: Page) -> Locator:
    value = page.locator("masked-value").first
    page.keyboard.press("v")
    value.locator("select").select_option("call_back")
    value.locator("button[type=submit]").press("Enter")
    expect(value.locator(".masked-clear")).to_have_text("13800001234")
    return value


def at_rest(page: Page) -> Page:
    """The page again, with a clock that the test moves."""
    page.clock.install()
    page.reload()
    wait_until_ready(page)
    return page


def test_reveal_shows_the_value_for_its_seconds_and_masks_it_again(open_page: Open) -> None:
    page = at_rest(open_page("/ui/masked/", language="en", is_kept=False))
    value = reveal(page)
    page.clock.run_for(50_000)
    expect(value.locator(".masked-clear")).to_have_count(1)
    page.clock.run_for(11_000)
    expect(value.locator(".masked-text")).to_have_text("138****1234")
    assert "13800001234" not in value.inner_html()
    assert focused(page).startswith("summary Reveal")


def test_reveal_is_ended_by_a_button(open_page: Open) -> None:
    page = open_page("/ui/masked/", language="en")
    value = reveal(page)
    value.locator("[data-mask-now]").click()
    expect(value.locator(".masked-text")).to_have_text("138****1234")
    assert "13800001234" not in value.inner_html()


def test_clock_counts_down_and_speaks_at_thresholds_only(open_page: Open) -> None:
    page = at_rest(open_page("/ui/clock/", language="en", is_kept=False))
    clock, spoken = page.locator("desk-clock").nth(1), page.locator("#announcer")
    before = clock.locator(".clock-text").inner_text()
    page.clock.run_for(30_000)
    assert clock.locator(".clock-text").inner_text() < before
    assert spoken.inner_text() == ""
    page.clock.run_for(165_000)
    assert spoken.inner_text() == "start handling: 1 min left"
    page.clock.run_for(60_000)
    assert page.locator("#alarm").inner_text() == "start handling: overdue"
    assert clock.get_attribute("data-state") == "over"


def test_wrong_fields_say_so_beside_themselves(open_page: Open) -> None:
    page = open_page("/ui/form/", language="en")
    page.fill("[name=amount]", "0")
    page.click("main button[type=submit]")
    field = page.locator("[name=amount]")
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby") or ""
    assert page.locator(f"#{described.split()[-1]}").inner_text().strip() != ""
    assert violations(page) == []
