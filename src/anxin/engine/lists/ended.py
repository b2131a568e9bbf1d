"""When holds and entries of lists that have ended are forgotten."""

from __future__ import annotations

from anxin.engine.lists.holds import HoldStore
from anxin.engine.lists.named import HOUR_MS
from anxin.engine.lists.store import ListStore

# How long after its end one is still met by events that come too late to be counted, but are of the time it held.
MET_AFTER_MS = 24 * HOUR_MS


def free_ended(lists: ListStore, holds: HoldStore, watermark: int | None, *, lateness_ms: int) -> None:
    """Free what ended a day before anything that can still be counted; `watermark` None frees nothing.

    Each order does it, before it takes effect: without orders nothing is added, and a replay meets them at the same
    places.
    """
    if watermark is None:
        return
    until = watermark - lateness_ms - MET_AFTER_MS
    # Whole hours, in which all has ended: the entries of one hour need not be looked through at every order.
    lists.expire(until // HOUR_MS * HOUR_MS - 1)
    holds.expire(until)
