"""Rows into tables, many at once: SQLite by prepared statements, PostgreSQL by COPY and arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections, models
from django.db.backends.utils import CursorWrapper

PROJECTION = "projection"
Cell = bool | int | float | str | bytes | None
Row = tuple[Cell, ...]


def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns in the order in which rows are given."""
    return tuple(field.column for field in model._meta.local_concrete_fields if field.column)


def insert_rows(cursor: CursorWrapper, model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert rows whose keys are new."""
    if not rows:
        return
    table, columns = model._meta.db_table, columns_of(model)
    if _is_postgresql():
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    places = ", ".join(["%s"] * len(columns))
    cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)


def replace_rows(cursor: CursorWrapper, model: type[models.Model], rows: Sequence[Row], *, key: str = "id") -> None:
    """Write whole rows over those with the same key, which comes first in each."""
    if not rows:
        return
    table, columns = model._meta.db_table, columns_of(model)
    rest = columns[1:]
    if _is_postgresql():
        changes = ", ".join(f"{name} = fresh.{name}" for name in rest)
        _execute_with_arrays(
            cursor,
            f"UPDATE {table} AS old SET {changes} FROM {{fresh}} WHERE old.{key} = fresh.{key}",
            model,
            rows,
        )
        return
    changes = ", ".join(f"{name} = %s" for name in rest)
    statement = f"UPDATE {table} SET {changes} WHERE {key} = %s"
    cursor.executemany(statement, [(*row[1:], row[0]) for row in rows])


def add_meetings(cursor: CursorWrapper, model: type[models.Model], rows: Sequence[Row]) -> None:
    """Add to stored links: rows are those of new links, and add to count and span."""
    if not rows:
        return
    table = model._meta.db_table
    if _is_postgresql():
        statement = (
            f"UPDATE {table} AS old SET count = old.count + fresh.count, "
            "first_at = LEAST(old.first_at, fresh.first_at), last_at = GREATEST(old.last_at, fresh.last_at) "
            "FROM {fresh} WHERE old.entity_id = fresh.entity_id AND old.other_id = fresh.other_id"
        )
        _execute_with_arrays(cursor, statement, model, rows)
        return
    statement = (
        f"UPDATE {table} SET count = count + %s, first_at = min(first_at, %s), last_at = max(last_at, %s) "
        "WHERE entity_id = %s AND other_id = %s"
    )
    cursor.executemany(statement, [(count, first, last, one, other) for one, other, count, first, last in rows])


def _is_postgresql() -> bool:
    return connections[PROJECTION].vendor == "postgresql"


def _execute_with_arrays(cursor: CursorWrapper, statement: str, model: type[models.Model], rows: Sequence[Row]) -> None:
    """Run a statement once over all rows, given as one array a column under the name `fresh`."""
    fields = [field for field in model._meta.local_concrete_fields if field.column]
    types = [str(field.db_type(connections[PROJECTION])).partition("(")[0] for field in fields]
    arrays: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
    casts = ", ".join(f"%s::{kind}[]" for kind in types)
    names = ", ".join(columns_of(model))
    cursor.execute(statement.replace("{fresh}", f"unnest({casts}) AS fresh({names})"), arrays)


def prepare_connection() -> None:
    """Let SQLite gather more before it writes back into the file: the projector writes the same pages over and over."""
    connection = connections[PROJECTION]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_autocheckpoint=8000")
