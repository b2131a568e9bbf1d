"""The control stream in PostgreSQL."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import LiteralString

import psycopg
from psycopg.rows import TupleRow

from anxin.gateway.control import ControlRow, ControlUnreachable

_CHANNEL = "anxin_control"
_LOCK = 0x616E78696E
_TABLE = """
CREATE TABLE IF NOT EXISTS control_stream (
    seq bigint PRIMARY KEY, organisation text NOT NULL, at bigint NOT NULL, kind text NOT NULL, body text NOT NULL
)
"""
_SELECT = "SELECT seq, organisation, at, kind, body FROM control_stream"


class PostgresControl:
    """The control stream in PostgreSQL: notified at once, and polled in case a notice was lost."""

    def __init__(self, url: str) -> None:
        with _reaching():
            self._connection: psycopg.Connection[TupleRow] = psycopg.connect(url, autocommit=True)
            self._connection.execute(_TABLE)
            self._connection.execute(f"LISTEN {_CHANNEL}")

    def changed(self, seconds: float) -> bool:
        with _reaching():
            list(self._connection.notifies(timeout=seconds, stop_after=1))
        return True

    def rows_after(self, seq: int, limit: int) -> list[ControlRow]:
        return self._select("seq > %s ORDER BY seq LIMIT %s", seq, limit)

    def rows_through(self, organisation: str, seq: int) -> list[ControlRow]:
        return self._select("organisation = %s AND seq <= %s ORDER BY seq", organisation, seq)

    def rows_of(self, organisation: str, kind: str, after: int, limit: int) -> list[ControlRow]:
        return self._select(
            "organisation = %s AND kind = %s AND seq > %s ORDER BY seq LIMIT %s", organisation, kind, after, limit
        )

    def row(self, seq: int) -> ControlRow | None:
        found = self._select("seq = %s", seq)
        return found[0] if found else None

    def _select(self, where: LiteralString, *values: object) -> list[ControlRow]:
        with _reaching():
            return [ControlRow(*each) for each in self._connection.execute(f"{_SELECT} WHERE {where}", values)]

    def append(self, rows: Sequence[tuple[str, int, str, str]]) -> list[int]:
        with _reaching(), self._connection.transaction():
            # One writer at a time, so that a lower number can never appear after a higher one.
            self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            found = self._connection.execute("SELECT coalesce(max(seq), 0) FROM control_stream").fetchone()
            last = int(found[0]) if found else 0
            numbered = [(last + place, *row) for place, row in enumerate(rows, start=1)]
            with self._connection.cursor() as cursor:
                cursor.executemany("INSERT INTO control_stream VALUES (%s, %s, %s, %s, %s)", numbered)
            self._connection.execute(f"NOTIFY {_CHANNEL}")
        return [each[0] for each in numbered]

    def close(self) -> None:
        self._connection.close()


@contextlib.contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as problem:
        raise ControlUnreachable(reason=type(problem).__name__) from problem
