"""Make one incident of two, or two of one (C12)."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.operations.incidents.actions.signals import Named, add_party
from anxin.desk.operations.incidents.births import Birth, open_incident_row
from anxin.desk.operations.incidents.clocks.happenings import Absorbed
from anxin.desk.operations.incidents.clockwork import Joined, read_clocks
from anxin.desk.operations.incidents.errors import require_guards
from anxin.desk.operations.incidents.grading import Grading
from anxin.desk.operations.incidents.kinds import OTHER, find_kind
from anxin.desk.operations.incidents.locking import lock_for, lock_visible
from anxin.desk.operations.incidents.models import Consult, Incident, Party, Signal, Task
from anxin.desk.operations.incidents.stages import OPEN, Stage
from anxin.desk.operations.incidents.surroundings import surroundings
from anxin.desk.operations.incidents.timeline import Data, write


@transaction.atomic
def merge(
    *, incident_id: str, into: str, by: Actor, at: datetime, version: int | None = None, note: str = ""
) -> Incident:
    """Merge an incident into another open one, which is returned; signals, people and tasks go with it."""
    require_guards((("merge.other", into != incident_id),))
    absorbed = lock_for("merge", incident_id=incident_id, by=by, version=version)
    survivor = lock_visible(into, by=by)
    measures = surroundings().measures_of(incident_id=absorbed.id, at=at)
    require_guards(
        (
            ("merge.survivor_open", Stage(survivor.stage) in OPEN),
            ("merge.same_drill", absorbed.is_drill == survivor.is_drill),
            ("measures.settled", measures.unsettled == 0),
        )
    )
    joined = Joined(at, read_clocks(absorbed))
    _carry_over(absorbed, survivor, at)
    absorbed.stage, absorbed.merged_into, absorbed.ended_at = Stage.MERGED, survivor.id, at
    absorbed.holder_id = ""
    write(absorbed, "merge", by=by, at=at, told=Absorbed(at), data={"into": survivor.id}, note=note)
    write(survivor, "absorb", by=by, at=at, told=joined, data={"incident": absorbed.id, "n": absorbed.signals})
    return survivor


def _carry_over(absorbed: Incident, survivor: Incident, at: datetime) -> None:
    Signal.objects.filter(incident_id=absorbed.id).update(incident_id=survivor.id)
    Task.objects.filter(incident_id=absorbed.id).update(incident_id=survivor.id)
    Consult.objects.filter(incident_id=absorbed.id, state="open").update(incident_id=survivor.id)
    for party in Party.objects.filter(incident_id=absorbed.id, moved_to=""):
        add_party(survivor, Named(party.role, party.entity_kind, party.entity_key), at=party.first_at)
    survivor.signals += absorbed.signals
    survivor.signal_at = max(filter(None, (survivor.signal_at, absorbed.signal_at)), default=None)
    if absorbed.at_risk_minor is not None and survivor.currency in ("", absorbed.currency):
        survivor.at_risk_minor = (survivor.at_risk_minor or 0) + absorbed.at_risk_minor
        survivor.currency = absorbed.currency
    if absorbed.level < survivor.level:
        survivor.ladder_from, survivor.ladder_step = at, 0


@transaction.atomic
def split(
    *, incident_id: str, signal_ids: tuple[str, ...], by: Actor, at: datetime, version: int | None = None
) -> Incident:
    """Take signals out into an incident of their own, which is returned; its zero is that of its own signals."""
    incident = lock_for("split", incident_id=incident_id, by=by, version=version)
    moved = list(Signal.objects.filter(incident_id=incident.id, id__in=signal_ids).order_by("received_at"))
    if len(moved) != len(set(signal_ids)):
        raise NotFound
    require_guards((("split.some_remain", 0 < len(moved) < incident.signals),))
    kind = find_kind(by.organisation_id, incident.kind, at=at) or find_kind(by.organisation_id, OTHER, at=at)
    if kind is None:
        raise FieldInvalid(pointer="/kind", field="kind", reason="unknown")
    birth = Birth(
        kind=kind,
        grading=Grading(incident.level, incident.level_reason),
        zero=moved[0].received_at,
        site_id=incident.site_id,
        is_drill=incident.is_drill,
        parent_id=incident.id,
    )
    child = open_incident_row(birth, by=by, at=at)
    _move(moved, incident, child)
    data: Data = {"incident": child.id, "n": len(moved)}
    write(incident, "split", by=by, at=at, data=data)
    write(child, "split_from", by=by, at=at, data={"incident": incident.id, "n": len(moved)}, is_quiet=True)
    return child


def _move(moved: list[Signal], incident: Incident, child: Incident) -> None:
    """Move signals, and with them the people that only they name."""
    Signal.objects.filter(pk__in=[each.pk for each in moved]).update(incident_id=child.id)
    staying = _named(list(Signal.objects.filter(incident_id=incident.id)))
    for named, at in _named(moved).items():
        add_party(child, named, at=at)
        if named not in staying:
            Party.objects.filter(
                incident_id=incident.id, role=named.role, entity_kind=named.kind, entity_key=named.key
            ).update(moved_to=child.id)
    child.signals, child.signal_at = len(moved), moved[-1].received_at
    incident.signals -= len(moved)
    incident.victims = Party.objects.filter(incident_id=incident.id, role="victim", moved_to="").count()


def _named(signals: list[Signal]) -> dict[Named, datetime]:
    return {
        Named(role, kind, key): signal.received_at
        for signal in signals
        for role, kind, key in json.loads(signal.entities)
    }
