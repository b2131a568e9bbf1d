"""Open an incident by hand: staff saw something that no signal told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.audit.actions import lock_head
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.actions.signals import Named, add_party
from anxin.desk.operations.incidents.births import Birth, open_incident_row
from anxin.desk.operations.incidents.choices import require_choice
from anxin.desk.operations.incidents.grading import Facts, grade
from anxin.desk.operations.incidents.kinds import IncidentKind, find_kind
from anxin.desk.operations.incidents.models import Incident


@dataclass(frozen=True)
class Seen:
    """What somebody saw; `level` None: by the kind. `site_id` "" means the whole organisation."""

    kind: str
    level: int | None = None
    markers: tuple[str, ...] = ()
    entities: tuple[Named, ...] = ()
    occurred_at: datetime | None = None
    site_id: str = ""
    is_drill: bool = False
    note: str = ""


@transaction.atomic
def open_incident(seen: Seen, *, by: Actor, at: datetime) -> Incident:
    """Open an incident; its zero is this moment (C1). Raise Forbidden, FieldInvalid, NotFound for a foreign site."""
    require(by, "incident.work")
    kind = require_kind(seen.kind, by=by, at=at)
    if seen.level not in (None, 1, 2, 3):
        raise FieldInvalid(pointer="/level", field="level", reason="1, 2, 3")
    for each in seen.markers:
        require_choice("level_reasons", each, field="markers")
    if by.sites is not None and seen.site_id not in by.sites:
        raise NotFound
    lock_head(by.organisation_id)
    grading = grade(Facts(default=kind.level, suggested=seen.level, markers=seen.markers))
    birth = Birth(
        kind=kind,
        grading=grading,
        zero=at,
        site_id=seen.site_id,
        occurred_at=seen.occurred_at,
        is_drill=seen.is_drill,
        note=seen.note,
    )
    incident = open_incident_row(birth, by=by, at=at)
    for named in seen.entities:
        add_party(incident, named, at=at)
    incident.save(update_fields=("victims",))
    return incident


def require_kind(code: str, *, by: Actor, at: datetime) -> IncidentKind:
    """Return a kind as the organisation has it; raise FieldInvalid when there is none."""
    kind = find_kind(by.organisation_id, code, at=at)
    if kind is None:
        raise FieldInvalid(pointer="/kind", field="kind", reason="unknown", reason_zh="没有这个类型")
    return kind
