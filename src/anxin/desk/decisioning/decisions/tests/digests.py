"""All rows of a projection as one digest: equal for equal tables, whatever number the projection has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.db import models

from anxin.desk.decisioning.decisions import models as tables
from anxin.desk.decisioning.decisions.ids import ORIGIN_BITS, PLACE_BITS, SEQ_BITS
from anxin.desk.decisioning.decisions.models import Projection

SEALED = {"sealed", "display_sealed", "files"}
"""Columns that differ by chance: the same value is sealed otherwise each time."""
OWN_BITS = {"entity_id": SEQ_BITS + PLACE_BITS, "other_id": SEQ_BITS + PLACE_BITS}


def folded_tables() -> list[type[models.Model]]:
    return [
        each
        for each in vars(tables).values()
        if isinstance(each, type) and issubclass(each, models.Model) and each is not Projection
    ]


def digest(projection_id: int) -> str:
    """Return a digest of all rows of a projection, whatever number it has."""
    hashed = hashlib.sha256()
    for model in sorted(folded_tables(), key=lambda each: each.__name__):
        hashed.update(f"{model.__name__}\n".encode())
        for row in sorted(_rows(model, projection_id)):
            hashed.update(f"{row}\n".encode())
    return hashed.hexdigest()


def _rows(model: type[models.Model], projection_id: int) -> Iterator[str]:
    columns = [field.column for field in model._meta.local_concrete_fields if field.column not in SEALED]
    for values in model._default_manager.values_list(*columns):
        named = dict(zip(columns, values, strict=True))
        bits = {column: _bits(model, column) for column in columns}
        owner = {named[column] >> bit for column, bit in bits.items() if bit and named[column] is not None}
        if named.get("projection_id", projection_id) != projection_id or not owner <= {projection_id}:
            continue
        named.pop("projection_id", None)
        yield repr([_without_owner(value, bits[column], projection_id) for column, value in named.items()])


def _bits(model: type[models.Model], column: str) -> int:
    if column == "id":
        return {tables.Origin: ORIGIN_BITS, tables.Entity: SEQ_BITS + PLACE_BITS}.get(model, SEQ_BITS)
    return SEQ_BITS if column in ("decision_id", "first_id") else OWN_BITS.get(column, 0)


def _without_owner(value: object, bits: int, projection_id: int) -> object:
    return value - (projection_id << bits) if bits and isinstance(value, int) else value
