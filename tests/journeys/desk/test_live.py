"""Fragments that follow what is committed: no word is lost, and nothing moves under anybody's hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.desk.running import RunningDesk
from tests.journeys.desk.tabs import PATIENCE_MS
from tests.journeys.desk.test_connection import FRAGMENT, listen

Open = Callable[..., Page]
NOW = "**/ui/now/"
HEAR = """
([topic, about]) => {
  const data = JSON.stringify({object_id: about});
  document.querySelector('live-stream').hear(topic, {data, lastEventId: ''});
}
"""
MANY = f"""
async ([topic, about, path, wanted]) => {{
  const began = performance.now();
  const fetched = () => performance.getEntriesByType('resource').filter((each) => each.name.includes(path)).length;
  const already = fetched();
  const words = setInterval(() => ({HEAR})([topic, about]), 50);
  while (fetched() < already + wanted && performance.now() < began + {PATIENCE_MS}) {{
    await new Promise((done) => setTimeout(done, 20));
  }}
  clearInterval(words);
  return [fetched() >= already + wanted, performance.now() - began];
}}
"""
"""Let the page hear a word every 50 ms until it fetched as often as wanted; return whether it did, and for how long."""
WORD = ["approvals", "apr_1"]
FOLLOWING = (
    '<div id="told" data-live-topic="approvals" hx-get="/ui/now/" hx-trigger="live" hx-swap="outerHTML">{}</div>'
)
BESIDE = '<p id="beside" hx-swap-oob="true">{0}</p><p id="besides" hx-swap-oob="true">{0}</p>'


class Answers:
    """Holds back what a page asks for, until it is answered or let go."""

    def __init__(self, page: Page, url: str) -> None:
        self._page, self._url = page, url
        self._held: list[Route] = []
        page.route(url, self._hold)

    def _hold(self, route: Route) -> None:
        self._held.append(route)

    def await_one(self) -> None:
        for _ in range(PATIENCE_MS // 20):
            if self._held:
                return
            self._page.wait_for_timeout(20)
        raise AssertionError(f"nothing asks for {self._url}")

    def give(self, body: str, status: int = 200) -> None:
        self.await_one()
        route = self._held.pop(0)
        with self._page.expect_event("requestfinished", lambda request: request == route.request):
            route.fulfill(status=status, content_type="text/html", body=body)

    def let_go(self) -> None:
        while self._held:
            self._held.pop().continue_()
        self._page.unroute(self._url, self._hold)


Hold = Callable[[Page, str], Answers]


@pytest.fixture
def hold(open_page: Open) -> Iterator[Hold]:
    """Hold back what a page asks for, until the test is over: the next one gets the same tab."""
    held: list[Answers] = []

    def hold_one(page: Page, url: str) -> Answers:
        held.append(Answers(page, url))
        return held[-1]

    yield hold_one
    for each in held:
        each.let_go()


def test_what_is_answered_late_waits_for_whoever_came_in(open_page: Open, hold: Hold) -> None:
    page = open_page("/ui/", language="en")
    inside = '<input id="typing" aria-label="typing"><button id="act" hx-get="/ui/now/" hx-target="#told">act</button>'
    listen(page, inside)
    answers, told, typing = hold(page, NOW), page.locator("#told"), page.locator("#typing")
    page.evaluate(HEAR, WORD)
    answers.await_one()
    typing.press_sequentially("half")
    answers.give("late")
    typing.press_sequentially(" a sentence")
    expect(typing).to_have_value("half a sentence")
    expect(told).to_have_attribute("data-live-stale", "true")
    page.evaluate("document.activeElement.blur()")
    answers.give(f"fresh {inside}")
    expect(told).to_contain_text("fresh")
    # An answer to an act arrives wherever the focus is, also in what follows what is committed.
    page.locator("#act").press("Enter")
    answers.give("done")
    expect(told).to_have_text("done")


def test_what_comes_for_other_places_waits_only_where_somebody_is(open_page: Open, hold: Hold) -> None:
    page = open_page("/ui/", language="en")
    listen(page, "<p id=beside><a id=there href=#there>there</a></p><p id=besides>-</p>")
    page.evaluate("main.append(beside, besides)")
    answers, beside, besides = hold(page, NOW), page.locator("#beside"), page.locator("#besides")
    page.focus("#there")
    page.evaluate(HEAR, WORD)
    answers.give("told" + BESIDE.format("one"))
    expect(besides).to_have_text("one")
    expect(page.locator("#told")).to_have_text("told")
    expect(page.locator("#there")).to_be_focused()
    page.focus("#main")
    heading = '<b id="place" tabindex="-1">{0}</b>'
    answers.give(BESIDE.format(heading.format("two")).replace("place", "other", 1))
    expect(beside).to_have_text("two")
    # A heading where the focus rests gives way to what is true now, and gets the focus back.
    page.focus("#place")
    page.evaluate(HEAR, WORD)
    answers.give('<p id="besides" hx-swap-oob="true"><b id="place" tabindex="-1">three</b></p>')
    expect(besides).to_have_text("three")
    expect(page.locator("#place")).to_be_focused()


def test_no_word_is_lost(open_page: Open, hold: Hold) -> None:
    page = open_page("/ui/", language="en")
    listen(page, "before")
    # A timer that starts anew with every word would never end; what is about everything is fetched once a second.
    has_fetched, milliseconds = page.evaluate(MANY, [*WORD, "/ui/now/", 2])
    assert has_fetched
    assert milliseconds > 1000
    page.locator("#told").evaluate("(each) => { each.dataset.liveId = 'apr_1'; }")
    assert page.evaluate(MANY, [*WORD, "/ui/now/", 4])[0]
    expect(page.locator("#told time")).to_have_count(1)
    # One more may be on its way: it must not meet what follows.
    page.reload()
    listen(page, "before")
    page.locator("#told").evaluate("(each) => each.setAttribute('hx-swap', 'outerHTML')")
    answers, told = hold(page, NOW), page.locator("#told")
    page.evaluate(HEAR, WORD)
    answers.await_one()
    # The answer on its way is older than this word, and puts another element in the place of the one that heard it.
    page.evaluate(HEAR, WORD)
    page.wait_for_timeout(300)
    answers.give(FOLLOWING.format("older"))
    expect(told).to_have_text("older")
    answers.give(FOLLOWING.format("newer"))
    expect(told).to_have_text("newer")
    # So may the answer be to an act that brings such a fragment.
    page.evaluate("told.outerHTML = '<button id=act hx-get=/ui/now/ hx-swap=outerHTML>act</button>'; htmx.process(act)")
    page.click("#act")
    answers.await_one()
    page.evaluate(HEAR, WORD)
    answers.give(FOLLOWING.format("older"))
    expect(told).to_have_text("older")
    answers.give(FOLLOWING.format("newer"))
    expect(told).to_have_text("newer")


def test_what_fails_is_asked_again_and_hides_no_failed_act(open_page: Open, hold: Hold) -> None:
    page = open_page("/ui/", language="en", is_kept=False)
    listen(page, "before")
    answers, told, banner = hold(page, NOW), page.locator("#told"), page.locator("[data-banner=request]")
    page.evaluate("void htmx.ajax('GET', '/ui/now/', {target: '#told'})")
    answers.give("", status=503)
    expect(banner).to_contain_text("this was not done")
    page.clock.install()
    page.evaluate(HEAR, WORD)
    answers.give("", status=503)
    page.clock.run_for(5_000)
    answers.give("fresh")
    expect(told).to_have_text("fresh")
    expect(banner).to_have_count(1)


def test_what_is_committed_before_the_page_listens_is_heard(open_page: Open, hold: Hold, desk: RunningDesk) -> None:
    page = open_page("/ui/", language="en")
    answers = hold(page, "**/live/**")
    page.reload()
    page.evaluate(FRAGMENT, "before")
    answers.await_one()
    desk.run("tests.journeys.desk.tell", "approvals", "apr_4")
    answers.let_go()
    expect(page.locator("#told time")).to_have_count(1)


def test_the_queue_loses_no_word(open_page: Open, hold: Hold, desk: RunningDesk) -> None:
    desk.run("tests.journeys.desk.raised", "open", "u_heard")
    page = open_page("/queue/?q=u_heard", role="specialist", language="en", is_kept=False)
    row = page.locator("#queue [data-row]")
    word = ["incidents", str(row.get_attribute("data-id"))]
    shown = page.locator("#queue ol").inner_html()
    assert page.evaluate(MANY, [*word, "/queue/rows/", 2])[0]
    answers = hold(page, "**/queue/rows/*")
    page.clock.install()
    page.evaluate(HEAR, word)
    answers.give("", status=503)
    page.clock.run_for(5_000)
    answers.await_one()
    # This word is newer than the answer on its way.
    page.evaluate(HEAR, word)
    answers.give(shown)
    answers.give("")
    expect(row).to_have_count(0)


def test_an_incident_fetched_beforehand_is_no_older_than_what_was_heard(open_page: Open, desk: RunningDesk) -> None:
    desk.run("tests.journeys.desk.raised", "open", "u_beforehand")
    page = open_page("/queue/?q=u_beforehand", role="specialist", language="en")
    link = page.locator("#queue a.queue-open")
    with page.expect_event("requestfinished", lambda request: "/incidents/" in request.url):
        link.focus()
    # Whom the measure is about the page cannot know.
    page.evaluate(HEAR, ["measures", "mea_1"])
    with page.expect_response("**/now/"):
        link.press("Enter")
    expect(page.locator("#case h1")).to_be_focused()
