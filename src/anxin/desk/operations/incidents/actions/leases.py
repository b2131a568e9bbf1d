"""Who has it: claim, let go, hand over item by item; until somebody accepts, the old owner holds the clock (C14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.live.marks import set_mark_on
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.actions.responding import is_certified, take_lead
from anxin.desk.operations.incidents.clocks.happenings import OwnerChanged
from anxin.desk.operations.incidents.errors import require_guards
from anxin.desk.operations.incidents.locking import lock_for
from anxin.desk.operations.incidents.models import Handover, Incident, Presence
from anxin.desk.operations.incidents.queries import PRESENT
from anxin.desk.operations.incidents.stages import Stage
from anxin.desk.operations.incidents.surroundings import surroundings
from anxin.desk.operations.incidents.timeline import Data, write

PRESENCE_TOPIC = "presence"


@dataclass(frozen=True)
class Offer:
    """An incident offered (`to_id` "": to whoever takes it); `brief` says state, next step and promise."""

    to_id: str = ""
    brief: str = ""
    batch_id: str = ""


@transaction.atomic
def claim(
    *, incident_id: str, by: Actor, at: datetime, version: int | None = None, is_taking_over: bool = False
) -> Incident:
    """Take the lease of a free incident, or explicitly a colleague's; of one that is led, lead it."""
    incident = lock_for("claim", incident_id=incident_id, by=by, version=version)
    is_led = Stage(incident.stage) is not Stage.IDENTIFIED
    require_guards(
        (
            ("actor.is_human", by.kind is ActorKind.PERSON),
            ("lease.free", is_taking_over or incident.holder_id in ("", by.person_id)),
            ("actor.certified", not is_led or is_certified(by, incident, at)),
        )
    )
    before = incident.holder_id
    if before == by.person_id:
        return incident
    is_other_leader = is_led and incident.commander_id != by.person_id
    _hold(incident, by.person_id or "", at, is_led)
    _withdraw_offers(incident, by, at)
    told = OwnerChanged(at) if is_other_leader else None
    write(incident, "claim", by=by, at=at, told=told, data={"from": before, "is_taking_over": is_taking_over})
    return incident


def _hold(incident: Incident, person_id: str, at: datetime, is_led: bool) -> None:
    if is_led:
        take_lead(incident, person_id, at)
    else:
        incident.holder_id, incident.active_at, incident.nudged_at = person_id, at, None


@transaction.atomic
def release(*, incident_id: str, by: Actor, at: datetime, version: int | None = None) -> Incident:
    """Give the lease back; whoever leads goes on being answerable until somebody takes it."""
    incident = lock_for("release", incident_id=incident_id, by=by, version=version)
    require_guards((("lease.mine", bool(by.person_id) and incident.holder_id == by.person_id),))
    incident.holder_id, incident.nudged_at = "", None
    write(incident, "release", by=by, at=at)
    return incident


@transaction.atomic
def extend_lease(*, incident_id: str, by: Actor, at: datetime, version: int | None = None) -> Incident:
    """Say that one is still at it: the lease begins anew; nobody else's command is disturbed."""
    incident = lock_for("extend_lease", incident_id=incident_id, by=by, version=version)
    require_guards((("lease.mine", bool(by.person_id) and incident.holder_id == by.person_id),))
    write(incident, "extend_lease", by=by, at=at, is_quiet=True)
    return incident


@transaction.atomic
def offer_handover(*, incident_id: str, offer: Offer, by: Actor, at: datetime, version: int | None = None) -> Handover:
    """Offer an incident; an earlier offer of it that nobody took is withdrawn."""
    incident = lock_for("offer_handover", incident_id=incident_id, by=by, version=version)
    is_fit = not offer.to_id or surroundings().is_certified(
        organisation_id=by.organisation_id, person_id=offer.to_id, level=incident.level, at=at
    )
    require_guards(
        (
            ("lease.mine", bool(by.person_id) and incident.holder_id == by.person_id),
            ("handover.other", offer.to_id != by.person_id),
            ("handover.certified", is_fit),
        )
    )
    _withdraw_offers(incident, by, at)
    row = Handover(
        id=new_id("hnd", at=at),
        organisation_id=by.organisation_id,
        incident_id=incident.id,
        batch_id=offer.batch_id,
        from_id=by.person_id or "",
        to_id=offer.to_id,
        state="offered",
        offered_at=at,
    )
    if offer.brief:
        row.brief_sealed = seal(by.organisation_id, offer.brief, about=f"incident.handover:{row.id}", at=at)
    row.save(force_insert=True)
    write(incident, "offer_handover", by=by, at=at, data={"handover": row.id, "to": offer.to_id})
    return row


