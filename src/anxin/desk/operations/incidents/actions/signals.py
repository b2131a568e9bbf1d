"""Take a signal: fold it into the open incident it looks like, or open one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.audit.actions import lock_head
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.operations.incidents.births import Birth, open_incident_row
from anxin.desk.operations.incidents.clocks.happenings import Heard, LevelRaised
from anxin.desk.operations.incidents.grading import Facts, Grading, grade
from anxin.desk.operations.incidents.kinds import OTHER, IncidentKind, find_kind
from anxin.desk.operations.incidents.models import Incident, Party, Signal
from anxin.desk.operations.incidents.stages import OPEN
from anxin.desk.operations.incidents.timeline import Data, write


@dataclass(frozen=True)
class Named:
    """Somebody or something a signal names: its role, and the kind and key it is known by."""

    role: str
    kind: str
    key: str


@dataclass(frozen=True)
class NewSignal:
    """A reason to look. `source_ref` names it at its source, once; signals of one `dedup_key` look alike.

    `body` and `contact` are what somebody wrote: they are sealed. `suggested_level` None: nobody says.
    """

    source: str
    source_ref: str
    kind: str
    dedup_key: str
    received_at: datetime
    entities: tuple[Named, ...] = ()
    suggested_level: int | None = None
    markers: tuple[str, ...] = ()
    occurred_at: datetime | None = None
    amount_minor: int = 0
    currency: str = ""
    site_id: str = ""
    body: str = ""
    contact: str = ""
    is_drill: bool = False


@dataclass(frozen=True)
class Promoted:
    """Where a signal went. `is_new`: it opened the incident; `is_repeated`: it had been told before."""

    signal_id: str
    incident_id: str
    number: int
    is_new: bool
    is_repeated: bool = False


@transaction.atomic
def promote(signal: NewSignal, *, by: Actor, at: datetime) -> Promoted:
    """Keep the signal, and attach it to the open incident with the same key, or open one; telling twice is once."""
    lock_head(by.organisation_id)
    told = Signal.objects.filter(
        organisation_id=by.organisation_id, source=signal.source, source_ref=signal.source_ref
    ).first()
    if told is not None:
        return _repeated(told)
    kind = find_kind(by.organisation_id, signal.kind, at=at) or find_kind(by.organisation_id, OTHER, at=at)
    assert kind is not None
    found = _look_alike(signal, kind, by)
    row = _keep(signal, kind, by, at)
    incident = found or _open(signal, kind, by, at)
    _attach(row, incident, signal)
    if found is None:
        write(incident, "signal", by=by, at=at, data=_told(row), note=signal.body, is_quiet=True)
    else:
        _fold(incident, row, signal, kind, by=by, at=at)
    return Promoted(row.id, incident.id, incident.number, found is None)


def _repeated(told: Signal) -> Promoted:
    number = Incident.objects.values_list("number", flat=True).get(pk=told.incident_id)
    return Promoted(told.id, told.incident_id, number, is_new=False, is_repeated=True)


def _look_alike(signal: NewSignal, kind: IncidentKind, by: Actor) -> Incident | None:
    """Return the open incident that got a signal of the same key within the kind's window."""
    latest = Signal.objects.filter(
        organisation_id=by.organisation_id,
        dedup_key=signal.dedup_key,
        received_at__gte=signal.received_at - kind.fold,
    ).exclude(incident_id="")
    row = latest.order_by("-received_at").first()
    if row is None:
        return None
    found = Incident.objects.select_for_update().filter(
        pk=row.incident_id, organisation_id=by.organisation_id, stage__in=OPEN, is_drill=signal.is_drill
    )
    return found.first()


