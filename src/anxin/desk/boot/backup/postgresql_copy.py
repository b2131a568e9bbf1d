"""Copy PostgreSQL's tables as of one moment, and fill them again; no program beside the driver is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import sql

from anxin.desk.boot.backup.archive import ArchiveReader, ArchiveWriter
from anxin.desk.boot.backup.errors import BackupImpossible, RestoreImpossible
from anxin.desk.boot.backup.manifest import TablePart
from anxin.desk.boot.databases import PROJECTED_APPS

Connection = psycopg.Connection[tuple[object, ...]]

_TABLES = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name
"""
_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
_NUMBERED = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND (is_identity = 'YES' OR column_default LIKE 'nextval(%')
"""


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """Yield a connection that sees one moment; raise BackupImpossible when the database cannot be reached."""
    try:
        with psycopg.connect(url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield connection
    except psycopg.Error as problem:
        raise BackupImpossible(reason=f"PostgreSQL: {type(problem).__name__}") from None


def copy_tables(connection: Connection, archive: ArchiveWriter, *, projected: bool) -> list[TablePart]:
    """Copy the projected tables, or all others."""
    names = [name for name in list_tables(connection) if (name.partition("_")[0] in PROJECTED_APPS) is projected]
    return [_copy_table(connection, archive, name) for name in names]


def list_tables(connection: Connection) -> list[str]:
    """Return the tables' names."""
    return [str(row[0]) for row in connection.execute(_TABLES)]


def read_migrations(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Return the (app, name) of the migrations that made the tables."""
    rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY id")
    return tuple((str(app), str(name)) for app, name in rows)


def _copy_table(connection: Connection, archive: ArchiveWriter, name: str) -> TablePart:
    columns = tuple(str(row[0]) for row in connection.execute(_COLUMNS, (name,)))
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(name), _joined(columns))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        written = archive.add((bytes(block) for block in copy), compress=True)
    return TablePart(name, columns, written.member, written.size, written.sha256)


def _joined(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def require_empty(url: str) -> None:
    """Raise RestoreImpossible when the database cannot be reached or holds tables."""
    try:
        with psycopg.connect(url) as connection:
            found = list_tables(connection)
    except psycopg.Error as problem:
        raise RestoreImpossible(reason=f"PostgreSQL: {type(problem).__name__}") from None
    if found:
        raise RestoreImpossible(
            reason=f"the database is not empty ({len(found)} tables)", reason_zh=f"数据库不是空的（{len(found)} 张表）"
        )


def fill_tables(url: str, reader: ArchiveReader) -> None:
    """Put the archive's rows in place of those that making the tables left, in one transaction."""
    tables = reader.manifest.tables
    try:
        with psycopg.connect(url) as connection:
            missing = {each.table for each in tables} - set(list_tables(connection))
            if missing:
                raise RestoreImpossible(reason=f"PostgreSQL: {', '.join(sorted(missing))}")
            connection.execute("SET CONSTRAINTS ALL DEFERRED")
            connection.execute(sql.SQL("TRUNCATE {}").format(_joined(list_tables(connection))))
            for part in tables:
                _fill(connection, reader, part)
            _number_on(connection)
    except psycopg.Error as problem:
        raise RestoreImpossible(reason=f"PostgreSQL: {type(problem).__name__}") from problem


def _fill(connection: Connection, reader: ArchiveReader, part: TablePart) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(part.table), _joined(part.columns))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in reader.blocks(part):
            copy.write(block)


def _number_on(connection: Connection) -> None:
    """Let each counter go on behind the highest number in use."""
    for table, column in connection.execute(_NUMBERED).fetchall():
        statement = sql.SQL(
            "SELECT setval(pg_get_serial_sequence({}, {}), coalesce(max({}), 1), max({}) IS NOT NULL) FROM {}"
        )
        names = sql.Literal(f'"{table}"'), sql.Literal(str(column))
        place = sql.Identifier(str(column))
        connection.execute(statement.format(*names, place, place, sql.Identifier(str(table))))


def drop_tables(url: str) -> None:
    """Take away what a failed restore made in a database that had been empty."""
    with psycopg.connect(url) as connection:
        for name in list_tables(connection):
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(name)))
