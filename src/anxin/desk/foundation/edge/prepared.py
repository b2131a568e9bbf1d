"""Ask and insert what nearly every act asks and inserts: put into SQL once, where Django builds the text each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

_Row = TypeVar("_Row", bound=models.Model)
_Fields = tuple[Any, ...]


class _Place(str):
    """Stands in a question where one of the values will stand."""

    __slots__ = ("number",)
    number: int


@dataclass(frozen=True)
class _Plan(Generic[_Row]):
    """A question in SQL, what is given with it (places: the values asked by), and how its rows are read."""

    sql: str
    given: tuple[object, ...]
    model: type[_Row]
    names: tuple[str, ...]
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]


class Prepared(Generic[_Row]):
    """A question of the first database: `ask` builds its query set from texts, each a value that a column must have."""

    def __init__(self, ask: Callable[..., models.QuerySet[_Row]]) -> None:
        self._ask = ask
        self._plans: dict[str, _Plan[_Row]] = {}

    def all(self, *values: str) -> list[_Row]:
        """Return the rows as Django would."""
        connection = connections[DEFAULT_DB_ALIAS]
        plan = self._plans.get(connection.vendor)
        if plan is None:
            plan = self._plans[connection.vendor] = self._planned(connection, len(values))
        given: list[Any] = [values[each.number] if isinstance(each, _Place) else each for each in plan.given]
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, given)
            rows = cursor.fetchall()
        return [plan.model.from_db(DEFAULT_DB_ALIAS, plan.names, _converted(row, plan, connection)) for row in rows]

    def first(self, *values: str) -> _Row | None:
        """Return the first row, None without any."""
        return next(iter(self.all(*values)), None)

    def _planned(self, connection: BaseDatabaseWrapper, count: int) -> _Plan[_Row]:
        places = [_Place(f"place {number}") for number in range(count)]
        for number, place in enumerate(places):
            place.number = number
        asked = self._ask(*places)
        compiler = asked.query.get_compiler(connection=connection)
        sql, given = compiler.as_sql()
        columns: list[Any] = [each[0] for each in compiler.select or ()]
        names = tuple(each.target.attname for each in columns)
        return _Plan(sql, tuple(given), asked.model, names, compiler.get_converters(columns))


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
