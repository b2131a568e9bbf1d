"""Tell everybody at the desk something, until a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.notifications.facts import StatusLineChanged
from anxin.desk.foundation.notifications.models import StatusLine
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require

SET = "status_line.set"
LONGEST = timedelta(hours=24)
TONES = ("info", "warning")
CHARACTERS = 200


@transaction.atomic
def set_status_line(*, text: str, until: datetime, tone: str = "warning", by: Actor, at: datetime) -> StatusLine:
    """Show a sentence on every page until a time, in place of the one before; raise Forbidden, FieldInvalid."""
    require(by, SET)
    said = " ".join(text.split())
    if not 1 <= len(said) <= CHARACTERS:
        rule = f"1–{CHARACTERS}"
        raise FieldInvalid(pointer="/text", field="text", field_zh="内容", reason=rule, reason_zh=f"{rule} 字")
    if not at < until <= at + LONGEST or tone not in TONES:
        raise FieldInvalid(
            pointer="/until", field="until", field_zh="期限", reason="1 min – 24 h", reason_zh="24 小时内"
        )
    line_id = new_id("stl", at=at)
    details = {"until": until.astimezone(UTC).isoformat(timespec="minutes")}
    record_entry(SET, by=by, at=at, on=("status_line", line_id), reason=said, details=details)
    _standing(by).update(ended_at=at, ended_by=by.person_id or "")
    row = StatusLine(
        id=line_id,
        organisation_id=by.organisation_id,
        text=said,
        tone=tone,
        set_by=by.person_id or "",
        set_label=by.label,
        set_at=at,
        until=until,
    )
    row.save(force_insert=True)
    publish_fact(StatusLineChanged(line_id, is_set=True), organisation_id=by.organisation_id, at=at)
    return row


@transaction.atomic
def end_status_line(*, by: Actor, at: datetime) -> bool:
    """Take the sentence back; return False when there was none."""
    require(by, SET)
    row = _standing(by).filter(until__gt=at).first()
    if row is None:
        return False
    record_entry("status_line.end", by=by, at=at, on=("status_line", row.id))
    _standing(by).update(ended_at=at, ended_by=by.person_id or "")
    publish_fact(StatusLineChanged(row.id, is_set=False), organisation_id=by.organisation_id, at=at)
    return True


def _standing(by: Actor) -> QuerySet[StatusLine]:
    return StatusLine.objects.filter(organisation_id=by.organisation_id, ended_at=None)
