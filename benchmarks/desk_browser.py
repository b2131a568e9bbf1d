"""What a person at the screen waits for: `python -m benchmarks.desk_browser [--postgresql] [--incidents N]`.

Chromium before a desk as `anxin desk serve` runs it, over `desk_seed`'s incidents. From the key's own event until the
frame after the screen shows what was asked for, both by the page's clock.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.desk_incidents import cut, sign_in
from benchmarks.desk_seed import PHONE, Seeded, seed
from benchmarks.freeze import _free_port
from benchmarks.live_load import _wait_for
from benchmarks.projection import start_desk
from benchmarks.tables import print_table

BROWSERS = (Path("/usr/bin/chromium"), Path("/usr/bin/chromium-headless-shell"))
"""A whole browser where there is one, as people use it."""
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
PATIENCE_MS = 20_000
_CLOCK = """
window.bench = { since: 0, stamp: () => performance.timeOrigin + performance.now() };
for (const kind of ["keydown", "change"]) addEventListener(kind, () => { bench.since = bench.stamp(); }, true);
bench.when = (holds) => new Promise((resolve) => {
  const look = () => holds() ? requestAnimationFrame(() => resolve(bench.stamp())) : requestAnimationFrame(look);
  look();
});
bench.wait = (holds) => { bench.shown = bench.when(holds); };
"""
LIMITS = {
    "key → feedback: j, k": 100,
    "key → feedback: ?": 100,
    "key → feedback: f": 100,
    "next incident, fetched before": 300,
    "incident, cold: Enter → decision fields": 500,
    "the same, whole page by address": 800,
    "the same, all tiles and the freeze panel": 1_500,
    "queue, a filter": 400,
    "search: number, user, phone, words": 700,
    "link check": 500,
    "draft durable after the last key": 1_000,
    "freeze accepted": 500,
    "claim here → row on the other screen": 1_000,
}


@dataclass
class Screens:
    """Two people's screens before one desk, and what was measured, in ms by name."""

    mine: Page
    theirs: Page
    seeded: Seeded
    times: int
    lapses: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in LIMITS})

    def measure(self, name: str, act: Callable[[], object], holds: str) -> None:
        """Do something on one's own screen; note how long until a condition of the page holds."""
        self.mine.evaluate(f"() => bench.wait(() => {holds})")
        act()
        self.lapses[name].append(self.mine.evaluate("async () => await bench.shown - bench.since"))

    def open(self, path: str) -> None:
        """Open a page whole."""
        self.mine.goto(path)
        self.mine.wait_for_function("document.documentElement.dataset.ready === 'true'")


def press_keys(screens: Screens) -> None:
    """Walk through the queue, and ask for the keys."""
    page = screens.mine
    screens.open("/queue/")
    page.keyboard.press("j")
    for number in range(screens.times):
        page.evaluate("() => { bench.before = document.activeElement; }")
        moved = "document.activeElement !== bench.before"
        screens.measure("key → feedback: j, k", lambda key="jjk"[number % 3]: page.keyboard.press(key), moved)  # type: ignore[misc]
        screens.measure("key → feedback: ?", lambda: page.keyboard.press("?"), "document.querySelector('#keys[open]')")
        page.keyboard.press("Escape")


def open_next(screens: Screens) -> None:
    """Open the first of the queue, which the screen fetched before anybody asked."""
    page, name = screens.mine, "next incident, fetched before"
    for _ in range(screens.times):
        with page.expect_response("**/incidents/inc_*/"):
            screens.open("/queue/")
        page.wait_for_timeout(1_000)
        link = page.locator("a.queue-open").first
        link.focus()
        screens.measure(name, lambda: page.keyboard.press("Enter"), _is_open(str(link.get_attribute("href"))))


def open_cold(screens: Screens) -> None:
    """Open incidents from far down in the queue; the freeze panel and the tiles come by themselves."""
    page = screens.mine
    for place in range(20, 20 + screens.times):
        screens.open("/queue/")
        link = page.locator("a.queue-open").nth(place)
        link.focus()
        where = str(link.get_attribute("href"))
        fields = "incident, cold: Enter → decision fields"
        screens.measure(fields, lambda: page.keyboard.press("Enter"), _is_open(where))
        whole = "document.querySelector('#protect measure-order') && !document.querySelector('#case-tiles .skeleton')"
        later = f"async () => await bench.when(() => {whole}) - bench.since"
        screens.lapses["the same, all tiles and the freeze panel"].append(page.evaluate(later))
        page.locator("#protect h2").focus()
        is_there = "document.activeElement.closest('#protect measure-order, #protect')"
        page.evaluate("() => document.activeElement.blur()")
        screens.measure("key → feedback: f", lambda: page.keyboard.press("f"), is_there)
    for each in _some(screens, 2):
        screens.open(f"/incidents/{each}/")
        page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
        painted = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
        screens.lapses["the same, whole page by address"].append(page.evaluate(painted))


def _is_open(path: str) -> str:
    wanted = path.strip("/").rpartition("/")[2]
    return f"document.querySelector('incident-case[data-id=\"{wanted}\"] #case-why')"


