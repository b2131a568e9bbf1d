"""What every request of the desk carries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest

from anxin.desk.foundation.edge.actor import Actor


class DeskRequest(HttpRequest):
    """A request with its moment (UTC), its id, and the one who asks; never constructed, only seen as a type.

    `live_cursor`: the number of the last fact before a whole page was read; None for anything else.
    """

    moment: datetime
    request_id: str
    find_actor: Callable[[], Actor | None]
    live_cursor: int | None
