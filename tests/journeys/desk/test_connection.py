"""When the connection goes: nothing typed is lost, it is said, and it comes back; live updates never take the focus."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.desk.looking import violations
from tests.journeys.desk.running import RunningDesk

Open = Callable[..., Page]

FRAGMENT = """
(inside) => {
  const fragment = document.createElement('div');
  fragment.id = 'told';
  fragment.dataset.liveTopic = 'approvals';
  fragment.setAttribute('hx-get', '/ui/now/');
  fragment.setAttribute('hx-trigger', 'live');
  fragment.innerHTML = inside;
  document.getElementById('main').append(fragment);
  htmx.process(fragment);
  document.querySelector('live-stream').open();
}
"""


def listen(page: Page, inside: str) -> None:
    expect(page.locator(".live-words")).to_have_text("live")
    with page.expect_response("**/live/?*topics=approvals*"):
        page.evaluate(FRAGMENT, inside)
    expect(page.locator("live-stream")).to_have_attribute("data-state", "live")


def test_what_was_committed_appears_by_itself(open_page: Open, desk: RunningDesk) -> None:
    page = open_page("/ui/", language="en")
    listen(page, "before")
    desk.run("tests.journeys.desk.tell", "approvals", "apr_1")
    expect(page.locator("#told time")).to_have_count(1)


def test_live_updates_wait_for_whoever_is_typing_inside(open_page: Open, desk: RunningDesk) -> None:
    page = open_page("/ui/", language="en")
    listen(page, '<input id="typing" aria-label="typing">')
    page.focus("#typing")
    page.keyboard.type("half")
    desk.run("tests.journeys.desk.tell", "approvals", "apr_2")
    expect(page.locator("#told")).to_have_attribute("data-live-stale", "true")
    page.keyboard.type(" a sentence")
    assert page.input_value("#typing") == "half a sentence"
    page.evaluate("document.activeElement.blur()")
    expect(page.locator("#told time")).to_have_count(1)


def test_live_updates_elsewhere_leave_the_focus_alone(open_page: Open, desk: RunningDesk) -> None:
    page = open_page("/ui/form/", language="en")
    listen(page, "before")
    page.focus("[name=reason]")
    page.keyboard.type("half")
    desk.run("tests.journeys.desk.tell", "approvals", "apr_3")
    expect(page.locator("#told time")).to_have_count(1)
    page.keyboard.type(" more")
    assert page.input_value("[name=reason]") == "half more"


def test_draft_survives_a_desk_that_dies_while_sending(open_page: Open, desk: RunningDesk) -> None:
    page = open_page("/ui/form/", language="en")
    page.fill("[name=reason]", "对方要求共享屏幕")
    page.fill("[name=note]", "two\nlines")
    page.check("[name=is_urgent]")
    desk.kill()
    try:
        with page.expect_event("requestfailed"):
            page.click("main button[type=submit]", no_wait_after=True)
    finally:
        desk.start()
    page.goto("/ui/form/")
    assert page.input_value("[name=reason]") == "对方要求共享屏幕"
    assert page.input_value("[name=note]") == "two\nlines"
    assert page.is_checked("[name=is_urgent]")
    assert "Brought back what was not sent." in page.inner_text(".draft-note")


def test_draft_goes_once_it_was_sent(open_page: Open) -> None:
    page = open_page("/ui/form/", language="en")
    page.fill("[name=reason]", "all is well")
    page.fill("[name=amount]", "5")
    with page.expect_event("load"):
        page.click("main button[type=submit]")
    page.goto("/ui/form/")
    assert page.input_value("[name=reason]") == ""


def test_draft_can_be_discarded(open_page: Open) -> None:
    page = open_page("/ui/form/", language="en")
    page.fill("[name=reason]", "never mind")
    expect(page.locator(".draft-note")).to_contain_text("Draft saved")
    page.reload()
    page.click("text=Discard the draft")
    page.reload()
    assert page.input_value("[name=reason]") == ""


def test_failed_request_says_what_was_kept_and_tries_again(open_page: Open, desk: RunningDesk) -> None:
    page = open_page("/ui/masked/", language="en")
    value = page.locator("masked-value").first
    value.locator("summary").click()
    value.locator("select").select_option("call_back")
    desk.kill()
    try:
        value.locator("button[type=submit]").click()
        banner = page.locator("[data-banner=request]")
        expect(banner).to_contain_text("The connection was lost; this was not sent.")
        expect(banner).to_contain_text("What you typed is kept on this page.")
        expect(page.locator("live-stream")).to_have_attribute("data-state", "waiting")
        assert violations(page) == []
    finally:
        desk.start()
    banner.locator("button").first.click()
    expect(value.locator(".masked-clear")).to_have_text("13800001234")
    expect(banner).to_have_count(0)
    expect(page.locator("live-stream")).to_have_attribute("data-state", "live")


def test_refusal_inside_a_page_is_said_in_its_banner(open_page: Open) -> None:
    page = open_page("/ui/masked/", language="en")
    page.evaluate("htmx.ajax('GET', '/ui/no-such-component/', {target: '#main', swap: 'innerHTML'})")
    banner = page.locator("[data-banner=request]")
    expect(banner).to_contain_text("It is not there, or not yours to see.")
    assert page.inner_text("h1") == "Masked value"
