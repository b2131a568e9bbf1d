"""Many alerts at once: one incident, its victims, a measure for many by keyboard, and the wrong one undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.desk.languages import turned, violations_in_both
from tests.journeys.desk.looking import overflows, violations
from tests.journeys.desk.pressing import wait_until_ready
from tests.journeys.desk.running import RunningDesk
from tests.journeys.desk.storm import ALERTS, KIND
from tests.journeys.desk.tabs import PHONE

SAID = {
    "zh": {
        "folded": f"由 {ALERTS} 条线索归并",
        "chosen": "已选 {n} 人",
        "ordered": "已下达 3 个",
        "undone": "已撤销 3 个",
    },
    "en": {
        "folded": f"folded from {ALERTS} signals",
        "chosen": "{n} chosen",
        "ordered": "3 ordered",
        "undone": "3 taken back",
    },
}


@pytest.fixture(scope="module")
def stormy(desk: RunningDesk) -> RunningDesk:
    """The desk after the storm's alerts came in."""
    desk.run("tests.journeys.desk.storm")
    return desk


def open_victims(page: Page) -> None:
    """Go from the queue to the storm's incident and on to its victims, which any colleague can."""
    page.goto(f"/queue/?kind={KIND}")
    page.goto(f"{page.locator('#queue [data-row] a').first.get_attribute('href')}victims/")
    wait_until_ready(page)


def choose(page: Page, count: int, first: int) -> None:
    """Tick victims by keyboard alone."""
    boxes = page.locator("[name=victim]")
    boxes.nth(first).focus()
    for place in range(first, first + count):
        page.keyboard.press("Space")
        expect(boxes.nth(place)).to_be_checked()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")


@pytest.mark.usefixtures("stormy")
def test_many_are_protected_by_keyboard_and_the_wrong_batch_is_undone(open_page: Callable[..., Page]) -> None:
    page = open_page("/wall/", role="specialist", language="en", theme="dark")
    assert violations_in_both(page) == []
    open_victims(page)
    choose_three(page, SAID["zh"], 0)
    said = SAID[turned(page)]
    choose_three(page, said, 6)
    page.keyboard.press("f")
    expect(page.locator("select[name=kind]")).to_be_focused()
    page.locator("#storm-preview").focus()
    page.keyboard.press("Enter")
    page.locator("#storm-go").focus()
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_text(said["ordered"], exact=True)).to_be_visible()
    said = SAID[turned(page)]
    expect(page.get_by_text(said["ordered"], exact=True)).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text(said["undone"])).to_be_visible()
    assert violations_in_both(page) == []
    expect(page.get_by_text(SAID["en"]["undone"])).to_be_visible()


def choose_three(page: Page, said: dict[str, str], first: int) -> None:
    """Choose three of the storm's victims, and look at the page."""
    expect(page.get_by_text(said["folded"])).to_be_visible()
    expect(page.locator("h1 .number")).to_have_text(str(ALERTS))
    choose(page, 3, first)
    expect(page.locator("[data-count]")).to_have_text(said["chosen"].format(n=3))
    assert violations(page) == []


@pytest.mark.usefixtures("stormy")
def test_wall_and_victims_on_a_phone(open_page: Callable[..., Page]) -> None:
    page = open_page("/wall/", role="shift_lead", theme="night", size=PHONE)
    assert (overflows(page), violations(page)) == (False, [])
    open_victims(page)
    assert (overflows(page), violations(page)) == (False, [])


@pytest.mark.usefixtures("stormy")
def test_the_sound_is_off_until_somebody_wants_it(open_page: Callable[..., Page]) -> None:
    page = open_page("/shift/", role="service_agent", language="en")
    button = page.locator("critical-sound button")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_contain_text("L1 sound: off")
    assert violations(page) == []
