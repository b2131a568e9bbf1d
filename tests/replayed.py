"""Write again what the first asking wrote, instead of asking the desk again for the same on the same ground.

Thousands of tests begin with the same organisation and the same people. What founding and admitting write depends on
nothing but what they are given, the end of the organisation's trail (a chain of hashes over all that was done before)
and its keys; where these are the same, the same statements are sent again, and nothing is put into SQL once more.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, transaction

from anxin.desk.foundation.vault import sealing

_Made = TypeVar("_Made")
_WRITES = ("INSERT", "UPDATE", "DELETE")
_GROUND = (
    "SELECT hash, (SELECT count(*) FROM vault_datakey WHERE organisation_id = %s)"
    " FROM audit_audithead WHERE organisation_id = %s"
)
_Ground = tuple[Any, ...]


@dataclass(frozen=True)
class _Written:
    """What an act wrote: its statements, the keys it opened, what it returned, and the ground after it."""

    statements: tuple[tuple[str, Any, bool], ...]
    opened: dict[bytes, bytes]
    data_keys: frozenset[bytes]
    made: Any
    ground: _Ground | None


class Replays:
    """What was written in this process so far, by what was asked for and by the ground it was asked on."""

    def __init__(self) -> None:
        self._written: dict[Hashable, _Written] = {}
        self._grounds: set[_Ground] = set()

    def found(self, asked: Hashable, act: Callable[[], _Made]) -> _Made:
        """Return what `act` makes on no ground at all: an organisation of its own, with `id`."""
        return self._do(asked, act, lambda made: made.id)

    def go_on(self, organisation_id: str, asked: Hashable, act: Callable[[], _Made]) -> _Made:
        """Return what `act` makes for an organisation; written anew where more was done than is known here."""
        ground = _ground_of(organisation_id)
        if ground not in self._grounds:
            return act()
        return self._do((ground, asked), act, lambda _: organisation_id)

    def _do(self, key: Hashable, act: Callable[[], _Made], organisation_of: Callable[[Any], str]) -> _Made:
        written = self._written.get(key)
        if written is None:
            written = self._written[key] = _recorded(act, organisation_of)
            if written.ground is not None:
                self._grounds.add(written.ground)
        else:
            _write_again(written)
        return copy.copy(written.made)  # type: ignore[no-any-return]


def _recorded(act: Callable[[], Any], organisation_of: Callable[[Any], str]) -> _Written:
    statements: list[tuple[str, Any, bool]] = []

    def record(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(_WRITES):
            statements.append((sql, params, many))
        return execute(sql, params, many, context)

    opened, data_keys = set(sealing._opened), set(sealing._data_keys)
    with connection.execute_wrapper(record):
        made = act()
    return _Written(
        tuple(statements),
        {name: key for name, key in sealing._opened.items() if name not in opened},
        frozenset(sealing._data_keys - data_keys),
        copy.copy(made),
        _ground_of(organisation_of(made)),
    )


def _write_again(written: _Written) -> None:
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for sql, params, many in written.statements:
            (cursor.executemany if many else cursor.execute)(sql, params)
    sealing._opened.update(written.opened)
    sealing._data_keys.update(written.data_keys)


def _ground_of(organisation_id: str) -> _Ground | None:
    with connection.cursor() as cursor:
        cursor.execute(_GROUND, (organisation_id, organisation_id))
        row = cursor.fetchone()
    if row is None:
        return None
    service = sealing.key_service()
    return organisation_id, bytes(row[0]), row[1], service, service.current()
