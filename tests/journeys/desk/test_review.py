"""From the review to closed, by keyboard alone, in both languages: found, improved, proven, closed, nobody blamed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.desk.languages import turned, violations_in_both
from tests.journeys.desk.looking import overflows, violations
from tests.journeys.desk.pressing import reach, wait_until_ready
from tests.journeys.desk.running import RunningDesk
from tests.journeys.desk.tabs import PHONE

Open = Callable[..., Page]
FINDING = "规则没有覆盖新设备改绑后的提现 The rule leaves out payouts after a new device"
ACTION = "改绑后两小时内的提现转人工 Review payouts for two hours after a change of phone"
SAID = {
    "zh": {"published": "已发布", "proven": "已验证"},
    "en": {"published": "published", "proven": "proven"},
}


def press(page: Page, selector: str) -> None:
    """Go to a button or link by keyboard, press it, and wait for the page that follows."""
    reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    wait_until_ready(page)


def choose(page: Page, selector: str, value: str) -> None:
    """Choose by the arrow keys."""
    reach(page, selector)
    page.keyboard.press("Home")
    for _ in range(20):
        if page.locator(selector).first.input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} cannot be chosen")


def write(page: Page, selector: str, text: str) -> None:
    reach(page, selector)
    page.keyboard.insert_text(text)


def test_a_review_leads_to_closed(desk: RunningDesk, open_page: Open) -> None:
    desk.run("tests.journeys.desk.reviewed")
    mentor = open_page("/reviews/", role="mentor", language="zh")
    assert violations_in_both(mentor) == []
    press(mentor, "#list a.row-link")
    path = mentor.url
    press(mentor, "#schedule")
    choose(mentor, "form[action$='/write/'] select[name=factor]", "rule")
    write(mentor, "form[action$='/write/'] textarea", FINDING)
    press(mentor, "#write")
    assert violations_in_both(mentor) == []
    expect(mentor.get_by_text(FINDING)).to_be_visible()
    ask_for_an_action(mentor, ACTION)
    lead = open_page(path, role="compliance", language="zh")
    press(lead, "#publish")
    expect(lead.locator("main .chip", has_text=SAID["zh"]["published"]).first).to_be_visible()
    said = SAID[turned(lead)]
    expect(lead.locator("main .chip", has_text=said["published"]).first).to_be_visible()
    mentor.goto(path)
    write(mentor, "form[action$='/prove/'] input[name=proof_ref]", "policy night@4")
    press(mentor, "form[action$='/prove/'] button")
    lead.goto(path)
    press(lead, "form[action$='/check/'] button[value=proven]")
    expect(lead.locator("article .chip", has_text=said["proven"])).to_be_visible()
    assert violations_in_both(lead) == []
    expect(lead.locator("article .chip", has_text=SAID["zh"]["proven"])).to_be_visible()
    assert closed(lead, path) == "closed"


def ask_for_an_action(page: Page, text: str) -> None:
    reach(page, "details summary:has(+ form[action$='/improve/'])")
    page.keyboard.press("Enter")
    form = "form[action$='/improve/']"
    write(page, f"{form} textarea[name=text]", text)
    write(page, f"{form} input[name=owner]", "mentor")
    reach(page, f"{form} input[name=due]")
    due = datetime.now(UTC) + timedelta(days=60)
    page.locator(f"{form} input[name=due]").fill(due.date().isoformat())
    press(page, "#improve")
    expect(page.get_by_text(text)).to_be_visible()


def closed(page: Page, path: str) -> str:
    """Close the incident as the workbench does, and return its stage."""
    reviews = page.request.get("/api/v1/reviews?shown=published").json()["items"]
    incident = next(each["incident_id"] for each in reviews if path.rstrip("/").endswith(each["id"]))
    token = next(each["value"] for each in page.context.cookies() if each["name"] == "csrftoken")
    headers = {"x-csrftoken": token, "if-match": "*", "content-type": "application/json", "referer": page.url}
    done = page.request.post(f"/api/v1/incidents/{incident}:close", headers=headers, data={"note": ""})
    assert done.ok, done.text()
    return str(page.request.get(f"/api/v1/incidents/{incident}").json()["incident"]["stage"])


@pytest.mark.parametrize("path", ["/reviews/", "/cases/", "/training/", "/reports/promises/", "/reports/rules/"])
def test_pages_fit_a_phone(open_page: Open, path: str) -> None:
    page = open_page(path, role="mentor", size=PHONE, language="en", theme="night")
    assert (overflows(page), violations(page)) == (False, [])
