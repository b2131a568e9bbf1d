"""From the queue into incidents and back: rows put in by the page's own script are as good as any."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.desk.looking import violations
from tests.journeys.desk.many import DRILLS, KIND, NAMES
from tests.journeys.desk.running import RunningDesk

Open = Callable[..., Page]
MARKED = "document.querySelector('.case-queue incident-queue').dataset.kept"


@pytest.fixture(scope="module", autouse=True)
def many(desk: RunningDesk) -> RunningDesk:
    """The desk with a long list."""
    desk.run("tests.journeys.desk.many")
    return desk


def test_a_filtered_list_is_reached_to_its_last_row(open_page: Open) -> None:
    page = open_page(f"/queue/?kind={KIND}", role="specialist", language="en")
    page.select_option("[name=drill]", "1")
    page.wait_for_url(re.compile("drill=1"))
    rows = page.locator("#queue [data-row]")
    expect(rows).to_have_count(DRILLS)
    expect(page.locator("#queue .paging")).to_contain_text(f"{DRILLS} rows")
    orders = page.evaluate("() => [...document.querySelectorAll('#queue [data-row]')].map(row => row.dataset.order)")
    assert orders == sorted(set(orders))
    rows.last.locator("a").focus()
    page.keyboard.press("k")
    expect(rows.nth(DRILLS - 2).locator("a")).to_be_focused()
    page.keyboard.press("j")
    expect(rows.last.locator("a")).to_be_focused()
    assert violations(page) == []
    page.go_back()
    page.wait_for_url(re.compile(f"kind={KIND}$"))
    expect(page.locator(".rail")).to_be_visible()
    expect(rows).to_have_count(len(NAMES))


def test_one_incident_after_another_keeps_the_column_and_the_way_back(open_page: Open) -> None:
    page = open_page(f"/queue/?q=u_{NAMES[0]}", role="specialist", language="zh", size=(1440, 900))
    row = page.locator("#queue [data-row]")
    expect(row).to_have_count(1)
    first = str(row.get_attribute("data-id"))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/incidents/{first}/")
    expect(page.locator("#case h1")).to_be_focused()
    here = page.locator(".case-queue [aria-current=page]")
    expect(here).to_have_attribute("href", f"/incidents/{first}/")
    number = page.locator("incident-case").get_attribute("data-number")
    assert page.title().startswith(f"#{number} ")
    assert violations(page) == []
    page.evaluate(f"() => {{ {MARKED} = '1'; }}")
    other = page.locator(".case-queue a.queue-open:not([aria-current])").first
    second = str(other.get_attribute("href"))
    other.click()
    page.wait_for_url(f"**{second}")
    expect(here).to_have_attribute("href", second)
    assert (page.evaluate(MARKED), page.locator(".case-queue .is-here").count()) == ("1", 1)
    expect(page.locator("#case h1")).to_be_focused()
    page.go_back()
    page.wait_for_url(f"**/incidents/{first}/")
    expect(page.locator("incident-case")).to_have_attribute("data-id", first)
    page.go_back()
    page.wait_for_url(re.compile("/queue/"))
    expect(page.locator(f"#row-{first} a.queue-open")).to_be_focused()


def test_going_back_once_more_while_a_page_is_loading_is_heard(open_page: Open) -> None:
    page = open_page(f"/queue/?q=u_{NAMES[0]}", role="specialist", language="en", size=(1440, 900))
    page.locator("#queue [data-row] a.queue-open").press("Enter")
    page.wait_for_url("**/incidents/*/")
    page.locator(".case-queue a.queue-open:not([aria-current])").first.click()
    expect(page.locator("incident-case")).to_have_count(1)
    expect(page.locator("#case h1")).to_be_focused()
    scripts: list[Route] = []
    page.route("**/ui/js/desk*.js", lambda route: scripts.append(route))
    page.go_back(wait_until="commit")
    expect(page.locator("html:not([data-ready]) incident-case")).to_have_count(1)
    page.go_back(wait_until="commit")
    page.wait_for_url(re.compile("/queue/"), wait_until="commit")
    for script in scripts[:]:
        script.continue_()
    page.unroute("**/ui/js/desk*.js")
    expect(page.locator("#queue [data-row]")).to_have_count(1)
    expect(page.locator("incident-case")).to_have_count(0)
