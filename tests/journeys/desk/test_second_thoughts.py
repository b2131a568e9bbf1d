"""Second thoughts by keyboard, in both languages: a wrong freeze is undone, a level is raised late."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from tests.journeys.desk.languages import turned, violations_in_both
from tests.journeys.desk.looking import violations
from tests.journeys.desk.running import RunningDesk
from tests.journeys.desk.test_together import call, go

Open = Callable[..., Page]
SAID = {
    "zh": {"frozen": "冻结账号", "undone": "已解除", "raised": "L3 升为 L1", "page": "请立即响应"},
    "en": {"frozen": "Freeze the account", "undone": "taken back", "raised": "Raised from L3 to L1"}
    | {"page": "respond now"},
}


def test_a_wrong_freeze_is_undone(open_page: Open) -> None:
    said = SAID["zh"]
    page = open_page("/", role="specialist", language="zh", theme="night")
    entities = [{"role": "victim", "kind": "user", "value": "u_mistaken"}]
    opened = call(page, "/incidents", {"kind": "account_takeover", "level": 1, "entities": entities})
    call(page, f"/incidents/{opened['id']}:start", {"is_taking_over": True})
    go(page, f"/incidents/{opened['id']}/")
    expect(page.locator("#protect measure-order")).to_be_visible()
    for key in ("f", "1", "Enter", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#protect .measure").first).to_contain_text(said["frozen"])
    # At once: the word of the undoing comes hard upon that of the freeze.
    expect(page.locator("#case-measures")).to_contain_text(said["frozen"])
    page.keyboard.press("u")
    expect(page.locator("#protect .measure-past")).to_contain_text(said["undone"])
    expect(page.locator("#case-measures")).not_to_contain_text(said["frozen"])
    assert violations_in_both(page) == []
    said = SAID["en"]
    expect(page.locator("#protect .measure-past")).to_contain_text(said["undone"])
    expect(page.locator("#case-measures")).not_to_contain_text(said["frozen"])
    listed = call(page, "/measures?entity_kind=user&entity_key=u_mistaken")["items"]
    assert [each["state"] for each in listed] == ["reverted"]


def test_a_level_is_raised_late(desk: RunningDesk, open_page: Open) -> None:
    desk.run("tests.journeys.desk.raised", "open", "u_late")
    page = open_page("/", role="specialist", language="zh")
    incident_id = newest(page)
    go(page, f"/incidents/{incident_id}/")
    head = page.locator("#case-head")
    assert 60 <= minutes_left(page) <= 70
    ask_to_raise(page)
    said = SAID[turned(page)]
    assert 60 <= minutes_left(page) <= 70
    ask_to_raise(page)
    page.locator("#ask [name=code]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    expect(head.locator(".level, [class*=level]").first).to_contain_text("L1")
    expect(page.locator("#case-story")).to_contain_text(said["raised"])
    assert 25 <= minutes_left(page) <= 30
    assert violations_in_both(page) == []
    expect(page.locator("#case-story")).to_contain_text(SAID["zh"]["raised"])
    assert 25 <= minutes_left(page) <= 30
    raised = [each for each in timeline(page, incident_id) if each["kind"] == "raise_level"]
    assert due_of(page, incident_id) - datetime.fromisoformat(raised[0]["at"]) == timedelta(minutes=30)
    desk.run("tests.journeys.desk.raised", "call", incident_id)
    lead = open_page("/notices/", role="shift_lead", language="zh")
    expect(lead.locator("#notices article").first).to_contain_text(SAID["zh"]["page"])
    assert violations_in_both(lead) == []
    expect(lead.locator("#notices article").first).to_contain_text(SAID["en"]["page"])


def ask_to_raise(page: Page) -> None:
    """Open the question in its place, and look at it."""
    page.keyboard.press("1")
    expect(page.locator("#ask")).to_be_visible()
    assert violations(page) == []


def newest(page: Page) -> str:
    """Return the L3 that was opened last."""
    items = call(page, "/incidents?level=3&limit=100")["items"]
    assert isinstance(items, list)
    return str(max(items, key=lambda each: each["number"])["id"])


def timeline(page: Page, incident_id: str) -> list[dict[str, str]]:
    items = call(page, f"/incidents/{incident_id}/timeline")["items"]
    assert isinstance(items, list)
    return items


def due_of(page: Page, incident_id: str) -> datetime:
    found = call(page, f"/incidents/{incident_id}")["incident"]
    assert isinstance(found, dict)
    return datetime.fromisoformat(str(found["due_at"]))


def minutes_left(page: Page) -> int:
    """Read the clock of the incident's head as it stands on the screen."""
    clock = page.locator("#case-head [role=timer]").first
    expect(clock).to_be_visible()
    shown = re.search(r"(?:(\d+):)?(\d+):(\d+)", clock.inner_text())
    assert shown is not None, clock.inner_text()
    return int(shown[1] or 0) * 60 + int(shown[2])
