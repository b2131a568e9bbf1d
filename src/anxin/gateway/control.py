"""The control stream: orders from people, in a table both sides can reach."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from anxin.engine.errors import EngineError

_TABLE = """
CREATE TABLE IF NOT EXISTS control_stream (
    seq integer PRIMARY KEY,
    organisation text NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL,
    body text NOT NULL
)
"""
START = bytes(32)
LONGEST_BODY = 4 * 1024 * 1024
_BUSY_SECONDS, _BUSY_PAUSE_SECONDS = 5.0, 0.005


class ControlUnreachable(EngineError):
    """The control stream's table cannot be read or written now."""

    code = "control.unreachable"
    zh = "无法访问控制流：{reason}"
    en = "The control stream cannot be reached: {reason}"


class ControlOversized(EngineError):
    """The order is longer than a record of the decision log may carry."""

    code = "control.oversized"
    zh = "控制记录过长（{size} 字符，上限 {limit}）。"
    en = "The control record is too long ({size} characters, limit {limit})."


class ControlRow(msgspec.Struct, frozen=True, array_like=True):
    """One order: `at` is ms UTC, `body` its JSON text."""

    seq: int
    organisation: str
    at: int
    kind: str
    body: str

    def chain(self, previous: bytes) -> bytes:
        """Return the 32-byte chain value of this row after `previous`."""
        return hashlib.blake2b(previous + msgspec.msgpack.encode(self), digest_size=32).digest()


class ControlTable(Protocol):
    """Where the control stream lies; used by one thread. `changed` may answer True too often, never too seldom."""

    def changed(self, seconds: float) -> bool:
        """Wait up to `seconds` for a change and tell whether there may have been one."""

    def rows_after(self, seq: int, limit: int) -> list[ControlRow]: ...

    def rows_through(self, organisation: str, seq: int) -> list[ControlRow]:
        """Return an organisation's rows up to `seq`, in order."""

    def rows_of(self, organisation: str, kind: str, after: int, limit: int) -> list[ControlRow]:
        """Return an organisation's rows of one kind after `after`, in order, at most `limit`."""

    def row(self, seq: int) -> ControlRow | None: ...

    def append(self, rows: Sequence[tuple[str, int, str, str]]) -> list[int]:
        """Add (organisation, at, kind, body) rows in one transaction; return their sequence numbers."""

    def close(self) -> None: ...


class SqliteControl:
    """The control stream in an SQLite file; a change by another process is seen by its data version."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with _reaching():
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS
            )
            _keep_ahead(self._connection)
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(_TABLE)
        self._file = path.stat().st_ino
        self._version = -1

    def changed(self, seconds: float) -> bool:
        time.sleep(seconds)
        with _reaching():
            if self._path.stat().st_ino != self._file:
                raise ControlUnreachable(reason="the file was replaced", reason_zh="文件已被替换")
            version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        if version == self._version:
            return False
        self._version = version
        return True

    def rows_after(self, seq: int, limit: int) -> list[ControlRow]:
        return self._select("seq > ? ORDER BY seq LIMIT ?", seq, limit)

    def rows_through(self, organisation: str, seq: int) -> list[ControlRow]:
        return self._select("organisation = ? AND seq <= ? ORDER BY seq", organisation, seq)

    def rows_of(self, organisation: str, kind: str, after: int, limit: int) -> list[ControlRow]:
        return self._select(
            "organisation = ? AND kind = ? AND seq > ? ORDER BY seq LIMIT ?", organisation, kind, after, limit
        )

    def row(self, seq: int) -> ControlRow | None:
        found = self._select("seq = ?", seq)
        return found[0] if found else None

    def _select(self, where: str, *values: object) -> list[ControlRow]:
        query = f"SELECT seq, organisation, at, kind, body FROM control_stream WHERE {where}"
        with _reaching():
            return [ControlRow(*each) for each in self._connection.execute(query, values)]

    def append(self, rows: Sequence[tuple[str, int, str, str]]) -> list[int]:
        with _reaching(), self._transaction():
            last = self._connection.execute("SELECT coalesce(max(seq), 0) FROM control_stream").fetchone()[0]
            numbered = [(last + place, *row) for place, row in enumerate(rows, start=1)]
            self._connection.executemany("INSERT INTO control_stream VALUES (?, ?, ?, ?, ?)", numbered)
        return [each[0] for each in numbered]

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


def _keep_ahead(connection: sqlite3.Connection) -> None:
    """Let the file be written ahead from now on; raise sqlite3.OperationalError when others keep it locked.

    Whoever does so first beside others is refused at once, however long it would wait for any other lock.
    """
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_BUSY_PAUSE_SECONDS)
        else:
            return


@contextlib.contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as problem:
        raise ControlUnreachable(reason=str(problem)) from problem


class ControlWriter:
    """Appends orders: for commands, tests and the desk's host process."""

    def __init__(self, table: ControlTable) -> None:
        self._table = table

    def append(self, organisation: str, kind: str, body: object, *, at: int) -> int:
        """Append one order whose JSON is `body`; return its number once it is durable. Raise ControlOversized."""
        text = msgspec.json.encode(body).decode()
        if len(text) > LONGEST_BODY:
            raise ControlOversized(size=len(text), limit=LONGEST_BODY)
        return self._table.append([(organisation, at, kind, text)])[0]


def open_control(url: str) -> ControlTable:
    """Open the table at `url`: `sqlite:///path` or `postgresql://…`."""
    if url.startswith("sqlite:///"):
        return SqliteControl(Path(url.removeprefix("sqlite:///")))
    from anxin.gateway.control_postgresql import PostgresControl  # psycopg is an extra

    return PostgresControl(url)
