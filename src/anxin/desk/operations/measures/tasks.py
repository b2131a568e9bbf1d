"""What the worker does for measures: note what the gateway obeyed, and let lapse what is over."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from anxin.desk.decisioning.decisions.orders_seen import orders_seen
from anxin.desk.foundation.edge.duties import Duty
from anxin.desk.operations.measures.actions import expire_measure, note_accepted, note_refused
from anxin.desk.operations.measures.queries import list_expiring, list_sent


def note_obeyed(at: datetime) -> int:
    """Note the measures whose orders stand in the projected decision log, obeyed or refused; return how many."""
    waiting, numbers = list_sent(), defaultdict[str, set[int]](set)
    for organisation_id, _, number in waiting:
        numbers[organisation_id].add(number)
    seen = {organisation_id: orders_seen(organisation_id, asked) for organisation_id, asked in numbers.items()}
    done = 0
    for organisation_id, measure_id, number in waiting:
        refusal = seen[organisation_id].get(number)
        if refusal == "":
            done += note_accepted(measure_id=measure_id, organisation_id=organisation_id, at=at)
        elif refusal is not None:
            done += note_refused(measure_id=measure_id, organisation_id=organisation_id, why=refusal, at=at)
    return done


def let_lapse(at: datetime) -> int:
    """End the measures whose time is over; return how many."""
    return sum(
        expire_measure(measure_id=measure_id, organisation_id=organisation_id, at=at)
        for organisation_id, measure_id in list_expiring(at=at)
    )


DUTIES: tuple[Duty, ...] = (
    Duty("measures.obeyed", 0.5, note_obeyed),
    Duty("measures.lapse", 5.0, let_lapse),
)
