"""What raises or lowers the risk of the entities that a decision names."""

from __future__ import annotations

from collections.abc import Iterator

from anxin.desk.decisioning.decisions.projection.entity_states import EntityState
from anxin.desk.decisioning.decisions.projection.reading import RECIPIENT, TARGET, Named, ReadDecision
from anxin.desk.decisioning.decisions.projection.tables import Row
from anxin.desk.decisioning.decisions.risk import (
    CHARGEBACK,
    DISPUTE,
    FRAUD,
    REPORTED,
    VERDICT_POINTS,
    Occasion,
    weight_of,
)
from anxin.desk.decisioning.decisions.strands import strands
from anxin.engine.verdict import Verdict

LABEL = strands()["label"].number
STAFF = strands()["staff"].number
_HOLD = "hold:"
_BY_MODEL = "model"
_SPECIAL = {"payment.disputed": ("disputed", DISPUTE), "payment.chargeback": ("chargeback", CHARGEBACK)}


def occasions_of(each: ReadDecision, named: Named, state: EntityState) -> Iterator[Occasion]:
    """Yield what a decision is to the risk of one entity it names; count labels and disputes on the way."""
    seq, at, weight = each.seq, each.occurred_at, weight_of(state.kind)
    if named.role == TARGET and each.shape.is_accusation:
        yield Occasion("reported", "", at, seq, REPORTED * weight)
    if _is_blamed(each, named):
        rule = each.rules[0] if each.rules else _BY_MODEL
        yield Occasion(f"verdict.{each.verdict.word}", rule, at, seq, VERDICT_POINTS[each.verdict] * weight)
    if each.shape.strand == LABEL and each.event is not None:
        yield from _label_occasions(each, state, weight)


def label_row(each: ReadDecision, row: int, labelled_id: int | None) -> Row:
    """Return the label's row."""
    event = each.event
    label = _SPECIAL.get(each.shape.event_type, (getattr(event, "label", None) or "", 0.0))[0]
    is_fraud = True if each.shape.event_type in _SPECIAL else getattr(event, "is_fraud", None)
    source = getattr(event, "source", None) or ""
    return row, labelled_id, labelled_event_id(each) or "", label, source, is_fraud, each.occurred_at


def labelled_event_id(each: ReadDecision) -> str | None:
    """Return the event that a label is about, None when it is about an entity or is no label."""
    if each.shape.strand != LABEL or each.event is None:
        return None
    name = "disputed_event_id" if each.shape.event_type in _SPECIAL else "labelled_event_id"
    found: str | None = getattr(each.event, name, None)
    return found


def _is_blamed(each: ReadDecision, named: Named) -> bool:
    """Return whether a verdict speaks against the entity; what people ordered themselves is no new suspicion."""
    if each.verdict is Verdict.ALLOW or named.role in (RECIPIENT, TARGET):
        return False
    return not (each.rules and each.rules[0].startswith(_HOLD))


def _label_occasions(each: ReadDecision, state: EntityState, weight: float) -> Iterator[Occasion]:
    event_type, at, seq = each.shape.event_type, each.occurred_at, each.seq
    if event_type in _SPECIAL:
        code, points = _SPECIAL[event_type]
        state.disputes += 1
        yield Occasion(f"label.{code}", "", at, seq, points * weight)
        return
    is_fraud, label = getattr(each.event, "is_fraud", None), getattr(each.event, "label", None) or ""
    if is_fraud is True:
        state.frauds += 1
        yield Occasion("label.fraud", label, at, seq, FRAUD * weight)
    elif is_fraud is False:
        state.clearances += 1
        yield Occasion("label.cleared", label, at, seq, 0.0, is_clearance=True)