def narrow(screens: Screens) -> None:
    """Filter the queue, and search it."""
    page = screens.mine
    screens.open("/queue/")
    fresh = "!document.querySelector('#queue [data-old]')"
    mark = "() => { for (const each of document.querySelector('#queue').children) each.dataset.old = 1; }"
    for _, level in zip(range(screens.times), cycle("123"), strict=False):
        page.evaluate(mark)
        screens.measure("queue, a filter", lambda: page.select_option("[name=level]", level), fresh)  # noqa: B023
    screens.open("/queue/")
    for _, asked in zip(range(screens.times), cycle(("#20101", "u100", PHONE, "盗号")), strict=False):
        page.fill("[name=q]", "")
        page.wait_for_timeout(1_500)
        page.evaluate(mark)
        page.locator("[name=q]").evaluate("(field, text) => { field.value = text; }", asked)
        screens.measure("search: number, user, phone, words", lambda: page.keyboard.press("Enter"), fresh)


def check_links(screens: Screens) -> None:
    """Check a link of another name each time."""
    page = screens.mine
    screens.open("/checks/")
    for number in range(screens.times + 1):
        page.fill("#pasted", f"http://tao-bao-{number}.example-refund.top/login")
        page.evaluate("() => { document.querySelector('#result').firstElementChild.dataset.old = 1; }")
        fresh = "document.querySelector('#result > *') && !document.querySelector('#result [data-old]')"
        screens.measure("link check", lambda: page.keyboard.press("Control+Enter"), fresh)
    del screens.lapses["link check"][0]  # the checkers' own start


def type_notes(screens: Screens) -> None:
    """Type into a note, and wait until the desk has it."""
    page = screens.mine
    screens.open(f"/incidents/{screens.seeded.first.id}/")
    page.locator("#composer-note").focus()
    for number in range(screens.times):
        with page.expect_response("**/drafts/note") as saved:
            page.keyboard.type(f"word {number} ")
        lapse = "async (answered) => answered - bench.since"
        timing = saved.value.request.timing
        saved.value.finished()
        screens.lapses["draft durable after the last key"].append(
            page.evaluate(lapse, timing["startTime"] + saved.value.request.timing["responseEnd"])
        )
        page.wait_for_timeout(100)


def protect(screens: Screens) -> None:
    """Hold one user's payments after the other by keyboard."""
    page, users = screens.mine, count(2_000)
    for _ in range(screens.times):
        screens.open(f"/measures/panel/user/u{next(users)}/?measure=hold_payment")
        page.locator("measure-order [name=reason]").first.focus()
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        standing = "document.querySelector('#protect .measure')"
        screens.measure("freeze accepted", lambda: page.keyboard.press("Enter"), standing)


def watch_claims(screens: Screens) -> None:
    """Claim a row here; the other screen shows whose it is."""
    page, other = screens.mine, screens.theirs
    for each in (page, other):
        each.goto("/queue/")
        each.wait_for_selector(".live[data-state=live]", state="attached")
    for _ in range(screens.times):
        row = page.locator("[data-row]:has([data-claim])").first
        name = f"#{row.get_attribute('id')}"
        gone = f"!document.querySelector('{name} [data-claim]')"
        other.evaluate(f"() => bench.wait(() => {gone})")
        row.locator("a").focus()
        page.keyboard.press("c")
        since = page.evaluate("bench.since")
        screens.lapses["claim here → row on the other screen"].append(other.evaluate("bench.shown") - since)


def _some(screens: Screens, third: int) -> list[str]:
    return screens.seeded.open_ids(third)[: screens.times]


@contextmanager
def serving() -> Iterator[str]:
    """Serve the desk of this process's settings for the time of a block; yield its address."""
    port = _free_port()
    environment = os.environ | {"ANXIN_DESK_PORT": str(port), "PYTHONPATH": str(Path(__file__).parents[1] / "src")}
    desk = subprocess.Popen([sys.executable, "-m", "anxin.cli", "desk", "serve"], env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/static/ui/mark.svg")
        yield f"http://127.0.0.1:{port}"
    finally:
        desk.terminate()
        desk.wait(20)


def _screen(browser: Browser, url: str, cookie: str) -> Page:
    context = browser.new_context(base_url=url, locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])
    context.add_init_script(_CLOCK)
    return context.new_page()


STEPS = (press_keys, open_next, open_cold, narrow, check_links, type_notes, protect, watch_claims)


def measure(seeded: Seeded, times: int) -> dict[str, list[float]]:
    """Return what was measured, in ms by name."""
    cookies = [sign_in(each).cookies["sessionid"].value for each in (seeded.person, seeded.colleague)]
    with serving() as url, sync_playwright() as playwright:
        found = next(each for each in BROWSERS if each.exists())
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        mine, theirs = (_screen(browser, url, each) for each in cookies)
        screens = Screens(mine, theirs, seeded, times)
        for step in STEPS:
            step(screens)
            print(f"{step.__name__} done", flush=True)
        browser.close()
    return screens.lapses


def main(arguments: list[str]) -> None:
    """Run the benchmark in a folder that is deleted afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="anxin-bench-") as folder:
        Path(folder).chmod(0o755)
        start_desk(Path(folder), postgresql=given.postgresql)
        lapses = measure(seed(given.incidents), given.times)
    rows = [
        (name, str(len(each)), f"{cut(each, 0.5):.0f}", f"{cut(each, 0.95):.0f}", str(LIMITS[name]))
        for name, each in lapses.items()
    ]
    where = "PostgreSQL" if given.postgresql else "SQLite"
    title = f"In the browser: {given.incidents} incidents, {where}, ms, load {os.getloadavg()[0]:.1f}"
    print_table(title, ("what", "times", "p50", "p95", "limit"), rows)


if __name__ == "__main__":
    main(sys.argv[1:])