@transaction.atomic
def accept_handover(*, incident_id: str, by: Actor, at: datetime, version: int | None = None) -> Incident:
    """Take over what was offered: from now on it is the taker's."""
    incident = lock_for("accept_handover", incident_id=incident_id, by=by, version=version)
    offered = _offered(incident)
    require_guards(
        (
            ("actor.is_human", by.kind is ActorKind.PERSON),
            ("handover.offered", offered is not None),
            ("handover.mine", offered is None or _is_for(offered, by)),
            ("actor.certified", is_certified(by, incident, at)),
        )
    )
    assert offered is not None
    _decide(offered, "accepted", by, at)
    _hold(incident, by.person_id or "", at, Stage(incident.stage) is not Stage.IDENTIFIED)
    data: Data = {"handover": offered.id, "from": offered.from_id}
    write(incident, "accept_handover", by=by, at=at, told=OwnerChanged(at), data=data)
    return incident


@transaction.atomic
def decline_handover(
    *, incident_id: str, by: Actor, at: datetime, version: int | None = None, note: str = ""
) -> Incident:
    """Say no; it stays with whoever offered it."""
    incident = lock_for("decline_handover", incident_id=incident_id, by=by, version=version)
    offered = _offered(incident)
    require_guards(
        (
            ("handover.offered", offered is not None),
            ("handover.mine", offered is None or _is_for(offered, by) or offered.from_id == by.person_id),
        )
    )
    assert offered is not None
    _decide(offered, "declined", by, at)
    write(incident, "decline_handover", by=by, at=at, data={"handover": offered.id}, note=note)
    return incident


@transaction.atomic
def note_presence(*, incident_id: str, by: Actor, at: datetime) -> None:
    """Note that somebody has the incident open; the screen says so every few seconds, others hear of the first time."""
    access_incident(incident_id=incident_id, by=by)
    was_here = _presences(incident_id, by).filter(seen_at__gt=at - PRESENT).exists()
    Presence.objects.update_or_create(
        incident_id=incident_id,
        person_id=by.person_id or "",
        defaults={"organisation_id": by.organisation_id, "label": by.label, "seen_at": at},
    )
    if not was_here:
        set_mark_on(by.organisation_id, PRESENCE_TOPIC, incident_id, at=at)


@transaction.atomic
def leave_presence(*, incident_id: str, by: Actor, at: datetime) -> None:
    """Note that somebody closed the incident; when they last looked is kept. Raise Forbidden, NotFound."""
    access_incident(incident_id=incident_id, by=by)
    if _presences(incident_id, by).filter(seen_at__gt=at - PRESENT).update(seen_at=at - PRESENT):
        set_mark_on(by.organisation_id, PRESENCE_TOPIC, incident_id, at=at)


def _presences(incident_id: str, by: Actor) -> QuerySet[Presence]:
    return Presence.objects.filter(incident_id=incident_id, person_id=by.person_id or "")


def _offered(incident: Incident) -> Handover | None:
    return Handover.objects.select_for_update().filter(incident_id=incident.id, state="offered").first()


def _is_for(offered: Handover, by: Actor) -> bool:
    return by.person_id != offered.from_id and offered.to_id in ("", by.person_id)


def _withdraw_offers(incident: Incident, by: Actor, at: datetime) -> None:
    offered = _offered(incident)
    if offered is not None:
        _decide(offered, "withdrawn", by, at)


def _decide(offered: Handover, state: str, by: Actor, at: datetime) -> None:
    offered.state, offered.decided_at, offered.decided_by = state, at, by.person_id or ""
    offered.save(update_fields=("state", "decided_at", "decided_by"))
