"""What the worker does for measures: note what the gateway obeyed, and let lapse what is over."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.decisioning.decisions.orders_seen import orders_seen
from anxin.desk.foundation.edge.duties import Duty, one_by_one, resting
from anxin.desk.operations.measures.actions import expire_measure, note_accepted, note_refused
from anxin.desk.operations.measures.queries import list_awaiting, list_expiring, list_sent


def note_obeyed(at: datetime) -> int:
    """Note the measures whose orders stand in the projected decision log, obeyed or refused; return how many."""
    return one_by_one(list_awaiting(), lambda each: _note_answers(each, at), at=at)


def _note_answers(organisation_id: str, at: datetime) -> int:
    numbers = list_sent(organisation_id)
    seen = orders_seen(organisation_id, set(numbers.values()))
    answers = {measure_id: seen[number] for measure_id, number in numbers.items() if number in seen}
    return one_by_one(answers, lambda each: _note_answer(each, organisation_id, answers[each], at), at=at)


def _note_answer(measure_id: str, organisation_id: str, refusal: str, at: datetime) -> bool:
    if not refusal:
        return note_accepted(measure_id=measure_id, organisation_id=organisation_id, at=at)
    return note_refused(measure_id=measure_id, organisation_id=organisation_id, why=refusal, at=at)


def let_lapse(at: datetime) -> int:
    """End the measures whose time is over; return how many."""
    over = dict(list_expiring(at=at, besides=resting(at)))
    return one_by_one(over, lambda each: expire_measure(measure_id=each, organisation_id=over[each], at=at), at=at)


DUTIES: tuple[Duty, ...] = (
    Duty("measures.obeyed", 0.5, note_obeyed),
    Duty("measures.lapse", 5.0, let_lapse),
)
