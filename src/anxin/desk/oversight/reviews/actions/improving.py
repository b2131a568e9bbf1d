"""Ask for a corrective action, prove it, check the proof, or accept the risk for a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, Grade, system_actor
from anxin.desk.foundation.edge.duties import one_by_one, resting
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.oversight.reviews.access import lock_action, lock_review
from anxin.desk.oversight.reviews.actions.writing import LONGEST, WRITE
from anxin.desk.oversight.reviews.choices import PROOF_OF, require_choice
from anxin.desk.oversight.reviews.errors import require_guards
from anxin.desk.oversight.reviews.facts import ActionChanged
from anxin.desk.oversight.reviews.models import CorrectiveAction
from anxin.desk.oversight.reviews.naming import require_nameless

LONGEST_TERM = timedelta(days=366)
AT_ONCE = 100
_State = CorrectiveAction.State
DONE = frozenset({_State.PROVEN, _State.ACCEPTED})


@dataclass(frozen=True)
class Improvement:
    """What is to become better: `proof` "" is what usually proves its kind; `rule` the rule it is about, or ""."""

    kind: str
    text: str
    owner: str
    due_at: datetime
    proof: str = ""
    rule: str = ""


@transaction.atomic
def ask_for(improvement: Improvement, *, review_id: str, by: Actor, at: datetime) -> CorrectiveAction:
    """Ask a colleague (`owner`: the sign-in name) to make something better, and say what will prove it."""
    review = lock_review(review_id=review_id, by=by, permission=WRITE)
    require_choice("actions", improvement.kind, field="kind")
    proof = require_choice("proofs", improvement.proof or PROOF_OF[improvement.kind], field="proof")
    text = improvement.text.strip()
    if not 0 < len(text) <= LONGEST or len(improvement.rule) > 64:
        raise FieldInvalid(pointer="/text", field="text", reason=f"1–{LONGEST}")
    require_nameless(text, organisation_id=review.organisation_id, incident_id=review.incident_id)
    owners = Person.objects.filter(organisation_id=by.organisation_id, username=improvement.owner, left_at=None)
    owner_id = owners.values_list("id", flat=True).first() or ""
    require_guards((("owner.here", bool(owner_id)), ("term.bounded", _is_bounded(improvement.due_at, at))))
    row = CorrectiveAction(
        id=new_id("cor", at=at),
        organisation_id=by.organisation_id,
        review=review,
        incident_id=review.incident_id,
        kind=improvement.kind,
        rule=improvement.rule,
        owner_id=owner_id,
        due_at=improvement.due_at,
        state=_State.OPEN,
        proof_required=proof,
        opened_by=by.person_id or "",
        opened_at=at,
    )
    row.text_sealed = seal(by.organisation_id, text, about=f"review.action:{row.id}", at=at)
    _tell(row, "open", by, at, {"kind": row.kind})
    row.save(force_insert=True)
    return row


@transaction.atomic
def give_proof(*, action_id: str, proof_ref: str, by: Actor, at: datetime) -> CorrectiveAction:
    """Name the proof: a version, a release, a drill. Its owner does this."""
    require(by, "improvement.work")
    row = lock_action(action_id=action_id, by=by)
    require_guards((("owner.mine", row.owner_id == by.person_id), ("action.open", row.state != _State.PROVEN)))
    ref = proof_ref.strip()
    if not 0 < len(ref) <= 200:
        raise FieldInvalid(pointer="/proof_ref", field="proof_ref", reason="1–200")
    require_nameless(ref, organisation_id=row.organisation_id, incident_id=row.incident_id)
    row.proof_ref, row.proof_by, row.proof_at = ref, by.person_id or "", at
    row.state, row.accepted_by, row.accepted_until = _State.GIVEN, "", None
    _change(row, "prove", by, at, {"proof": row.proof_required})
    return row


@transaction.atomic
def check_proof(*, action_id: str, is_proven: bool, note: str = "", by: Actor, at: datetime) -> CorrectiveAction:
    """Say whether the proof proves it; somebody else than owner and giver."""
    require(by, "improvement.check", at_least=Grade.SECOND)
    row = lock_action(action_id=action_id, by=by)
    require_guards(
        (
            ("proof.given", row.state == _State.GIVEN),
            ("checker.other", by.person_id not in (None, row.owner_id, row.proof_by)),
        )
    )
    row.checked_by, row.checked_at = by.person_id or "", at
    row.state = _State.PROVEN if is_proven else _State.OPEN
    _change(row, "check", by, at, {"finding": "proven" if is_proven else "sent back"}, reason=note)
    return row


@transaction.atomic
def accept_risk(*, action_id: str, until: datetime, reason: str, by: Actor, at: datetime) -> CorrectiveAction:
    """Accept for a time that it stays as it is: under one's name, with a reason and an end."""
    require(by, "risk.accept", at_least=Grade.SECOND)
    row = lock_action(action_id=action_id, by=by)
    require_guards(
        (
            ("accepter.other", by.person_id not in (None, row.owner_id, row.opened_by)),
            ("action.open", row.state != _State.PROVEN),
            ("term.bounded", _is_bounded(until, at)),
        )
    )
    if not reason.strip():
        raise FieldInvalid(pointer="/reason", field="reason", reason="needed", reason_zh="必填")
    row.state, row.accepted_by, row.accepted_until = _State.ACCEPTED, by.person_id or "", until
    _change(row, "accept", by, at, {"until": until.date().isoformat()}, reason=reason)
    return row


def let_risks_lapse(*, at: datetime) -> int:
    """Open again what was only accepted until now; return how many."""
    over = CorrectiveAction.objects.filter(state=_State.ACCEPTED, accepted_until__lte=at)
    rows = over.exclude(pk__in=resting(at)).order_by("accepted_until").values_list("id", "organisation_id")
    found = dict(rows[:AT_ONCE])
    return one_by_one(found, lambda each: _lapse(each, found[each], at), at=at)


@transaction.atomic
def _lapse(action_id: str, organisation_id: str, at: datetime) -> bool:
    by = system_actor(organisation_id, "reviews")
    lock_head(organisation_id)
    row = CorrectiveAction.objects.select_for_update().get(pk=action_id)
    if row.state != _State.ACCEPTED or row.accepted_until is None or at < row.accepted_until:
        return False
    row.state, row.accepted_by, row.accepted_until = _State.OPEN, "", None
    _change(row, "lapse", by, at, {})
    return True


def _is_bounded(until: datetime, at: datetime) -> bool:
    return at < until <= at + LONGEST_TERM


def _change(
    row: CorrectiveAction, act: str, by: Actor, at: datetime, details: dict[str, Detail], *, reason: str = ""
) -> None:
    _tell(row, act, by, at, details, reason=reason)
    row.version += 1
    row.save()


def _tell(
    row: CorrectiveAction, act: str, by: Actor, at: datetime, details: dict[str, Detail], *, reason: str = ""
) -> None:
    on = ("improvement", row.id)
    record_entry(f"improvement.{act}", by=by, at=at, on=on, reason=reason[:500], details=details)
    fact = ActionChanged(row.id, row.incident_id, row.kind, row.state)
    publish_fact(fact, organisation_id=row.organisation_id, at=at)
