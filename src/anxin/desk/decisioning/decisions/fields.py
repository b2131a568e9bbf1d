"""Personal fields of decisions, for those who may open them: privacy's reveal asks here."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.decisioning.decisions.access import access_decision
from anxin.desk.decisioning.decisions.event_fields import read_field
from anxin.desk.decisioning.decisions.explained import require_body
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.privacy.actions import Sealed
from anxin.desk.foundation.vault.sealing import seal


def read_sealed_field(*, event_id: str = "", seq: int = 0, path: str, by: Actor, at: datetime) -> Sealed:
    """Return one personal field of a decision, sealed by itself as `reveal_field` takes it; never in clear.

    The decision is named by its event id or its place in the log. Raise Forbidden, NotFound or BodyGone.
    """
    found = access_decision(event_id=event_id, seq=seq, by=by)
    read = read_field(require_body(found).event, path)
    if read is None:
        raise NotFound
    kind, value = read
    about = f"decision.field:{found.row.pk}:{path}"
    sealed = seal(found.scope.organisation_id, value, about=about, at=at)
    return Sealed(kind=kind, on=("decision", found.row.event_id), value=sealed, about=about)
