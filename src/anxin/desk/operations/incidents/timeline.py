"""Write one thing that happened to an incident: trail, timeline, clocks, row and fact, all in the act's transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from anxin.desk.foundation.audit.actions import Detail, record_entry
from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.operations.incidents.clocks.happenings import Happening
from anxin.desk.operations.incidents.clocks.state import Mark
from anxin.desk.operations.incidents.clockwork import Telling, encode_told, pinned_policy, read_clocks, tell
from anxin.desk.operations.incidents.facts import ClockBreached, ClockWarned, IncidentChanged, IncidentOpened
from anxin.desk.operations.incidents.holding import keep_added, keep_changed
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.desk.operations.incidents.moments import next_moment

Data = dict[str, Detail]


def write(
    incident: Incident,
    kind: str,
    *,
    by: Actor,
    at: datetime,
    told: Happening | None = None,
    data: Mapping[str, Detail] | None = None,
    note: str = "",
    is_quiet: bool = False,
) -> IncidentEvent:
    """Write an event of `kind`, save the incident as the caller changed it, and return the event.

    `note` is what a person wrote, kept sealed. `is_quiet`: the row's version stays, nobody else's command is disturbed.
    Raise PauseRefused when the clocks refuse what they are told; the transaction is then to be given up.
    """
    details = dict(data or {})
    record_entry(
        f"incident.{kind}",
        by=by,
        at=at,
        on=("incident", incident.id),
        reason=note,
        site_id=incident.site_id,
        details={"number": incident.number, **details},
    )
    if by.kind is ActorKind.PERSON and by.person_id == incident.holder_id:
        incident.active_at, incident.nudged_at = at, None
    telling = tell(incident, told) if told is not None else None
    event = _event(incident, kind, by, at, details)
    event.happened = encode_told(telling.told) if telling is not None else ""
    _keep(event, note, at)
    _look_again(incident, telling)
    incident.version += 0 if is_quiet else 1
    keep_changed(incident)
    _publish(incident, kind, at, telling)
    return event


def _event(incident: Incident, kind: str, by: Actor, at: datetime, data: Data) -> IncidentEvent:
    event = IncidentEvent(
        organisation_id=incident.organisation_id,
        incident=incident,
        seq=incident.next_event_seq,
        kind=kind,
        at=at,
        actor_kind=by.kind.value,
        actor_id=by.person_id or "",
        actor_label=by.label,
        data=json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    )
    incident.next_event_seq += 1
    return event


def _keep(event: IncidentEvent, note: str, at: datetime) -> None:
    if note:
        about = f"incident.note:{event.incident_id}:{event.seq}"
        event.note_sealed = seal(event.organisation_id, note, about=about, at=at)
    keep_added((event,))


def _look_again(incident: Incident, telling: Telling | None) -> None:
    clocks = telling.clocks if telling is not None else read_clocks(incident)
    policy = telling.policy if telling is not None else pinned_policy(incident)
    incident.look_at = next_moment(incident, clocks, policy)


def _publish(incident: Incident, kind: str, at: datetime, telling: Telling | None) -> None:
    fact = IncidentOpened if kind == "promote" else IncidentChanged
    changed = fact(incident.id, incident.number, kind, incident.stage, incident.level, incident.version)
    publish_fact(changed, organisation_id=incident.organisation_id, at=at)
    for mark in telling.marks if telling is not None else ():
        if mark.mark is Mark.BREACH:
            breach = ClockBreached(
                incident.id,
                incident.number,
                incident.level,
                mark.kind,
                mark.generation,
                mark.at.isoformat(),
                mark.noted_at.isoformat(),
            )
            publish_fact(breach, organisation_id=incident.organisation_id, at=at)
        elif mark.mark is Mark.WARN:
            warned = ClockWarned(incident.id, incident.number, mark.kind, int(mark.word))
            publish_fact(warned, organisation_id=incident.organisation_id, at=at)
