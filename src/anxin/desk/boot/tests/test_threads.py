"""Threads that serve one request after the other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from anxin.desk.boot import threads
from anxin.desk.boot.threads import MOST_IDLE, KeptThreads

Work = Callable[[], object]


def served(*works: Work) -> list[object]:
    """Serve requests that do some work in their threads, all at once; return what they returned."""
    return asyncio.run(_serve(KeptThreads(_application), works))


async def _application(scope: Any, _receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    await send(await sync_to_async(scope["work"])())


async def _serve(application: KeptThreads, works: tuple[Work, ...]) -> list[object]:
    answers = list[object]()

    async def send(answer: object) -> None:
        answers.append(answer)

    await asyncio.gather(*(application({"work": each}, _receive, send) for each in works))
    return answers


async def _receive() -> dict[str, object]:
    return {}


async def _settled(application: KeptThreads, count: int) -> None:
    while len(application._idle) < count:
        await asyncio.sleep(0)


def test_one_after_the_other_has_the_same_thread() -> None:
    async def run() -> list[object]:
        application = KeptThreads(_application)
        first = await _serve(application, (threading.get_ident,))
        await _settled(application, 1)
        return first + await _serve(application, (threading.get_ident,))

    one, other = asyncio.run(run())
    assert one == other != threading.get_ident()


def test_at_once_each_has_its_own_thread() -> None:
    meeting = threading.Barrier(MOST_IDLE + 3, timeout=300)

    def meet() -> int:
        meeting.wait()
        return threading.get_ident()

    assert len(set(served(*[meet] * (MOST_IDLE + 3)))) == MOST_IDLE + 3


def test_only_so_many_are_kept() -> None:
    async def run() -> int:
        application = KeptThreads(_application)
        await _serve(application, (threading.get_ident,) * (MOST_IDLE + 3))
        await _settled(application, MOST_IDLE)
        return len(application._idle)

    assert asyncio.run(run()) == MOST_IDLE


def test_a_broken_off_request_keeps_its_thread_until_it_is_done() -> None:
    entered, may_end = threading.Event(), threading.Event()

    def linger() -> int:
        entered.set()
        may_end.wait(300)
        return threading.get_ident()

    async def run() -> bool:
        application = KeptThreads(_application)
        broken = asyncio.create_task(_serve(application, (linger,)))
        await asyncio.to_thread(entered.wait, 300)
        broken.cancel()
        await asyncio.gather(broken, return_exceptions=True)
        was_idle = bool(application._idle)
        # The next one does not wait behind it.
        assert len(await _serve(application, (threading.get_ident,))) == 1
        may_end.set()
        await _settled(application, 2)
        return was_idle

    assert not asyncio.run(run())


def test_a_thread_that_is_not_kept_closes_its_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    closed, ended = list[int](), threading.Semaphore(0)

    def close_all() -> None:
        closed.append(threading.get_ident())
        ended.release()

    monkeypatch.setattr(threads.connections, "close_all", close_all)
    meeting = threading.Barrier(MOST_IDLE + 3, timeout=300)

    def meet() -> int:
        meeting.wait()
        return threading.get_ident()

    used = served(*[meet] * (MOST_IDLE + 3))
    assert all(ended.acquire(timeout=300) for _ in range(3))
    assert len(set(closed)) == 3
    assert set(closed) < set(used)
