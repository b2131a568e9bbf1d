"""The personal part of a batch: bodies, clear forms and search terms, under the keys of the people who acted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from anxin.desk.decisioning.decisions.ids import row_id
from anxin.desk.decisioning.decisions.keys import EntityKeys
from anxin.desk.decisioning.decisions.projection.batch import Batch
from anxin.desk.decisioning.decisions.projection.reading import ReadDecision
from anxin.desk.decisioning.decisions.projection.tables import Row
from anxin.desk.decisioning.decisions.sealed_body import seal_body, seal_display, subject_of
from anxin.desk.foundation.vault.bulk import SealKey, seal_keys_of


class SealedRows(NamedTuple):
    """Rows of SealedRecord and SearchTerm."""

    bodies: list[Row]
    terms: list[Row]


def sealed_rows(
    batch: Batch,
    read: Sequence[ReadDecision],
    keys: EntityKeys,
    *,
    organisation_id: str,
    own_key: SealKey,
    at: datetime,
) -> SealedRows:
    """Return the sealed rows, and seal the clear forms of the batch's new entities.

    What belongs to a person whose key was destroyed is left out.
    """
    subjects = {each.seq: subject_of(*each.actor) for each in read if each.actor is not None}
    by_subject = seal_keys_of(organisation_id, subjects.values(), at=at)
    found = SealedRows([], [])
    for each in read:
        key = by_subject[subjects[each.seq]] if each.seq in subjects else own_key
        if key is None:
            continue
        row = row_id(batch.books.projection_id, each.seq)
        found.bodies.append((row, seal_body(each.record, key, organisation_id=organisation_id, seq=each.seq)))
        if each.text:
            found.terms.extend((term, row) for term in keys.terms(each.text))
    for state, clear, each in batch.displays:
        key = by_subject[subjects[each.seq]] if each.seq in subjects else own_key
        if key is not None:
            entity = (state.kind, state.key)
            state.display_sealed = seal_display(clear, key, organisation_id=organisation_id, entity=entity)
    return found
