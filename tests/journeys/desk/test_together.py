"""Together in a browser, by keyboard: a note outlives a dropped connection, an incident changes hands midway."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.desk.languages import turned, violations_in_both
from tests.journeys.desk.looking import overflows, violations
from tests.journeys.desk.pressing import wait_until_ready
from tests.journeys.desk.tabs import PHONE

Open = Callable[..., Page]
SAID = {
    "zh": {"saved": "草稿已保存", "lost": "未发出：连接中断", "offered": "等待对方接收"},
    "en": {"saved": "Draft saved", "lost": "Not sent: the connection is lost", "offered": "Waiting to be taken"},
}
CALL = """
async ([path, body]) => {
  const token = JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken'];
  const headers = {'Content-Type': 'application/json', 'X-CSRFToken': token, 'If-Match': '*'};
  const given = body === null ? {} : {method: 'POST', headers, body: JSON.stringify(body)};
  const answer = await fetch('/api/v1' + path, given);
  return answer.status === 204 ? null : await answer.json();
}
"""


def call(page: Page, path: str, body: object = None) -> dict[str, object]:
    found: dict[str, object] = page.evaluate(CALL, [path, body])
    return found


def begun(page: Page) -> str:
    """Open an incident with a victim, and start on it; return its id."""
    entities = [{"role": "victim", "kind": "user", "value": "u_li"}]
    opened = call(page, "/incidents", {"kind": "fake_service_refund", "level": 2, "entities": entities})
    call(page, f"/incidents/{opened['id']}:start", {"is_taking_over": True})
    return str(opened["id"])


def notes_of(page: Page, incident_id: str) -> list[object]:
    items = call(page, f"/incidents/{incident_id}/timeline")["items"]
    assert isinstance(items, list)
    return [each["note"] for each in items if each["kind"] == "note"]


def go(page: Page, path: str) -> None:
    page.goto(path)
    wait_until_ready(page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_note_survives_a_dropped_connection(open_page: Open, language: str) -> None:
    said = SAID[language]
    page = open_page("/", role="specialist", language=language)
    incident_id = begun(page)
    go(page, f"/incidents/{incident_id}/")
    area = page.locator("#composer-note")
    expect(area).to_be_visible()
    page.keyboard.press("i")
    expect(area).to_be_focused()
    page.keyboard.type("She read the code to the caller")
    expect(page.locator(".composer-note [data-state]")).to_contain_text(said["saved"])
    page.context.set_offline(True)
    page.keyboard.type(", at 03:12")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".composer-note [data-state]")).to_contain_text(said["lost"])
    assert area.input_value() == "She read the code to the caller, at 03:12"
    assert violations(page) == []
    page.context.set_offline(False)
    expect(page.locator("#composer-note")).to_have_value("")
    expect(page.locator("incident-case h1")).to_be_focused()
    page.keyboard.press("i")
    expect(page.locator("#composer-note")).to_be_focused()
    expect(page.locator("#composer-note")).to_have_value("")
    assert notes_of(page, incident_id) == ["She read the code to the caller, at 03:12"]


def test_what_only_this_tab_knows_is_sealed_and_comes_back(open_page: Open) -> None:
    page = open_page("/", role="specialist", language="en", is_kept=False)
    go(page, f"/replies/of/{begun(page)}/")
    page.route("**/drafts/reply", lambda route: route.abort())
    page.keyboard.press("r")
    page.keyboard.type("Please make no transfer, 13800138000")
    expect(page.locator(".composer-reply [data-state]")).to_contain_text("The connection is lost")
    kept = page.evaluate("Object.values({...sessionStorage}).join()")
    assert kept
    assert "transfer" not in kept
    assert "13800138000" not in kept
    page.unroute("**/drafts/reply")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#composer-reply")).to_have_value("Please make no transfer, 13800138000")
    expect(page.locator(".composer-reply [data-state]")).to_contain_text("Draft saved")


def test_a_doubtful_reply_comes_back_with_a_better_one_and_is_sent_once(open_page: Open) -> None:
    page = open_page("/", role="specialist", language="en")
    incident_id = begun(page)
    go(page, f"/replies/of/{incident_id}/")
    page.keyboard.press("r")
    page.keyboard.type("please send me the code")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#composer-doubts")).to_be_visible()
    expect(page.locator("[data-decide]").first).to_be_focused()
    assert violations(page) == []
    page.locator("[data-better]").first.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".together-ours")).to_have_count(1)
    expect(page.locator(".together-ours")).to_contain_text("never asked for")
    expect(page.locator("main h1")).to_be_focused()


def test_an_incident_changes_hands_midway(open_page: Open) -> None:
    giver = open_page("/", role="specialist", language="zh")
    incident_id = begun(giver)
    go(giver, f"/incidents/{incident_id}/")
    promise_a_call(giver, incident_id)
    turned(giver)
    promise_a_call(giver, incident_id)
    giver.keyboard.press("Enter")
    expect(giver.locator("#together-handover-of .together-item")).to_contain_text("a call back at four")
    taker = open_page("/handover/", role="shift_lead", language="zh", theme="night")
    item = taker.locator("#together-offered .together-item").filter(has=taker.locator(f"[href*='{incident_id}']"))
    expect(item).to_contain_text("a call back at four")
    assert (overflows(taker), violations_in_both(taker), overflows(taker)) == (False, [], False)
    expect(item).to_contain_text("a call back at four")
    assert call(giver, f"/incidents/{incident_id}")["incident"]["holder"] == "specialist"  # type: ignore[index]
    taker.locator(f"#accept-{incident_id}").press("Enter")
    expect(item).to_have_count(0)
    expect(taker.locator(f"#together-handover input[name=incident][value='{incident_id}']")).to_be_checked()
    assert call(giver, f"/incidents/{incident_id}")["incident"]["holder"] == "shift_lead"  # type: ignore[index]


def promise_a_call(giver: Page, incident_id: str) -> None:
    """Open the form of a hand-over by its key, and say what was promised to the person."""
    expect(giver.locator("#composer-note")).to_be_visible()
    giver.keyboard.press("h")
    promise = giver.locator(f"[name=promise-{incident_id}]")
    expect(promise).to_be_visible()
    given_to = giver.locator("label", has=giver.locator("[name=to_id]")).bounding_box()
    assert given_to is not None
    assert given_to["height"] < 80
    promise.press("Control+a")
    giver.keyboard.type("a call back at four")
    assert violations(giver) == []


def test_on_a_phone_nothing_runs_out_of_the_screen(open_page: Open) -> None:
    page = open_page("/", role="shift_lead", size=PHONE)
    incident_id = begun(page)
    for path in (f"/replies/of/{incident_id}/", f"/tasks/of/{incident_id}/", "/handover/", "/consults/", "/tasks/"):
        go(page, path)
        assert (path, overflows(page), violations(page)) == (path, False, [])
    assert re.fullmatch(r"inc_\w+", incident_id)
