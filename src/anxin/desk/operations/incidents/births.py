"""How an incident comes into being: by a signal, by hand, split off, or as a recurrence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.prepared import insert_row
from anxin.desk.operations.incidents.clocks.happenings import Opened
from anxin.desk.operations.incidents.grading import Grading
from anxin.desk.operations.incidents.kinds import IncidentKind
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.stages import Stage
from anxin.desk.operations.incidents.timeline import Data, write


@dataclass(frozen=True)
class Birth:
    """What an incident begins with; `zero` is when its earliest signal was received (C1)."""

    kind: IncidentKind
    grading: Grading
    zero: datetime
    site_id: str = ""
    occurred_at: datetime | None = None
    is_drill: bool = False
    parent_id: str = ""
    recurrence_of: str = ""
    note: str = ""


def open_incident_row(birth: Birth, *, by: Actor, at: datetime) -> Incident:
    """Number and write the incident with its clocks; the caller holds the head of the trail."""
    last = Incident.objects.filter(organisation_id=by.organisation_id).order_by("-number").first()
    incident = Incident(
        id=new_id("inc", at=at),
        organisation_id=by.organisation_id,
        number=(last.number if last is not None else 0) + 1,
        kind=birth.kind.code,
        kind_version=birth.kind.version,
        level=birth.grading.level,
        is_provisional=birth.grading.is_provisional,
        level_reason=birth.grading.reason,
        stage=Stage.IDENTIFIED,
        site_id=birth.site_id,
        zero_at=birth.zero,
        occurred_at=birth.occurred_at,
        opened_at=at,
        opened_by=by.person_id or "" if by.kind is ActorKind.PERSON else "",
        is_drill=birth.is_drill,
        is_confidential=birth.kind.is_confidential,
        life_stage=birth.kind.life_stage,
        parent_id=birth.parent_id,
        recurrence_of=birth.recurrence_of,
        ladder_from=at,
        clock_kind="",
        clock_standing="",
        version=0,
    )
    insert_row(incident)
    opened = Opened(at, birth.zero, birth.grading.level, not birth.grading.is_provisional)
    data: Data = {"kind": birth.kind.code, "level": birth.grading.level, "level_reason": birth.grading.reason}
    more = {"parent": birth.parent_id, "recurrence_of": birth.recurrence_of}
    data |= {name: value for name, value in more.items() if value}
    write(incident, "promote", by=by, at=at, told=opened, data=data, note=birth.note)
    return incident
