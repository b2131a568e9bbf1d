"""Hand over several incidents in one offer, at the end of a shift; each is accepted or declined by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.operations.incidents.actions.leases import Offer, offer_handover
from anxin.desk.operations.incidents.briefs import LONGEST, Brief, encode_brief
from anxin.desk.operations.incidents.models import Handover

MOST_ITEMS = 50


@transaction.atomic
def offer_several(*, items: Mapping[str, Brief], to_id: str, by: Actor, at: datetime) -> tuple[Handover, ...]:
    """Offer incidents, by id with their briefs, to one person or ("") whoever takes them; all of them, or none.

    Raise what `offer_handover` raises, FieldInvalid for too many or too long.
    """
    if not 0 < len(items) <= MOST_ITEMS:
        raise FieldInvalid(pointer="/items", field="items", reason=f"1–{MOST_ITEMS}")
    if any(len(text) > LONGEST for each in items.values() for text in (each.next_step, each.promise, each.risk)):
        raise FieldInvalid(pointer="/items", field="items", reason=f"<= {LONGEST}")
    batch = new_id("hbt", at=at)
    return tuple(
        offer_handover(incident_id=each, offer=Offer(to_id, encode_brief(brief), batch), by=by, at=at)
        for each, brief in sorted(items.items())
    )
