from __future__ import annotations

import asyncio
import functools
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, cast

import pytest
from asgiref.sync import sync_to_async
from django.db import connections, transaction
from django.test import AsyncClient, Client, RequestFactory

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.live.feed import FEED, MOST_MISSED, Change, Feed, Marks, Subscription
from anxin.desk.foundation.live.marks import KEPT, marks_of, set_mark, set_mark_on
from anxin.desk.foundation.live.models import LiveMark
from anxin.desk.foundation.live.pages import _find_actor, _SessionWatch
from anxin.desk.foundation.live.topics import topics_for
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.outbox.models import Fact

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Noted:
    kind: ClassVar[str] = "test.noted"
    topic: ClassVar[str] = "decisions"
    object_id: str = "d1"


@dataclass(frozen=True)
class Whispered:
    kind: ClassVar[str] = "test.whispered"
    topic: ClassVar[str] = "insider"
    object_id: str = "p1"


def publish(organisation_id: str, *facts: Noted | Whispered) -> None:
    with transaction.atomic():
        for each in facts:
            publish_fact(each, organisation_id=organisation_id, at=NIGHT)


async def listen(person: Person, query: str, count: int, *, meanwhile: Callable[[], None] | None = None) -> list[str]:
    """Return the first `count` events, as `id event object`."""
    client = AsyncClient()
    await sync_to_async(client.force_login)(person, backend=BACKEND)
    answer = await client.get(f"/live/{query}")
    assert answer.status_code == 200, answer
    heard: list[str] = []

    async def read() -> None:
        async for chunk in answer.streaming_content:
            if chunk.startswith(b"id:"):
                heard.append(chunk.decode())
                if meanwhile is not None and len(heard) == 1:
                    await sync_to_async(meanwhile)()
            if len(heard) == count:
                return

    await asyncio.wait_for(read(), 300)
    await answer.streaming_content.aclose()
    return [_brief(each) for each in heard]


def _brief(event: str) -> str:
    seq, topic, data = (line.partition(": ")[2] for line in event.splitlines()[:3])
    return f"{seq} {topic} {data.partition('object_id')[2].strip(chr(34) + ': }')}".strip()


def test_a_change_reaches_an_open_screen(organisation: Organisation, admit: Callable[..., Person]) -> None:
    person = admit("agent", "service_agent")
    heard = asyncio.run(listen(person, "", 2, meanwhile=lambda: publish(organisation.id, Noted())))
    assert heard == ["0 hello", "1 decisions d1"]


def test_what_was_missed_comes_first_and_in_order(organisation: Organisation, admit: Callable[..., Person]) -> None:
    person = admit("agent", "service_agent")
    publish(organisation.id, *[Noted(f"d{number}") for number in range(4)])
    assert asyncio.run(listen(person, "?cursor=2", 3)) == ["2 hello", "3 decisions d2", "4 decisions d3"]


@pytest.mark.parametrize("cursor", [99, 0])
def test_a_foreign_or_ancient_cursor_asks_for_a_fresh_look(
    organisation: Organisation, admit: Callable[..., Person], cursor: int
) -> None:
    person = admit("agent", "service_agent")
    publish(organisation.id, *[Noted()] * (1 if cursor else MOST_MISSED + 1))
    assert asyncio.run(listen(person, f"?cursor={cursor}", 2))[1].split()[1] == "resync"


def test_secrets_are_told_to_those_who_may(organisation: Organisation, admit: Callable[..., Person]) -> None:
    publish(organisation.id, Noted("d0"))
    both = (Whispered(), Noted("d1"))
    agent = asyncio.run(
        listen(admit("agent", "service_agent"), "", 2, meanwhile=lambda: publish(organisation.id, *both))
    )
    assert agent == ["1 hello", "3 decisions d1"]
    auditor = asyncio.run(
        listen(admit("auditor", "auditor"), "?topics=insider", 2, meanwhile=lambda: publish(organisation.id, *both))
    )
    assert auditor == ["3 hello", "4 insider p1"]


def test_organisations_hear_only_themselves(
    organisation: Organisation, other_organisation: Organisation, admit: Callable[..., Person]
) -> None:
    def publish_both() -> None:
        publish(other_organisation.id, Noted("theirs"))
        publish(organisation.id, Noted("ours"))

    heard = asyncio.run(listen(admit("agent", "service_agent"), "", 2, meanwhile=publish_both))
    assert heard[1] == "1 decisions ours"


def test_strangers_hear_nothing() -> None:
    assert Client().get("/live/").status_code == 302


