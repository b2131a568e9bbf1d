"""What the worker does for labels: post what waits, again and again until the gateway has answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from anxin.desk.decisioning.labels.keys import draw_key, label_key
from anxin.desk.decisioning.labels.models import GivenLabel, LabelKey
from anxin.desk.decisioning.labels.posting import Answer, post_label
from anxin.desk.foundation.edge.duties import Duty, one_by_one

AT_ONCE = 50
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=5)
KEY_PATIENCE = timedelta(minutes=10)
"""How long an unknown key may be on its way; then another one is drawn."""
_State = GivenLabel.State


def post_waiting(at: datetime) -> int:
    """Post the labels whose turn has come; return how many were answered for good."""
    due = GivenLabel.objects.filter(state=_State.WAITING, next_at__lte=at)
    waiting = due.order_by("organisation_id").values_list("organisation_id", flat=True).distinct()
    return one_by_one(waiting, lambda each: _post(each, due.filter(organisation_id=each), at), at=at)


def _post(organisation_id: str, due: QuerySet[GivenLabel], at: datetime) -> int:
    rows = list(due.order_by("next_at", "id")[:AT_ONCE])
    key, done = label_key(organisation_id, at=at), 0
    for row in rows:
        answer = post_label(row, url=settings.ANXIN.gateway_url, key=key)
        done += _note(row, answer, at)
        if answer.is_key_refused:
            _renew(organisation_id, at)
        if not answer.is_taken and not answer.is_final:
            break
    return done


def _note(row: GivenLabel, answer: Answer, at: datetime) -> bool:
    """Write down what came of it; return whether it is settled. Only a label that still waits is written to."""
    is_settled = answer.is_taken or answer.is_final
    pause = min(FIRST_PAUSE * 2 ** min(row.attempts, 10), LONGEST_PAUSE)
    state = _State.TAKEN if answer.is_taken else _State.REFUSED if answer.is_final else _State.WAITING
    GivenLabel.objects.filter(pk=row.pk, state=_State.WAITING).update(
        state=state,
        attempts=row.attempts + 1,
        next_at=at + pause,
        answer=answer.code or str(answer.status or ""),
        taken_at=at if answer.is_taken else None,
    )
    return is_settled


def _renew(organisation_id: str, at: datetime) -> None:
    row = LabelKey.objects.filter(pk=organisation_id).first()
    if row is not None and at - row.drawn_at > KEY_PATIENCE:
        draw_key(organisation_id, at=at)


DUTIES: tuple[Duty, ...] = (Duty("labels.post", 1.0, post_waiting),)
