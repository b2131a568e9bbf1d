"""Tabs of a browser that journeys lend each other: a new one costs more than the page that is looked at in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Error, Page

from tests.journeys.desk.pressing import patient

PATIENCE_MS = 60_000
"""How long a journey waits for what must come: long, as other work may run beside it."""
LEAVING_MS = 3_000
COMPUTER = (1280, 800)
PHONE = (390, 844)
ZOOMED = (320, 256)
"""What is left of 1280 × 1024 at 400 %."""
LOCALES = {"zh": "zh-CN", "en": "en-US"}


class Kind(NamedTuple):
    """What cannot be changed once a tab is there."""

    url: str
    language: str
    has_touch: bool = False


@dataclass(frozen=True)
class Tab:
    """A page in a profile of its own, and what went wrong in its scripts."""

    kind: Kind
    context: BrowserContext
    page: Page
    is_kept: bool
    problems: list[str] = field(default_factory=list)


class Tabs:
    """Lends tabs to one journey after another; what one left behind is gone before the next has it."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[Kind, list[Tab]] = defaultdict(list)

    def lend(self, kind: Kind, size: tuple[int, int], *, is_kept: bool = True) -> Tab:
        """Return an empty tab; not to be kept is one that gets a clock, a listener or an authenticator."""
        free = self._free[kind]
        tab = free.pop() if free and is_kept else self._opened(kind, is_kept)
        tab.page.set_viewport_size({"width": size[0], "height": size[1]})
        return tab

    def _opened(self, kind: Kind, is_kept: bool) -> Tab:
        context = self._browser.new_context(
            base_url=kind.url, locale=LOCALES[kind.language], has_touch=kind.has_touch, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        tab = Tab(kind, context, patient(context.new_page()), is_kept)

        def read(message: ConsoleMessage) -> None:
            if "Security Policy" in message.text:
                tab.problems.append(message.text)

        tab.page.on("pageerror", lambda problem: tab.problems.append(str(problem)))
        tab.page.on("console", read)
        return tab

    def take_back(self, tab: Tab) -> list[str]:
        """Empty it for the next journey, or close it; return what went wrong in it."""
        if tab.is_kept and _emptied(tab):
            self._free[tab.kind].append(tab)
        else:
            tab.context.close()
        problems = tab.problems[:]
        tab.problems.clear()
        return problems


def _emptied(tab: Tab) -> bool:
    tab.page.on("dialog", _leave)
    try:
        for other in tab.context.pages[1:]:
            other.close()
        if tab.page.url.startswith(tab.kind.url):
            tab.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        # A page of the same place is drawn by the same process; an empty one would end it.
        tab.page.goto(f"{tab.kind.url}/healthz", timeout=LEAVING_MS)
        tab.context.clear_cookies()
        tab.page.remove_listener("dialog", _leave)
    except Error:
        return False
    return True


def _leave(question: Dialog) -> None:
    """Answer a page that asks whether what was typed shall be left behind."""
    question.accept()
