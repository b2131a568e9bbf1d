"""What the platform is still to say of measures: for a platform that asks, as one behind a firewall must."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.measures.models import ActionRequest, StateQuestion

TELL = "event.send"
MOST_OUTGOING = 200


@dataclass(frozen=True)
class Outgoing:
    """A measure the platform has to act on: `wants` is `receipt` (confirm it) or `answer` (say whether it stands)."""

    id: str
    kind: str
    entity_kind: str
    entity_key: str
    wants: str


def list_outgoing(*, by: Actor, after: str = "") -> tuple[Outgoing, ...]:
    """Return measures after an id that the gateway obeyed and the platform has not confirmed, or is asked about anew.

    Oldest first. Raise Forbidden.
    """
    require(by, TELL)
    rows = ActionRequest.objects.filter(organisation_id=by.organisation_id, id__gt=after).order_by("id")
    unconfirmed = rows.filter(state=ActionRequest.State.ACCEPTED, ended_at=None)
    asked = rows.filter(pk__in=_open_questions(by.organisation_id))
    found = [_outgoing(row, "receipt") for row in unconfirmed[:MOST_OUTGOING]]
    found += [_outgoing(row, "answer") for row in asked[:MOST_OUTGOING]]
    # Cut after an id as a whole, so that going on after the last one misses nothing.
    ids = sorted({each.id for each in found})[:MOST_OUTGOING]
    return tuple(sorted((each for each in found if each.id in ids), key=lambda each: (each.id, each.wants)))


def _open_questions(organisation_id: str) -> list[str]:
    """Return the measures whose latest question has no answer."""
    questions = StateQuestion.objects.filter(organisation_id=organisation_id)
    later = questions.filter(measure_id=OuterRef("measure_id"), id__gt=OuterRef("id"))
    return list(questions.filter(~Exists(later), answer="").values_list("measure_id", flat=True))


def _outgoing(row: ActionRequest, wants: str) -> Outgoing:
    return Outgoing(row.id, row.kind, row.entity_kind, row.entity_key, wants)
