"""What the worker does again and again; each package's `tasks.py` lists its own as `DUTIES`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet

_LOG = logging.getLogger(__name__)
FIRST_REST, LONGEST_REST = timedelta(seconds=1), timedelta(seconds=60)
T = TypeVar("T", bound=Hashable)


def rest_after(times: int, longest: timedelta = LONGEST_REST) -> timedelta:
    """Return how long what failed so many times in a row is left alone: never longer than it has been failing."""
    return min(FIRST_REST * (1 << min(max(times, 1) - 1, 20)), longest)


@dataclass(frozen=True)
class Duty:
    """One thing to do every `seconds`; `run` gets the moment (UTC), is safe to repeat, and returns how much it did.

    A duty that did as much as a `batch` is run again at once, so that a backlog goes down without waiting.
    """

    name: str
    seconds: float
    run: Callable[[datetime], int]
    batch: int = 1


@dataclass(frozen=True)
class _Rest:
    """How often an item failed in a row, until when it rests, and what it failed with."""

    times: int
    until: datetime
    fault: str


class Sickroom:
    """What failed of one duty, each by itself: it rests alone, longer after each failure, while the others go on."""

    def __init__(self) -> None:
        self._rests: dict[Hashable, _Rest] = {}
        self._known = ""

    def rests(self, item: Hashable, at: datetime) -> bool:
        """Return whether an item is still to be left alone."""
        found = self._rests.get(item)
        return found is not None and at < found.until

    def resting(self, at: datetime) -> tuple[str, ...]:
        """Return the keys of what is to be left alone."""
        return tuple(each for each in self._rests if isinstance(each, str) and self.rests(each, at))

    def take(self, item: Hashable, fault: Exception, at: datetime, longest: timedelta = LONGEST_REST) -> None:
        """Let an item rest that failed; the journal hears of it once, and again when it fails with something else."""
        before, word = self._rests.get(item), type(fault).__name__
        times = before.times + 1 if before is not None else 1
        self._rests[item] = _Rest(times, at + rest_after(times, longest), word)
        if before is None or times == 1 or before.fault != word:
            _LOG.error("an item failed by itself, try %d: %s", times, item, exc_info=fault)

    def put_last(self, item: Hashable, fault: Exception, at: datetime) -> None:
        """Let the others go first next time: whether it was the item or the database shows then."""
        self._rests[item] = _Rest(0, at, type(fault).__name__)

    def is_last(self, item: Hashable) -> bool:
        """Return whether the others go before an item."""
        found = self._rests.get(item)
        return found is not None and not found.times

    def release(self, item: Hashable) -> None:
        """Forget that an item ever failed."""
        self._rests.pop(item, None)

    def clear(self, before: datetime) -> None:
        """Forget what was due again before a moment and was not tried: it is there no more."""
        self._rests = {item: rest for item, rest in self._rests.items() if rest.until >= before}

    def know(self, word: str) -> None:
        """Keep what is unwell for a reason that lies outside of the room, until the next run says otherwise."""
        self._known = word

    @property
    def word(self) -> str:
        """Return what is known to be unwell, or what the first failed with and how many rest; "" when nothing is."""
        faults = [each.fault for each in self._rests.values()]
        return self._known or (f"{faults[0]} × {len(faults)}" if faults else "")


_OPEN: ContextVar[Sickroom | None] = ContextVar("sickroom", default=None)


@contextmanager
def sickroom(room: Sickroom) -> Iterator[None]:
    """Let what fails by itself within rest in a room from run to run."""
    token = _OPEN.set(room)
    try:
        yield
    finally:
        _OPEN.reset(token)


def resting(at: datetime) -> tuple[str, ...]:
    """Return the keys that a query of limited length shall leave out, as it would only stand in the way of others."""
    room = _OPEN.get()
    return room.resting(at) if room is not None else ()


def say_unwell(word: str) -> None:
    """Let the duty's pulse say that something is unwell though nothing failed just now; "" ends it."""
    room = _OPEN.get()
    if room is not None:
        room.know(word)


def batch_by_batch(rows: QuerySet[Any], do: Callable[[Sequence[Any]], int], *, batch: int) -> int:
    """Do up to `batch` of the ordered rows, on past those that nothing can be done about; return how many were done.

    `do` returns how many of the rows given to it are none of these rows any more; the others stand before all later
    ones from then on.
    """
    done = passed = 0
    while done < batch:
        found = list(rows[passed : passed + batch])
        count = do(found) if found else 0
        done, passed = done + count, passed + len(found) - count
        if len(found) < batch:
            break
    return done


def one_by_one(items: Iterable[T], work: Callable[[T], int], *, at: datetime, longest: timedelta = LONGEST_REST) -> int:
    """Do the work for each item, in a transaction of its own; return how much was done. A failure stops no other item.

    Within a worker's round the duty's pulse and the journal tell of it, and the item rests, up to `longest`; elsewhere
    the first one is raised once all were tried. A database that cannot be relied on ends the run; the next one begins
    with others.
    """
    room = _OPEN.get() or Sickroom()
    run = _Run(room, at, longest)
    later = [item for item in items if not room.rests(item, at) and not run.try_first(item, work)]
    for item in later:
        run.try_one(item, work, is_database_there=run.went_well)
    if run.failed and _OPEN.get() is None:
        raise run.failed[0]
    return run.done


class _Run:
    """One way through some items."""

    def __init__(self, room: Sickroom, at: datetime, longest: timedelta) -> None:
        self._room = room
        self._at = at
        self._longest = longest
        self.done = 0
        self.went_well = False
        self.failed: list[Exception] = []

    def try_first(self, item: T, work: Callable[[T], int]) -> bool:
        """Do what never met a database that was away; return False for the rest."""
        is_first = not self._room.is_last(item)
        if is_first:
            self.try_one(item, work, is_database_there=False)
        return is_first

    def try_one(self, item: T, work: Callable[[T], int], *, is_database_there: bool) -> None:
        """Do one; where the database served others in this run, its fault is the item's own."""
        try:
            self.done += work(item)
        except Exception as fault:
            if isinstance(fault, OperationalError | InterfaceError) and not is_database_there:
                self._room.put_last(item, fault, self._at)
                raise
            self._room.take(item, fault, self._at, self._longest)
            self.failed.append(fault)
        else:
            self._room.release(item)
            self.went_well = True
