"""Keys for a page whose scripts listen: what is pressed before they do is lost, and no journey may hang on that."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Keyboard, Page

MOST_STEPS = 400
FOCUS = """wanted => {
  const here = document.activeElement;
  if (here?.matches(wanted)) return "there";
  return here?.matches("a.skip") && document.querySelector(wanted)?.closest(here.hash) ? "skip" : "";
}"""


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


def reach(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, past what all pages have by the link that skips it."""
    wait_until_ready(page)
    for _ in range(MOST_STEPS):
        focus = page.evaluate(FOCUS, selector)
        if focus == "there":
            return
        Keyboard.press(page.keyboard, "Enter" if focus else "Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")