def _keep(signal: NewSignal, kind: IncidentKind, by: Actor, at: datetime) -> Signal:
    row = Signal(
        id=new_id("sig", at=at),
        organisation_id=by.organisation_id,
        source=signal.source,
        source_ref=signal.source_ref,
        dedup_key=signal.dedup_key,
        received_at=signal.received_at,
        occurred_at=signal.occurred_at,
        payload_hash=hashlib.sha256(signal.body.encode()).hexdigest(),
        entities=json.dumps([[each.role, each.kind, each.key] for each in signal.entities], ensure_ascii=False),
        kind=kind.code,
        suggested_level=signal.suggested_level,
        markers=" ".join(signal.markers),
        site_id=signal.site_id,
    )
    if signal.body:
        row.body_sealed = seal(by.organisation_id, signal.body, about=f"incident.signal:{row.id}", at=at)
    return row


def _open(signal: NewSignal, kind: IncidentKind, by: Actor, at: datetime) -> Incident:
    facts = Facts(
        default=kind.level,
        suggested=signal.suggested_level,
        markers=signal.markers,
        at_risk_minor=signal.amount_minor,
        currency=signal.currency,
    )
    birth = Birth(
        kind=kind,
        grading=grade(facts),
        zero=min(signal.received_at, at),
        site_id=signal.site_id,
        occurred_at=signal.occurred_at,
        is_drill=signal.is_drill,
    )
    return open_incident_row(birth, by=by, at=at)


def _attach(row: Signal, incident: Incident, signal: NewSignal) -> None:
    row.incident_id = incident.id
    row.save(force_insert=True)
    incident.signals += 1
    incident.signal_at = max(filter(None, (incident.signal_at, signal.received_at)))
    if signal.amount_minor and incident.currency in ("", signal.currency):
        incident.at_risk_minor = (incident.at_risk_minor or 0) + signal.amount_minor
        incident.currency = signal.currency
    for each in signal.entities:
        add_party(incident, each, at=signal.received_at, contact=signal.contact if each.role == "reporter" else "")


def add_party(incident: Incident, named: Named, *, at: datetime, contact: str = "") -> None:
    """Name somebody or something in the incident, once a role; victims are counted."""
    party, is_new = Party.objects.get_or_create(
        incident_id=incident.id,
        role=named.role,
        entity_kind=named.kind,
        entity_key=named.key,
        defaults={"id": new_id("pty", at=at), "organisation_id": incident.organisation_id, "first_at": at},
    )
    if party.moved_to:
        party.moved_to = ""
        party.save(update_fields=("moved_to",))
        is_new = True
    if is_new and named.role == "victim":
        incident.victims += 1
    if contact and party.contact_sealed is None:
        party.contact_sealed = seal(incident.organisation_id, contact, about=f"incident.contact:{party.id}", at=at)
        party.save(update_fields=("contact_sealed",))


def _fold(incident: Incident, row: Signal, signal: NewSignal, kind: IncidentKind, *, by: Actor, at: datetime) -> None:
    """Count the signal, end a pause when it is the reporter who writes again, and raise the level when it has to."""
    is_heard = signal.source == "report"
    write(
        incident,
        "signal",
        by=by,
        at=at,
        told=Heard(at) if is_heard else None,
        data=_told(row),
        note=signal.body,
        is_quiet=True,
    )
    grading = _regraded(incident, signal, kind)
    if grading.level < incident.level:
        incident.level_reason, incident.ladder_from, incident.ladder_step = grading.reason, at, 0
        data: Data = {"from": incident.level, "to": grading.level, "level_reason": grading.reason}
        write(incident, "raise_level", by=by, at=at, told=LevelRaised(at, grading.level), data=data)


def _regraded(incident: Incident, signal: NewSignal, kind: IncidentKind) -> Grading:
    return grade(
        Facts(
            default=kind.level,
            suggested=signal.suggested_level,
            markers=signal.markers,
            victims=incident.victims,
            at_risk_minor=incident.at_risk_minor or 0,
            currency=incident.currency,
        )
    )


def _told(row: Signal) -> dict[str, str | int | bool | None]:
    return {"signal": row.id, "source": row.source, "source_ref": row.source_ref}