def test_an_ended_session_ends_the_stream(
    organisation: Organisation, admit: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anxin.desk.foundation.live.pages.CHECK_SECONDS", 0.0)
    from anxin.desk.foundation.sign_in.models import Session

    person = admit("agent", "service_agent")

    def end_sessions() -> None:
        Session.objects.all().delete()
        publish(organisation.id, Noted())

    heard = asyncio.run(listen(person, "", 3, meanwhile=end_sessions))
    assert heard[-1].split()[1] == "ended"


def test_a_slow_screen_is_asked_to_look_at_everything() -> None:
    async def overflow() -> Change | None:
        subscription = Subscription("org")
        for number in range(1, 1_003):
            subscription.offer(Change(number, "decisions", "d"))
        return await subscription.next_change(1)

    assert asyncio.run(overflow()) == Change(1_001, "resync", "")


def test_unknown_topics_are_told_to_nobody(actor: Callable[..., object]) -> None:
    assert topics_for(actor("auditor"), ["nonsense"]) == frozenset()  # type: ignore[arg-type]


def test_an_open_screen_holds_no_connection(
    admit: Callable[..., Person], monkeypatch: pytest.MonkeyPatch, rf: RequestFactory
) -> None:
    closed: list[str] = []
    for each in connections.all(initialized_only=True):
        monkeypatch.setattr(each, "close", functools.partial(closed.append, each.alias))
    request = rf.get("/live/")
    request.find_actor = lambda: None  # type: ignore[attr-defined]
    assert _find_actor(cast("DeskRequest", request)) is None
    assert "default" in closed


def test_one_question_is_asked_for_the_sessions_of_all_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anxin.desk.foundation.live.pages.CHECK_SECONDS", 300.0)
    asked: list[frozenset[str]] = []

    def living(session_keys: Iterable[str]) -> frozenset[str]:
        asked.append(frozenset(session_keys))
        return frozenset({"one"})

    async def look_twice() -> list[bool]:
        watch = _SessionWatch()
        for key in ("one", "two", "two"):
            watch.add(key)
        return [await watch.stands(key, living) for key in ("one", "two", "one")]

    assert asyncio.run(look_twice()) == [True, False, True]
    assert asked == [frozenset({"one", "two"})]


def test_a_mark_tells_that_there_is_something_newer_without_a_fact(
    organisation: Organisation, admit: Callable[..., Person]
) -> None:
    person = admit("agent", "service_agent")
    set_mark(organisation.id, ("decisions",), 7)

    def move() -> None:
        while organisation.id not in FEED._marks:
            time.sleep(0.01)
        publish(organisation.id, Noted())
        while FEED._places[organisation.id] == 0:
            time.sleep(0.01)
        set_mark(organisation.id, ("decisions", "insider"), 9)

    # The screen hears of the fact and of the mark that moved; not of a topic that is none of the person's.
    heard = asyncio.run(listen(person, "", 3, meanwhile=move))
    assert heard == ["0 hello", "1 decisions d1", "1 decisions 9"]
    assert Fact.objects.count() == 1


def test_a_mark_on_an_object_is_told_each_time_and_let_go(
    organisation: Organisation, admit: Callable[..., Person]
) -> None:
    person = admit("agent", "service_agent")
    set_mark_on(organisation.id, "presence", "inc_old", at=NIGHT - KEPT)
    set_mark_on(organisation.id, "presence", "inc_1", at=NIGHT)

    def come_and_go() -> None:
        while organisation.id not in FEED._marks:
            time.sleep(0.01)
        told = FEED._marks[organisation.id]
        set_mark_on(organisation.id, "presence", "inc_1", at=NIGHT)
        while FEED._marks[organisation.id] == told:
            time.sleep(0.01)
        set_mark_on(organisation.id, "presence", "inc_2", at=NIGHT + timedelta(milliseconds=1))

    heard = asyncio.run(listen(person, "?topics=presence", 3, meanwhile=come_and_go))
    assert heard == ["0 hello", "0 presence inc_1", "0 presence inc_2"]
    assert sorted(LiveMark.objects.values_list("object_id", flat=True)) == ["inc_1", "inc_2"]


def test_nothing_is_kept_of_those_whose_last_screen_was_closed_during_a_look(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answered = threading.Event(), threading.Event()

    def read_slowly(organisation_ids: list[str]) -> dict[str, Marks]:
        asked.set()
        assert answered.wait(300)
        return marks_of(organisation_ids)

    async def close_while_it_looks() -> None:
        feed = Feed()
        subscription, *_ = await feed.subscribe(organisation.id, None)
        await sync_to_async(publish)(organisation.id, Noted())
        monkeypatch.setattr("anxin.desk.foundation.live.feed.marks_of", read_slowly)
        looking = asyncio.create_task(feed._look_once())
        await asyncio.to_thread(asked.wait, 300)
        feed.unsubscribe(subscription)
        answered.set()
        await looking
        assert (dict(feed._places), dict(feed._marks)) == ({}, {})

    asyncio.run(close_while_it_looks())


def test_a_screen_that_goes_away_while_its_place_is_looked_up_is_forgotten(organisation: Organisation) -> None:
    async def go_away() -> None:
        feed = Feed()
        opening = asyncio.create_task(feed.subscribe(organisation.id, None))
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert dict(feed._subscriptions) == {}

    asyncio.run(go_away())


def test_after_a_lost_connection_all_marks_are_told(organisation: Organisation, admit: Callable[..., Person]) -> None:
    person = admit("agent", "service_agent")
    publish(organisation.id, Noted())
    set_mark(organisation.id, ("decisions",), 7)
    assert asyncio.run(listen(person, "?cursor=1", 2)) == ["1 hello", "1 decisions 7"]
