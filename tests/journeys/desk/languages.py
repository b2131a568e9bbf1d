"""A story told once for both languages: each of its pages is looked at in both, each of its acts is done in one."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.journeys.desk.looking import violations
from tests.journeys.desk.pressing import wait_until_ready

OTHER = {"zh-Hans": "en", "en": "zh"}
LANG = {"zh": "zh-Hans", "en": "en"}


def turned(page: Page) -> str:
    """Load the page again in the other language, in which the story goes on; return which."""
    language = OTHER[page.get_attribute("html", "lang") or ""]
    origin = page.evaluate("location.origin")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": origin}])
    page.reload()
    wait_until_ready(page)
    assert page.get_attribute("html", "lang") == LANG[language]
    return language


def violations_in_both(page: Page, *themes: str) -> list[str]:
    """Return what axe finds wrong with the page in its language, and in the other, in which the story goes on."""
    found = violations(page, *themes)
    turned(page)
    return found + violations(page, *themes)
