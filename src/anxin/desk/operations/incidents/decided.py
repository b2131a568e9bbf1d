"""Which decisions made an incident, and which rules fired in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from anxin.desk.decisioning.decisions.ids import row_id, seq_of
from anxin.desk.decisioning.decisions.models import Decision, Projection
from anxin.desk.operations.incidents.models import Incident, Signal

MOST_SIGNALS = 200


def decisions_of(incident: Incident, *, limit: int = MOST_SIGNALS) -> tuple[Decision, ...]:
    """Return the decisions that an incident was opened for, the earliest first, as far as they are projected."""
    projection = Projection.objects.filter(organisation_id=incident.organisation_id, is_current=True).first()
    rows = Signal.objects.filter(incident_id=incident.id, source="decision").order_by("received_at")
    seqs = [int(each) for each in rows.values_list("source_ref", flat=True)[:limit] if each.isdecimal()]
    if projection is None or not seqs:
        return ()
    ids = [row_id(projection.pk, each) for each in seqs]
    return tuple(Decision.objects.filter(pk__in=ids).order_by("id"))


def rules_of(incidents: Iterable[Incident]) -> Mapping[str, tuple[str, ...]]:
    """Return the rules that fired in each incident's decisions, in alphabetical order, by the incident's id."""
    found = dict[str, tuple[str, ...]]()
    for incident in incidents:
        rules = {rule for each in decisions_of(incident) for rule in each.rules.split()}
        found[incident.id] = tuple(sorted(rules))
    return found


def signals_of_decisions(organisation_id: str, seqs: Iterable[int]) -> Mapping[int, str]:
    """Return the incident that each decision (its place in the log) belongs to, as far as it has one."""
    wanted = [str(each) for each in seqs]
    found = defaultdict[int, str](str)
    for start in range(0, len(wanted), 500):
        rows = Signal.objects.filter(
            organisation_id=organisation_id, source="decision", source_ref__in=wanted[start : start + 500]
        )
        found.update({int(ref): incident for ref, incident in rows.values_list("source_ref", "incident_id")})
    return found


def seq_of_decision(decision: Decision) -> int:
    """Return a decision's place in the log."""
    return seq_of(decision.pk)
