"""What looks at pages sees what is wrong in one, also where it has seen pages like it that were sound."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.desk.looking import violations

PALE = "document.querySelector('main p').style.color = '{}'"
HARMS = {
    "a pale text": ("color-contrast", PALE.format("rgb(190, 190, 190)")),
    "a text nearly seen through": ("color-contrast", "document.querySelector('main').style.opacity = '0.4'"),
    "a button without a name": (
        "button-name",
        "document.querySelector('main').append(document.createElement('button'))",
    ),
    "a second thing of one id": (
        "duplicate-id-aria",
        "const make = () => Object.assign(document.createElement('p'), { id: 'twice', textContent: 'twice' });"
        "document.querySelector('main h1').setAttribute('aria-describedby', 'twice');"
        "document.querySelector('main').append(make(), make())",
    ),
    "headings that leave one out": (
        "heading-order",
        "document.querySelector('main h1').after(Object.assign(document.createElement('h4'), { textContent: 'deep' }))",
    ),
}


@pytest.mark.parametrize(("rule", "harm"), HARMS.values(), ids=HARMS)
def test_what_is_wrong_is_found(open_page: Callable[..., Page], rule: str, harm: str) -> None:
    page = open_page("/ui/", language="en")
    assert violations(page) == []
    page.evaluate(f"() => {{ {harm} }}")
    assert [each.split(":")[0] for each in violations(page)] == [rule]
    page.reload()
    assert violations(page) == []


def test_what_is_too_pale_in_another_theme_is_found(open_page: Callable[..., Page]) -> None:
    page = open_page("/ui/", language="en")
    # Dark enough on white, and too dark at night.
    page.evaluate(f"() => {{ {PALE.format('rgb(90, 90, 90)')} }}")
    assert violations(page) == []
    assert [each.split(":")[0] for each in violations(page, "night")] == ["color-contrast"]
