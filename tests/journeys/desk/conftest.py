"""A real desk and a real browser for journeys: fixtures `desk`, `browser`, `open_page`, and checks by axe."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from benchmarks.serving import free_port
from playwright.sync_api import Page, expect, sync_playwright

from tests.journeys.chromium import found_browser
from tests.journeys.desk.found import PASSWORD, code_of_this_moment, username_of
from tests.journeys.desk.looking import SOUND
from tests.journeys.desk.pressing import wait_until_ready
from tests.journeys.desk.running import RunningDesk
from tests.journeys.desk.tabs import COMPUTER, PATIENCE_MS, Kind, Tab, Tabs
from tests.once import made_once

UNUSED = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "RenderDocument",
    "ThirdPartyStoragePartitioning",
)
"""What chromium does beside drawing a page: an address bar of its own, a whole new frame for each page that follows."""
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",
    # A page lives for a second here: what is compiled to run fast later has cost more than it saves.
    "--js-flags=--no-maglev --no-opt --no-flush-bytecode",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(UNUSED)}",
)
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def desk(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """A desk with people of every role in two organisations; everybody has an authenticator app."""
    folder = tmp_path_factory.mktemp("desk")
    founded = made_once(tmp_path_factory, "founded", partial(_found, tables))
    shutil.copytree(founded, folder, dirs_exist_ok=True)
    running = RunningDesk(folder, free_port())
    running.start()
    yield running
    running.stop()


def _found(tables: Path, folder: Path) -> None:
    shutil.copytree(tables, folder, dirs_exist_ok=True)
    founding = RunningDesk(folder, free_port())
    founding.found()
    founding.stop()


class Chromium:
    """A browser without a window, started when one is needed; its event loop stands in the way of other tests."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._tabs: Tabs | None = None

    def running(self) -> Tabs:
        if self._tabs is None:
            playwright = self._open.enter_context(sync_playwright())
            browser = playwright.chromium.launch(executable_path=str(found_browser()), args=list(ARGUMENTS))
            self._open.callback(browser.close)
            self._tabs = Tabs(browser)
        return self._tabs

    def end(self) -> None:
        self._open.close()
        self._tabs = None


_chromium = Chromium()


@pytest.fixture(scope="package")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    SOUND.share(made_once(tmp_path_factory, "sound", lambda folder: None) / "all")
    yield _chromium
    _chromium.end()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """End the browser before a test without one gets its databases: under its loop they would be others."""
    if "tabs" not in getattr(item, "fixturenames", ()):
        _chromium.end()


@pytest.fixture
def tabs(chromium: Chromium) -> Tabs:
    """Those of one browser, the same for all journeys that follow each other."""
    if found_browser() is None:
        pytest.skip("needs chromium")
    return chromium.running()


class People:
    """Signs each role in once, by form, and remembers the cookies: a second sign-in would end the first session."""

    def __init__(self, desk: RunningDesk, tabs: Tabs, cookies: dict[str, list[dict[str, object]]]) -> None:
        self._desk, self._tabs, self._cookies = desk, tabs, cookies

    def cookies(self, username: str) -> list[dict[str, object]]:
        if username not in self._cookies:
            tab = self._tabs.lend(Kind(self._desk.url, "en"), COMPUTER)
            sign_in_by_form(tab.page, username)
            self._cookies[username] = [each for each in tab.context.cookies() if each["name"] == "sessionid"]
            assert self._tabs.take_back(tab) == []
        return self._cookies[username]


def sign_in_by_form(page: Page, username: str) -> None:
    """Go through the sign-in as a person does: name, password, code of the app."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()
    if page.locator("[name=code]").count():
        page.fill("[name=code]", code_of_this_moment())
        page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/")


@pytest.fixture(scope="session")
def cookies_of_people() -> dict[str, list[dict[str, object]]]:
    """Who is signed in already."""
    return {}


@pytest.fixture
def people(desk: RunningDesk, tabs: Tabs, cookies_of_people: dict[str, list[dict[str, object]]]) -> People:
    return People(desk, tabs, cookies_of_people)


@pytest.fixture
def open_page(desk: RunningDesk, tabs: Tabs, people: People) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody: `open_page("/ui/", role="specialist", language="en", theme="dark", size=PHONE)`.

    `role=None` is a stranger. An error of a script, or anything the content policy stopped, fails the test at its end.
    """
    lent: list[Tab] = []

    def open_one(
        path: str,
        *,
        role: str | None = "specialist",
        slug: str = "shop",
        language: str = "zh",
        theme: str = "light",
        size: tuple[int, int] = COMPUTER,
        is_kept: bool = True,
    ) -> Page:
        tab = tabs.lend(Kind(desk.url, language), size, is_kept=is_kept)
        lent.append(tab)
        # Somebody else's journey may have chosen a language for the same person: this browser has chosen, too.
        chosen = {"anxin_theme": theme, "django_language": language}
        tab.context.add_cookies([{"name": name, "value": value, "url": desk.url} for name, value in chosen.items()])
        if role is not None:
            tab.context.add_cookies(people.cookies(username_of(role, slug)))
        tab.page.goto(path)
        wait_until_ready(tab.page)
        return tab.page

    yield open_one
    assert [problem for tab in lent for problem in tabs.take_back(tab)] == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Show the desk's own log under a journey that failed."""
    report = yield
    desk = getattr(item, "funcargs", {}).get("desk")
    if report.failed and isinstance(desk, RunningDesk):
        report.sections.append(("the desk's log", desk.log[-4_000:]))
    return report
