"""The door to one decision."""

from __future__ import annotations

from dataclasses import dataclass

from anxin.desk.decisioning.decisions.models import Decision, SealedRecord
from anxin.desk.decisioning.decisions.queries import find_decision_row
from anxin.desk.decisioning.decisions.scope import Scope, get_scope
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require


@dataclass(frozen=True)
class FoundDecision:
    """A decision that the actor may see."""

    scope: Scope
    row: Decision


def access_decision(*, event_id: str = "", seq: int = 0, by: Actor, permission: str = "decision.view") -> FoundDecision:
    """Return the decision of an event id, or of a place in the log; raise Forbidden or NotFound."""
    require(by, permission)
    scope = get_scope(by)
    row = find_decision_row(scope, event_id=event_id, seq=seq)
    if row is None:
        raise NotFound
    return FoundDecision(scope, row)


def has_body(found: FoundDecision) -> bool:
    """Return whether the sealed record is still there."""
    return SealedRecord.objects.filter(pk=found.row.pk).exists()
