"""What the platform is still to say of measures: for a platform that asks, as one behind a firewall must."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.service_accounts.queries import is_any_open
from anxin.desk.operations.measures.models import ActionRequest, AskingAccount, StateQuestion

TELL = "event.send"
MOST_OUTGOING = 200
_NOTED_EVERY = timedelta(minutes=1)
TOLD_FOR = timedelta(days=30)
"""How long an end is told that the platform does not answer: as long as a webhook's deliveries are kept."""
_OVER = (ActionRequest.State.REVERTED, ActionRequest.State.EXPIRED)


@dataclass(frozen=True)
class Outgoing:
    """A measure the platform has to act on.

    `wants` is `receipt` (confirm it), `answer` (say whether it stands) or `end` (it ended: say that it stands no more).
    `reason`, `until` and `question_id` ("" but for an answer) are what a webhook would have told of it.
    """

    id: str
    kind: str
    entity_kind: str
    entity_key: str
    wants: str
    reason: str
    until: datetime
    question_id: str


def list_outgoing(*, by: Actor, at: datetime, after: str = "", with_ended: bool = False) -> tuple[Outgoing, ...]:
    """Return measures after an id that the gateway obeyed and the platform has not confirmed, or is asked about anew.

    With `with_ended` also those that ended since, until the platform said so. Oldest first. Whoever asks is waited for
    from now on. Raise Forbidden.
    """
    require(by, TELL)
    if by.kind is ActorKind.SERVICE and by.person_id:
        _note_asking(by.person_id, by.organisation_id, at)
    rows = ActionRequest.objects.filter(organisation_id=by.organisation_id, id__gt=after).order_by("id")
    unconfirmed = rows.filter(state=ActionRequest.State.ACCEPTED, ended_at=None)
    questions = _open_questions(by.organisation_id)
    found = [_outgoing(row, "receipt") for row in unconfirmed[:MOST_OUTGOING]]
    found += [_outgoing(row, "answer", questions[row.id]) for row in rows.filter(pk__in=questions)[:MOST_OUTGOING]]
    if with_ended:
        found += [_outgoing(row, "end") for row in _ended(rows, at)[:MOST_OUTGOING]]
    # Cut after an id as a whole, so that going on after the last one misses nothing.
    ids = sorted({each.id for each in found})[:MOST_OUTGOING]
    return tuple(sorted((each for each in found if each.id in ids), key=lambda each: (each.id, each.wants)))


def is_asked_for(organisation_id: str) -> bool:
    """Return whether an account that still works fetches what the platform has to do: it is expected to answer."""
    accounts = AskingAccount.objects.filter(organisation_id=organisation_id).values_list("account_id", flat=True)
    return is_any_open(tuple(accounts))


def _note_asking(account_id: str, organisation_id: str, at: datetime) -> None:
    row, is_new = AskingAccount.objects.get_or_create(
        account_id=account_id, defaults={"organisation_id": organisation_id, "asked_at": at}
    )
    if not is_new and at - row.asked_at >= _NOTED_EVERY:
        AskingAccount.objects.filter(pk=account_id).update(asked_at=at)


def _ended(rows: QuerySet[ActionRequest], at: datetime) -> QuerySet[ActionRequest]:
    """Return what ended lately and the platform, whose latest answer counts, has not said to stand no more."""
    # None ends after its time, and by that the table is looked up.
    over = rows.filter(state__in=_OVER, expires_at__gte=at - TOLD_FOR, ended_at__gte=at - TOLD_FOR)
    questions = StateQuestion.objects.filter(measure_id=OuterRef("id")).order_by("-asked_at", "-id")
    said = over.filter(accepted_at__isnull=False).annotate(
        said=Coalesce(Subquery(questions.values("answer")[:1]), Value("")),
        said_at=Coalesce(Subquery(questions.values("answered_at")[:1]), F("requested_at")),
    )
    return said.exclude(said="ended", said_at__gte=F("ended_at"))


def _open_questions(organisation_id: str) -> Mapping[str, str]:
    """Return the latest question of each measure where it has no answer, by the measure."""
    questions = StateQuestion.objects.filter(organisation_id=organisation_id)
    later = questions.filter(measure_id=OuterRef("measure_id"), id__gt=OuterRef("id"))
    return dict(questions.filter(~Exists(later), answer="").values_list("measure_id", "id"))


def _outgoing(row: ActionRequest, wants: str, question_id: str = "") -> Outgoing:
    return Outgoing(row.id, row.kind, row.entity_kind, row.entity_key, wants, row.reason, row.expires_at, question_id)
