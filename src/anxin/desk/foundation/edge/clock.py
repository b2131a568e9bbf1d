"""The one place where the desk looks at the wall clock; tests set it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _wall() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _wall


def now() -> datetime:
    """Return this moment, in UTC; edges read it once and hand it on as `at`."""
    return _read()


@contextlib.contextmanager
def clock_set(read: Callable[[], datetime]) -> Iterator[None]:
    """Let `now` answer from another clock: for tests and drills."""
    global _read
    before, _read = _read, read
    try:
        yield
    finally:
        _read = before


def to_ms(at: datetime) -> int:
    """Return the instant as milliseconds since 1970, UTC."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def from_ms(milliseconds: int) -> datetime:
    """Return the instant of milliseconds since 1970, UTC."""
    return _EPOCH + timedelta(milliseconds=milliseconds)
