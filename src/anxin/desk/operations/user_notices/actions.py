"""Tell the holder of an account of a measure, or keep still where telling would warn a suspect; take the receipt."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.operations.incidents.actions.calls import note_user_notice
from anxin.desk.operations.incidents.models import Incident, Party
from anxin.desk.operations.measures.models import ActionRequest
from anxin.desk.operations.user_notices.access import access_notice
from anxin.desk.operations.user_notices.facts import UserNoticeSent, UserNoticeSettled
from anxin.desk.operations.user_notices.models import UserNotice
from anxin.desk.operations.user_notices.texts import (
    Text,
    text_lifted,
    text_placed,
    text_version,
    told_within,
    why_withheld,
)

PLACED, LIFTED = "placed", "lifted"
_State = UserNotice.State


@transaction.atomic
def tell_placed(*, measure_id: str, organisation_id: str, at: datetime) -> UserNotice | None:
    """Tell that a measure began, once; None when that was told before, or the measure never began."""
    lock_head(organisation_id)
    measure = ActionRequest.objects.filter(pk=measure_id, organisation_id=organisation_id).first()
    if measure is None or measure.control_seq is None or _find(measure, PLACED) is not None:
        return None
    why = withheld_for(measure)
    zone = Organisation.objects.values_list("time_zone", flat=True).get(pk=organisation_id)
    text = text_placed(measure.kind, measure.reason, until=measure.expires_at, zone=zone)
    return _tell(measure, PLACED, text, why, at)


@transaction.atomic
def tell_lifted(*, measure_id: str, organisation_id: str, at: datetime) -> UserNotice | None:
    """Tell that a measure ended, once, whoever was told that it began; None otherwise."""
    lock_head(organisation_id)
    measure = ActionRequest.objects.filter(pk=measure_id, organisation_id=organisation_id).first()
    if measure is None or measure.ended_at is None or _find(measure, LIFTED) is not None:
        return None
    begun = _find(measure, PLACED)
    if begun is None or begun.state == _State.WITHHELD:
        return None
    return _tell(measure, LIFTED, text_lifted(measure.kind), "", at)


@transaction.atomic
def settle_notice(*, notice_id: str, is_delivered: bool, why: str = "", by: Actor, at: datetime) -> UserNotice:
    """Take what the platform says of a notice; a second word changes nothing. Raise Forbidden, NotFound."""
    lock_head(by.organisation_id)
    row = access_notice(notice_id=notice_id, by=by)
    if row.state != _State.SENT:
        return row
    row.state = _State.DELIVERED if is_delivered else _State.FAILED
    row.settled_at, row.why = at, "" if is_delivered else _code(why)
    details: dict[str, Detail] = {"state": row.state, "why": row.why}
    record_entry("user_notice.settle", by=by, at=at, on=("measure", row.measure_id), details=details)
    row.save(update_fields=("state", "settled_at", "why"))
    fact = UserNoticeSettled(row.id, row.measure_id, row.state, row.why)
    publish_fact(fact, organisation_id=row.organisation_id, at=at)
    _note(row, at)
    return row


def withheld_for(measure: ActionRequest) -> str:
    """Return the rule by which the holder is told nothing of a measure, "" when they are told."""
    incident = Incident.objects.filter(pk=measure.incident_id).first() if measure.incident_id else None
    if incident is None:
        return why_withheld(measure.reason)
    suspects = Party.objects.filter(
        incident_id=incident.id, role="suspect", entity_kind=measure.entity_kind, entity_key=measure.entity_key
    )
    return why_withheld(measure.reason, kind=incident.kind, is_suspect=suspects.exists())


def _tell(measure: ActionRequest, occasion: str, text: Text, why: str, at: datetime) -> UserNotice:
    by = system_actor(measure.organisation_id, "notices")
    row = UserNotice(
        id=new_id("unt", at=at),
        organisation_id=measure.organisation_id,
        measure_id=measure.id,
        occasion=occasion,
        incident_id=measure.incident_id,
        measure=measure.kind,
        reason=measure.reason,
        text_version=text_version(),
        state=_State.WITHHELD if why else _State.SENT,
        why=why,
        created_at=at,
    )
    act = "user_notice.withhold" if why else "user_notice.send"
    details: dict[str, Detail] = {"measure": measure.kind, "occasion": occasion, "why": why}
    record_entry(act, by=by, at=at, on=("measure", measure.id), details=details)
    row.save(force_insert=True)
    if not why:
        publish_fact(_fact(row, measure, text), organisation_id=measure.organisation_id, at=at)
    _note(row, at)
    return row


def _fact(row: UserNotice, measure: ActionRequest, text: Text) -> UserNoticeSent:
    return UserNoticeSent(
        object_id=row.id,
        measure_id=measure.id,
        occasion=row.occasion,
        entity_kind=measure.entity_kind,
        entity_key=measure.entity_key,
        title_zh=text.title.zh,
        title_en=text.title.en,
        body_zh=text.body.zh,
        body_en=text.body.en,
        appeal_zh=text.appeal.zh,
        appeal_en=text.appeal.en,
        tell_by=(row.created_at + told_within()).astimezone(UTC).isoformat(timespec="seconds"),
    )


def _note(row: UserNotice, at: datetime) -> None:
    if row.incident_id:
        data = {"notice": row.id, "measure": row.measure, "occasion": row.occasion, "state": row.state, "why": row.why}
        note_user_notice(incident_id=row.incident_id, organisation_id=row.organisation_id, data=data, at=at)


def _find(measure: ActionRequest, occasion: str) -> UserNotice | None:
    return UserNotice.objects.filter(
        organisation_id=measure.organisation_id, measure_id=measure.id, occasion=occasion
    ).first()


def _code(why: str) -> str:
    """Keep a code only: what the platform writes there could name somebody."""
    return why if why.replace("_", "").isascii() and why.replace("_", "").isalpha() and len(why) <= 32 else "other"
