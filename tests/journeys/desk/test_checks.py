"""Checks by keyboard alone, readable for everybody, on a phone and at night."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.desk.looking import overflows, violations
from tests.journeys.desk.tabs import PHONE, ZOOMED

Open = Callable[..., Page]
SCAM = (
    "【客服】您的百万保障\u200b到期了，请加客服ｗｅｉｘｉｎ kefu88，点击 http://taoba0.com/login 关闭，电话 13800138000"
)


def checked(page: Page, text: str) -> None:
    """Press l, type, Ctrl+Enter, wait for the verdict."""
    page.keyboard.press("l")
    expect(page.locator("#pasted")).to_be_focused()
    page.keyboard.insert_text(text)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#verdict")).to_be_visible()


def test_l_on_any_page_leads_to_the_box(open_page: Open) -> None:
    page = open_page("/", language="en")
    checked(page, SCAM)
    expect(page.locator("#verdict")).to_contain_text("high-risk")
    assert page.locator("#result a[href^=http]").count() == 0
    assert "http://taoba0.com" not in page.locator("#result").inner_html()
    page.locator("#result form button", has_text="False positive").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_contain_text("Your correction is stored")


@pytest.mark.parametrize(
    ("language", "theme", "size"),
    [("zh", "light", (1280, 800)), ("en", "dark", (1280, 800)), ("zh", "night", PHONE), ("en", "light", ZOOMED)],
)
def test_the_answer_is_accessible(open_page: Open, language: str, theme: str, size: tuple[int, int]) -> None:
    page = open_page("/checks/", language=language, theme=theme, size=size)
    page.locator("#pasted").fill(SCAM)
    page.locator("#pasted").press("Control+Enter")
    expect(page.locator("#verdict")).to_be_visible()
    assert violations(page) == []
    assert not overflows(page)


@pytest.mark.parametrize("kind", ["reply", "personal_data"])
def test_replies_and_personal_data(open_page: Open, kind: str) -> None:
    page = open_page("/checks/", language="en")
    page.locator("#pasted").fill("我们保证一定能追回，请发验证码，电话 13800138000")
    page.locator(f"button[value={kind}]").press("Enter")
    expect(page.locator("#verdict")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize(("language", "size"), [("zh", (1280, 800)), ("en", PHONE)])
@pytest.mark.parametrize("path", ["/signatures/", "/signatures/propose/"])
def test_the_library_is_accessible(open_page: Open, path: str, language: str, size: tuple[int, int]) -> None:
    page = open_page(path, language=language, size=size)
    assert violations(page) == []
    assert not overflows(page)
