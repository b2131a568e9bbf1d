"""Pages for what is not there, not allowed or broken, in the same look and both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.desk.looking import overflows, violations
from tests.journeys.desk.tabs import ZOOMED

Open = Callable[..., Page]


@pytest.mark.parametrize(
    ("language", "role", "title"),
    [
        ("zh", "specialist", "找不到，或您无权查看。"),
        ("en", "specialist", "It is not there, or not yours to see."),
        ("zh", None, "找不到，或您无权查看。"),
    ],
)
def test_page_that_is_not_there(open_page: Open, language: str, role: str | None, title: str) -> None:
    page = open_page("/no/such/page/", role=role, language=language, size=ZOOMED)
    assert (page.inner_text("h1"), violations(page), overflows(page)) == (title, [], False)


def test_form_from_an_old_page_is_not_done(open_page: Open) -> None:
    page = open_page("/ui/form/", language="en")
    page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').value = 'old'")
    page.fill("[name=reason]", "typed before")
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    assert page.inner_text("h1") == "This form is out of date; it was not done."
    assert violations(page) == []
    page.goto("/ui/form/")
    assert page.input_value("[name=reason]") == "typed before"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sign_in_stands_in_the_same_look(open_page: Open, language: str) -> None:
    page = open_page("/accounts/login/", role=None, language=language)
    assert violations(page, "dark", "night") == []
