"""Account theft at 03:00, alone on shift: from the queue to contained by keyboard only, in both languages."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.desk.demonstration.conftest import THEFT
from tests.journeys.desk.languages import turned, violations_in_both
from tests.journeys.desk.looking import focused, overflows, violations
from tests.journeys.desk.tabs import PHONE

REPORT = """async (given) => {
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const headers = {"Content-Type": "application/json", "X-CSRFToken": token};
  const answer = await fetch("/api/v1/reports", {method: "POST", headers, body: JSON.stringify(given)});
  return [answer.status, (await answer.json()).incident_id];
}"""
SAID = {
    "zh": {"kind": "账号盗用", "done": "已完成", "mine": "您负责", "frozen": "冻结账号", "disposing": "处置中"},
    "en": {"kind": "Account takeover", "done": "Done", "mine": "you lead", "frozen": "Freeze the account"}
    | {"disposing": "disposing"},
}


def report_theft(page: Page, name: str) -> str:
    """Report as the platform's own form does: money is moving, so it is an L1 at once. Return the incident's id."""
    parties = [
        {"role": "victim", "kind": "user", "value": f"u_{name}"},
        {"role": "reporter", "kind": "phone", "value": "13900001234"},
        {"role": "suspect", "kind": "payee", "value": f"p_{name}"},
    ]
    given = THEFT | {"report_id": f"{name}-{os.getpid()}-{time.monotonic_ns()}", "parties": parties}
    status, incident_id = page.evaluate(REPORT, given)
    assert status == 201
    return str(incident_id)


def go_to(page: Page, incident_id: str) -> None:
    """Walk down the queue by j until the incident has the focus."""
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/queue/")
    row = page.locator(f"#row-{incident_id}")
    expect(row).to_be_attached()
    for _ in range(60):
        page.keyboard.press("j")
        if row.evaluate("row => row.contains(document.activeElement)"):
            return
    raise AssertionError(focused(page))


def test_alone_at_three_by_keyboard(open_night: Callable[..., Page]) -> None:
    page = open_night("/", language="zh", theme="night")
    incident_id = report_theft(page, "li")
    page.goto("/queue/")
    assert violations_in_both(page, "light") == []
    go_to(page, incident_id)
    assert violations(page, "light") == []
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/incidents/{incident_id}/")
    whole(page, SAID["en"])
    said = SAID[turned(page)]
    whole(page, said)
    # Three keys: go to the next step, tick it, and it is mine.
    expect(page.locator("#strip-start")).to_be_visible()
    page.keyboard.press("p")
    page.keyboard.press("Space")
    expect(page.locator("#case-form")).to_contain_text(said["done"])
    expect(page.locator("#case-head")).to_contain_text(said["mine"])
    freeze(page, said["frozen"])
    said = SAID[turned(page)]
    expect(page.locator("#case-head")).to_contain_text(said["mine"])
    expect(page.locator("#protect .measure").first).to_contain_text(said["frozen"])
    expect(page.locator("#case-measures")).to_contain_text(said["frozen"])
    ask_for_a_voice(page, incident_id)
    turned(page)
    ask_for_a_voice(page, incident_id)
    page.keyboard.press("Escape")
    page.wait_for_url("**/queue/")
    expect(page.locator(f"#row-{incident_id} a.queue-open")).to_be_focused()


def whole(page: Page, said: dict[str, str]) -> None:
    """Wait until all of an incident that nobody has begun is there, and look at it."""
    expect(page.locator("#case-head h1")).to_contain_text(said["kind"])
    expect(page.locator("#protect measure-order")).to_be_visible()
    expect(page.locator("#case-story .is-zero")).to_be_visible()
    expect(page.locator("#strip-start")).to_be_visible()
    assert violations(page, "light") == []


def ask_for_a_voice(page: Page, incident_id: str) -> None:
    """Open the form for a word with the person, in place, and leave it."""
    page.locator("#case-head h1").focus()
    page.evaluate("id => htmx.ajax('GET', `/incidents/${id}/do/log_contact/`, '#case-form')", incident_id)
    expect(page.locator("#ask [name=channel]")).to_be_focused()
    assert violations(page, "light") == []
    page.keyboard.press("Escape")
    expect(page.locator("#ask")).to_have_count(0)


def freeze(page: Page, frozen: str) -> None:
    """Freeze by f, a digit and Enter twice."""
    page.keyboard.press("f")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#protect .measure").first).to_contain_text(frozen)
    expect(page.locator("#case-measures")).to_contain_text(frozen)


def test_a_row_changes_on_another_screen_and_the_chosen_one_stays(open_night: Callable[..., Page]) -> None:
    page = open_night("/", language="en")
    first, second = report_theft(page, "one"), report_theft(page, "two")
    go_to(page, first)
    expect(page.locator(".live")).to_have_attribute("data-state", "live")
    claim = """async (id) => {
      const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
      await fetch(`/queue/${id}/claim/`, {method: "POST", headers: {"X-CSRFToken": token}});
    }"""
    page.evaluate(claim, second)
    expect(page.locator(f"#row-{second} .queue-who")).to_contain_text("you")
    expect(page.locator(f"#row-{first} a.queue-open")).to_be_focused()
    page.keyboard.press("c")
    expect(page.locator(f"#row-{first} .queue-who")).to_contain_text("you")
    assert violations(page) == []


def test_a_phone_shows_what_to_do_first(open_night: Callable[..., Page]) -> None:
    page = open_night("/", language="zh", size=PHONE)
    incident_id = report_theft(page, "phone")
    page.goto("/queue/")
    assert (overflows(page), violations(page)) == (False, [])
    page.goto(f"/incidents/{incident_id}/")
    expect(page.locator("#protect measure-order")).to_be_visible()
    assert (overflows(page), violations(page)) == (False, [])
    said = SAID[turned(page)]
    expect(page.locator("#protect measure-order")).to_be_visible()
    assert (overflows(page), violations(page)) == (False, [])
    tick = page.locator(".case-next .button")
    box = tick.bounding_box()
    assert box is not None
    assert box["y"] < PHONE[1] / 2
    assert box["height"] >= 44
    tick.click()
    expect(page.locator("#case-form")).to_contain_text(said["done"])
    expect(page.locator("#case-head")).to_contain_text(said["mine"])
