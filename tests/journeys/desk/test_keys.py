"""Command palette and shortcuts, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.desk.looking import focused, violations

Open = Callable[..., Page]


def options(page: Page) -> list[str]:
    return [each.split("\n")[0] for each in page.locator("#palette [role=option]").all_inner_texts()]


@pytest.mark.parametrize(
    ("language", "typed", "first"),
    [
        ("zh", "审计", "审计"),
        ("zh", "wkyz", "我可以做什么"),
        ("zh", "audit", "审计"),
        ("en", "audit", "Audit"),
        ("en", "what may", "What I may do"),
        ("en", "thm nght", "Theme: night"),
        ("en", "审计", "Audit"),
    ],
)
def test_palette_finds_by_words_initials_and_letters(open_page: Open, language: str, typed: str, first: str) -> None:
    page = open_page("/", language=language)
    page.keyboard.press("Control+k")
    page.keyboard.type(typed)
    assert options(page)[0] == first


def test_palette_opens_a_page_without_a_mouse(open_page: Open) -> None:
    page = open_page("/", language="en")
    page.keyboard.press("Control+k")
    assert focused(page) == "input Find pages and commands"
    page.keyboard.type("style guide")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ui/")


def test_palette_walks_its_list_and_closes_without_loss(open_page: Open) -> None:
    page = open_page("/ui/form/", language="en")
    page.focus("[name=reason]")
    page.keyboard.type("half a sen")
    page.keyboard.press("Control+k")
    chosen = page.locator("#palette [aria-selected=true]")
    before = chosen.inner_text()
    page.keyboard.press("ArrowDown")
    assert chosen.inner_text() != before
    page.keyboard.press("ArrowUp")
    assert chosen.inner_text() == before
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.input_value("[name=reason]") == "half a sen"
    assert page.evaluate("document.activeElement.name") == "reason"


def test_palette_says_when_nothing_matches(open_page: Open) -> None:
    page = open_page("/", language="en")
    page.keyboard.press("Control+k")
    page.keyboard.type("zzzz")
    assert page.locator(".palette-none").is_visible()
    page.keyboard.press("Enter")
    assert page.locator("#palette").is_visible()


def test_palette_changes_the_theme_at_once_and_for_later(open_page: Open) -> None:
    page = open_page("/", language="en")
    with page.expect_response("**/look/"):
        page.keyboard.press("Control+k")
        page.keyboard.type("theme: night")
        page.keyboard.press("Enter")
    assert page.get_attribute("html", "data-theme") == "night"
    page.reload()
    assert page.get_attribute("html", "data-theme") == "night"


def test_question_mark_shows_the_keys_of_this_page(open_page: Open) -> None:
    page = open_page("/ui/masked/", language="en")
    page.keyboard.press("?")
    lines = [line.replace("\n", " ") for line in page.locator("#keys .keys > div").all_inner_texts()]
    assert [line for line in lines if line.startswith(("Audit", "Reveal", "Next row"))] == [
        "Next row of a list j",
        "Audit g a",
        "Reveal phone number v",
    ]
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_sequences_lead_to_rooms(open_page: Open) -> None:
    page = open_page("/ui/")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/")


def test_single_keys_rest_in_fields_and_while_composing(open_page: Open) -> None:
    page = open_page("/ui/form/")
    page.focus("[name=reason]")
    page.keyboard.type("gh?")
    assert (page.input_value("[name=reason]"), page.url.endswith("/ui/form/")) == ("gh?", True)
    page.evaluate("document.activeElement.blur()")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true, isComposing: true}))"
    )
    expect(page.locator("#keys")).to_be_hidden()


def test_single_keys_can_be_turned_off(open_page: Open) -> None:
    page = open_page("/ui/", language="en")
    page.click("#person")
    page.click("text=Turn single-key shortcuts off")
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()


def test_menus_close_on_escape_and_give_the_focus_back(open_page: Open) -> None:
    page = open_page("/", language="en")
    page.focus("#theme")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "button As the system"
    page.keyboard.press("Escape")
    assert focused(page) == "summary Theme"


def test_language_is_switched_and_kept(open_page: Open) -> None:
    page = open_page("/ui/", language="zh")
    page.click("#language")
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.goto("/")
    assert page.get_attribute("html", "lang") == "en"
