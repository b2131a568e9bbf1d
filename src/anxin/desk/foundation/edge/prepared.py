"""Ask and insert what nearly every act asks and inserts: put into SQL once, where Django builds the text each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

_Row = TypeVar("_Row", bound=models.Model)
_Fields = tuple[Any, ...]
Asked = str | int | datetime
"""What a question is asked by."""


class _Place(models.Value):
    """Stands in a question where one of the values will stand."""

    def __init__(self, number: int) -> None:
        super().__init__(None)
        self.number = number

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        del compiler, connection
        return "%s", (self,)


@dataclass(frozen=True)
class _Plan(Generic[_Row]):
    """A question in SQL, what is given with it (places: the values asked by), and how its rows are read."""

    sql: str
    given: tuple[object, ...]
    model: type[_Row]
    names: tuple[str, ...]
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]


class Prepared(Generic[_Row]):
    """A question of one database: `ask` builds its query set from places, each for a text, a number or a moment."""

    def __init__(self, ask: Callable[..., models.QuerySet[_Row, Any]], *, using: str = DEFAULT_DB_ALIAS) -> None:
        self._ask = ask
        self._using = using
        self._plans: dict[str, _Plan[_Row]] = {}

    def all(self, *values: Asked) -> list[_Row]:
        """Return the rows as Django would."""
        plan, rows = self._fetched(values)
        return [plan.model.from_db(self._using, plan.names, row) for row in rows]

    def first(self, *values: Asked) -> _Row | None:
        """Return the first row, None without any."""
        return next(iter(self.all(*values)), None)

    def values(self, *values: Asked) -> list[tuple[Any, ...]]:
        """Return what each row holds of the columns asked for, in their order: for query sets of values."""
        return [tuple(row) for row in self._fetched(values)[1]]

    def is_any(self, *values: Asked) -> bool:
        """Return whether there is any row: for query sets of one value, cut after the first."""
        return bool(self._fetched(values)[1])

    def _fetched(self, values: tuple[Asked, ...]) -> tuple[_Plan[_Row], list[list[Any]]]:
        connection = connections[self._using]
        plan = self._plans.get(connection.vendor)
        if plan is None:
            plan = self._plans[connection.vendor] = self._planned(connection, len(values))
        given: list[Any] = [
            _adapted(values[each.number], connection) if isinstance(each, _Place) else each for each in plan.given
        ]
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, given)
            return plan, [_converted(row, plan, connection) for row in cursor.fetchall()]

    def _planned(self, connection: BaseDatabaseWrapper, count: int) -> _Plan[_Row]:
        asked = self._ask(*map(_Place, range(count)))
        compiler = asked.query.get_compiler(connection=connection)
        sql, given = compiler.as_sql()
        columns: list[Any] = [each[0] for each in compiler.select or ()]
        names = tuple(each.target.attname for each in columns)
        return _Plan(sql, tuple(given), asked.model, names, compiler.get_converters(columns))


def _adapted(value: Asked, connection: BaseDatabaseWrapper) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _converted(row: tuple[Any, ...], plan: _Plan[_Row], connection: BaseDatabaseWrapper) -> list[Any]:
    found = list(row)
    for column, (converters, expression) in plan.converters.items():
        for convert in converters:
            found[column] = convert(found[column], expression, connection)
    return found


def insert_row(row: models.Model, *, again_by: tuple[str, ...] = ()) -> None:
    """Insert a new row into the first database as it stands; nobody is signalled. Raise what Django's `save` raises.

    `again_by` names the fields by which it is known: where it is there already, all its others are written.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    sql, fields, numbered = _insertion(type(row), connection.vendor, again_by)
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        cursor.execute(sql, _stored(row, fields, connection))
        if numbered:
            row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def update_row(row: models.Model) -> None:
    """Write every field of a row that is there; nobody is signalled. Raise DatabaseError when it is not."""
    connection = connections[DEFAULT_DB_ALIAS]
    sql, fields = _change(type(row), connection.vendor)
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), connection.cursor() as cursor:
        cursor.execute(sql, _stored(row, fields, connection))
        if cursor.rowcount != 1:
            raise DatabaseError("the row to be changed is not there")


def _stored(row: models.Model, fields: _Fields, connection: BaseDatabaseWrapper) -> list[Any]:
    return [each.get_db_prep_save(getattr(row, each.attname), connection) for each in fields]


@cache
def _insertion(model: type[models.Model], vendor: str, again_by: tuple[str, ...]) -> tuple[str, _Fields, bool]:
    """Return the statement, the fields whose values it takes, and whether the database numbers the row."""
    del vendor
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    key: Any = model._meta.pk
    numbered = isinstance(key, models.AutoField)
    fields: _Fields = tuple(each for each in model._meta.concrete_fields if not (numbered and each is key))
    names, places = ", ".join(quote(each.column) for each in fields), ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"
    if again_by:
        known = ", ".join(quote(each.column) for each in fields if each.name in again_by)
        others = (quote(each.column) for each in fields if each.name not in again_by)
        sql += f" ON CONFLICT ({known}) DO UPDATE SET {', '.join(f'{each} = EXCLUDED.{each}' for each in others)}"
    return sql + (f" RETURNING {quote(key.column)}" if numbered else ""), fields, numbered


@cache
def _change(model: type[models.Model], vendor: str) -> tuple[str, _Fields]:
    """Return the statement, and the fields whose values it takes: the key at the end."""
    del vendor
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    key: Any = model._meta.pk
    others: _Fields = tuple(each for each in model._meta.concrete_fields if each is not key)
    changed = ", ".join(f"{quote(each.column)} = %s" for each in others)
    return f"UPDATE {quote(model._meta.db_table)} SET {changed} WHERE {quote(key.column)} = %s", (*others, key)
