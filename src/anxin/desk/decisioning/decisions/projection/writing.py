"""Write one batch; runs inside the transaction that moves the position."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connections

from anxin.desk.decisioning.decisions.models import (
    ArrivalHour,
    Decision,
    DecisionEntity,
    DecisionLabel,
    DecisionRule,
    Entity,
    EntityLink,
    Origin,
    RiskPoint,
    SealedRecord,
    SearchTerm,
)
from anxin.desk.decisioning.decisions.projection.batch import Batch
from anxin.desk.decisioning.decisions.projection.controls import Statement
from anxin.desk.decisioning.decisions.projection.sealing import SealedRows
from anxin.desk.decisioning.decisions.projection.tables import PROJECTION, add_meetings, insert_rows, replace_rows


def write_batch(batch: Batch, sealed: SealedRows, statements: Sequence[Statement]) -> None:
    """Write all rows of a batch."""
    books, touched = batch.books, batch.touched.values()
    links = books.links
    with connections[PROJECTION].cursor() as cursor:
        for statement, parameters in statements:
            cursor.execute(statement, parameters)
        insert_rows(cursor, Origin, books.origins.fresh)
        insert_rows(cursor, Decision, batch.decisions)
        insert_rows(cursor, SealedRecord, sealed.bodies)
        insert_rows(cursor, SearchTerm, sealed.terms)
        insert_rows(cursor, DecisionRule, batch.rules)
        insert_rows(cursor, DecisionLabel, batch.labels)
        insert_rows(cursor, ArrivalHour, batch.hours)
        insert_rows(cursor, Entity, [state.row() for state in touched if state.is_new])
        replace_rows(cursor, Entity, [state.row() for state in touched if not state.is_new])
        insert_rows(cursor, DecisionEntity, batch.named)
        insert_rows(cursor, RiskPoint, batch.points)
        insert_rows(cursor, EntityLink, [(*pair, *tally) for pair, tally in links.added.items()])
        add_meetings(cursor, EntityLink, [(*pair, *tally) for pair, tally in links.met.items()])
