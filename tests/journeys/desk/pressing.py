"""Keys for a page whose scripts listen: what is pressed before they do is lost, and no journey may hang on that."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page


def patient(page: Page) -> Page:
    """Let every key wait until the page says that it is ready."""
    press = page.keyboard.press

    def press_when_ready(key: str, **more: Any) -> None:
        wait_until_ready(page)
        press(key, **more)

    page.keyboard.press = press_when_ready  # type: ignore[method-assign]
    return page


def wait_until_ready(page: Page) -> None:
    """Return once the page's scripts listen; a function that is waited for would draw the page again for each look."""
    page.locator("html[data-ready=true]").wait_for(state="attached")
