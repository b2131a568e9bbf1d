"""Threads that serve one request after the other, so that what hangs on a thread stays: connections to databases.

Django gives each request a thread of its own and ends it afterwards, and with it a connection that was just opened.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.db import connections

MOST_IDLE = 6
"""How many threads wait for requests; those beyond end with the request that needed them."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class KeptThreads:
    """An ASGI application around another, whose synchronous parts run on kept threads, one thread per request."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._idle = deque[ThreadPoolExecutor]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        thread = self._take()
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self._application(scope, receive, send)
        finally:
            # A request that was broken off may still work in its thread: it is free only after that.
            thread.submit(_nothing).add_done_callback(lambda _: self._give_back(thread))

    def _take(self) -> ThreadPoolExecutor:
        try:
            return self._idle.pop()
        except IndexError:
            return ThreadPoolExecutor(max_workers=1, thread_name_prefix="request")

    def _give_back(self, thread: ThreadPoolExecutor) -> None:
        if len(self._idle) < MOST_IDLE:
            self._idle.append(thread)
        else:
            # The end of a thread alone leaves its connections to the garbage collector: a server has few to give.
            thread.submit(connections.close_all)
            thread.shutdown(wait=False)


def _nothing() -> None:
    pass
