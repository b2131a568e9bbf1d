"""What the worker does for batches: begin what was agreed, finish what was interrupted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.edge.actor import ActorKind, system_actor
from anxin.desk.foundation.edge.duties import Duty, one_by_one, resting
from anxin.desk.operations.measures.batches.actions import carry_out
from anxin.desk.operations.measures.batches.queries import list_unfinished
from anxin.desk.operations.measures.models import Batch

LEFT_ALONE = timedelta(seconds=30)
"""How long whoever ordered a small batch has it for themselves before the worker gives up what is left of it."""


def finish_batches(at: datetime) -> int:
    """Order what is left of agreed batches; return how many targets were looked at."""
    unfinished = dict(list_unfinished(besides=resting(at)))
    return one_by_one(unfinished, lambda each: _finish(each, unfinished[each], at), at=at)


def _finish(batch_id: str, organisation_id: str, at: datetime) -> int:
    batch = Batch.objects.get(pk=batch_id, organisation_id=organisation_id)
    by = system_actor(organisation_id, "measures")
    if not batch.approval_id:
        # Nobody is left whose delegation counts: what was not ordered is told as refused.
        return carry_out(batch, by=by, at=at) if at - batch.requested_at > LEFT_ALONE else 0
    decided = Approval.objects.filter(pk=batch.approval_id).values_list("decided_by", "decided_label").first()
    if decided is not None and decided[0]:
        by = replace(by, kind=ActorKind.PERSON, person_id=decided[0], label=decided[1])
    return carry_out(batch, by=by, at=at)


DUTIES: tuple[Duty, ...] = (Duty("measures.batches", 0.5, finish_batches),)
