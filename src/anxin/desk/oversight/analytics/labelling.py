"""Turn verdicts into labels, in the order in which they were committed; each fact is looked at exactly once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from anxin.desk.decisioning.decisions.ids import seq_of
from anxin.desk.decisioning.labels.actions import Cause, Labelled, give_labels
from anxin.desk.foundation.audit.actions import lock_head
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.duties import Duty, one_by_one
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.operations.incidents.decided import decisions_of
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.measures.models import ActionRequest
from anxin.desk.oversight.analytics.models import VerdictCursor
from anxin.desk.oversight.analytics.verdicts import Verdict, verdict_of

AT_ONCE, MOST_DECISIONS = 200, 5_000
COMMANDS = frozenset({"verify", "dismiss"})
WRONG = frozenset({"review:wrong", "review:good_faith"})
LABELLED_KINDS = frozenset({"user", "merchant", "card", "device"})


def label_verdicts(at: datetime) -> int:
    """Give the labels of what was decided since the last look; return how many facts were read."""
    everyone = Organisation.objects.values_list("id", flat=True)
    return one_by_one(everyone, lambda each: _label(each, at), at=at)


@transaction.atomic
def _label(organisation_id: str, at: datetime) -> int:
    known = VerdictCursor.objects.filter(pk=organisation_id).values_list("seq", flat=True).first() or 0
    rows = Fact.objects.filter(organisation_id=organisation_id, seq__gt=known).order_by("seq")
    facts = list(rows[:AT_ONCE])
    if not facts:
        return 0
    lock_head(organisation_id)
    cursor, _ = VerdictCursor.objects.select_for_update().get_or_create(pk=organisation_id, defaults={"seq": 0})
    if cursor.seq != known:
        return 0
    for fact in facts:
        _react(fact, at)
    cursor.seq = facts[-1].seq
    cursor.save(update_fields=("seq",))
    return len(facts)


def _react(fact: Fact, at: datetime) -> None:
    told = json.loads(fact.payload)
    if fact.kind == "incident.changed" and told.get("command") in COMMANDS:
        _label_incident(fact, at)
    elif fact.kind == "measure.changed" and told.get("why") in WRONG:
        _label_measure(fact, at)


def _label_incident(fact: Fact, at: datetime) -> None:
    incident = Incident.objects.filter(pk=fact.object_id, organisation_id=fact.organisation_id).first()
    if incident is None:
        return
    verdict = verdict_of(incident)
    if verdict in (Verdict.CONFIRMED, Verdict.FALSE):
        decisions = decisions_of(incident, limit=MOST_DECISIONS)
        labelled = [Labelled(event_id=each.event_id, decision_seq=seq_of(each.pk)) for each in decisions]
        _give(fact, Cause("incident", incident.id, fact.at), labelled, is_fraud=verdict is Verdict.CONFIRMED, at=at)


def _label_measure(fact: Fact, at: datetime) -> None:
    """A freeze found wrong says that whom it was about is no fraud."""
    row = ActionRequest.objects.filter(pk=fact.object_id, organisation_id=fact.organisation_id).first()
    if row is not None and row.entity_kind in LABELLED_KINDS:
        labelled = [Labelled(entity_kind=row.entity_kind, entity_key=row.entity_key)]
        _give(fact, Cause("measure", row.id, fact.at), labelled, is_fraud=False, at=at)


def _give(fact: Fact, cause: Cause, labelled: Sequence[Labelled], *, is_fraud: bool, at: datetime) -> None:
    by = system_actor(fact.organisation_id, "labels")
    give_labels(cause, labelled, is_fraud=is_fraud, by=by, at=at)


DUTIES: tuple[Duty, ...] = (Duty("analytics.labels", 1.0, label_verdicts),)
