"""Say what was lost and who is responsible, submit the disposal, verify it, or send it back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.operations.incidents.choices import require_choice
from anxin.desk.operations.incidents.clocks.happenings import Wrote
from anxin.desk.operations.incidents.errors import require_guards
from anxin.desk.operations.incidents.facts import ReviewDue
from anxin.desk.operations.incidents.grading import REVIEW_LOSS_CNY_MINOR
from anxin.desk.operations.incidents.kinds import IncidentKind, find_kind
from anxin.desk.operations.incidents.locking import lock_for
from anxin.desk.operations.incidents.models import Incident, Task
from anxin.desk.operations.incidents.stages import Stage
from anxin.desk.operations.incidents.surroundings import surroundings
from anxin.desk.operations.incidents.timeline import Data, write

ENOUGH_ATTEMPTS = 2
REVIEW_PUBLISHED_WITHIN = timedelta(days=7)
SAMPLES = {2: 5, 3: 20}
"""One in so many of a level is reviewed even if nothing asks for it (state machine, publish_review)."""


@dataclass(frozen=True)
class Loss:
    """Money in minor units of `currency`; None: not said."""

    currency: str
    at_risk_minor: int | None = None
    blocked_minor: int | None = None
    confirmed_minor: int | None = None
    recovered_minor: int | None = None


@dataclass(frozen=True)
class Finding:
    """Why it happened and who is responsible for it (R7); `factors` are causes that helped."""

    cause: str
    responsible: str
    factors: tuple[str, ...] = ()


@transaction.atomic
def record_loss(*, incident_id: str, loss: Loss, by: Actor, at: datetime, version: int | None = None) -> Incident:
    """Say what was at risk, blocked, lost and recovered; raise FieldInvalid for sums that cannot be."""
    incident = lock_for("record_loss", incident_id=incident_id, by=by, version=version)
    _require_sums(loss)
    incident.currency = loss.currency
    incident.at_risk_minor, incident.blocked_minor = loss.at_risk_minor, loss.blocked_minor
    incident.confirmed_minor, incident.recovered_minor = loss.confirmed_minor, loss.recovered_minor
    data: Data = {
        "currency": loss.currency,
        "at_risk_minor": loss.at_risk_minor,
        "blocked_minor": loss.blocked_minor,
        "confirmed_minor": loss.confirmed_minor,
        "recovered_minor": loss.recovered_minor,
    }
    write(incident, "record_loss", by=by, at=at, data=data)
    return incident


def _require_sums(loss: Loss) -> None:
    if len(loss.currency) != 3 or not loss.currency.isascii() or not loss.currency.isupper():
        raise FieldInvalid(pointer="/currency", field="currency", reason="ISO 4217")
    for name in ("at_risk_minor", "blocked_minor", "confirmed_minor", "recovered_minor"):
        value: int | None = getattr(loss, name)
        if value is not None and not 0 <= value < 1 << 62:
            raise FieldInvalid(pointer=f"/{name}", field=name, reason=">= 0")
    if (loss.recovered_minor or 0) > (loss.confirmed_minor or 0):
        raise FieldInvalid(
            pointer="/recovered_minor", field="recovered_minor", reason="more than was lost", reason_zh="多于损失"
        )
    if (loss.blocked_minor or 0) + (loss.confirmed_minor or 0) > (loss.at_risk_minor or 0):
        raise FieldInvalid(
            pointer="/at_risk_minor",
            field="at_risk_minor",
            reason="blocked and lost exceed it",
            reason_zh="小于拦截加损失",
        )


@transaction.atomic
def record_finding(
    *, incident_id: str, finding: Finding, by: Actor, at: datetime, version: int | None = None, note: str = ""
) -> Incident:
    """Record cause, responsible party and what helped (R7)."""
    incident = lock_for("record_finding", incident_id=incident_id, by=by, version=version)
    require_choice("causes", finding.cause, field="cause")
    require_choice("responsible", finding.responsible, field="responsible")
    for each in finding.factors:
        require_choice("causes", each, field="factors")
    incident.cause, incident.responsible = finding.cause, finding.responsible
    incident.factors = " ".join(sorted(set(finding.factors)))
    data: Data = {"cause": finding.cause, "responsible": finding.responsible, "factors": incident.factors}
    write(incident, "record_finding", by=by, at=at, data=data, note=note)
    return incident


@transaction.atomic
def submit(*, incident_id: str, by: Actor, at: datetime, version: int | None = None) -> Incident:
    """Hand the disposal in for verification; every guard that is not met is named."""
    incident = lock_for("submit", incident_id=incident_id, by=by, version=version)
    around, kind = surroundings(), _kind(incident, at)
    measures = around.measures_of(incident_id=incident.id, at=at)
    is_informed = incident.informed_at is not None or incident.attempts >= ENOUGH_ATTEMPTS
    require_guards(
        (
            ("steps.done", around.count_open_steps(incident_id=incident.id) == 0),
            ("measures.settled", measures.unsettled == 0),
            ("victim.informed", is_informed or incident.victims == 0),
            ("loss.filled", incident.at_risk_minor is not None and incident.confirmed_minor is not None),
            ("evidence.enough", around.count_evidence(incident_id=incident.id) >= (kind.evidence if kind else 0)),
            ("finding.recorded", bool(incident.cause and incident.responsible)),
            ("tasks.done", not Task.objects.filter(incident_id=incident.id, state__in=("open", "accepted")).exists()),
        )
    )
    incident.stage, incident.submitted_at = Stage.VERIFYING, at
    write(incident, "submit", by=by, at=at, told=Wrote(at))
    return incident


@transaction.atomic
def fail_verify(
    *, incident_id: str, check: str, by: Actor, at: datetime, version: int | None = None, note: str = ""
) -> Incident:
    """Send it back: one check failed. It counts as a failed verification."""
    incident = lock_for("fail_verify", incident_id=incident_id, by=by, version=version)
    kind = _kind(incident, at)
    require_guards(
        (
            ("verifier.other", _is_other(incident, by, at)),
            ("check.known", kind is not None and check in kind.checks),
        )
    )
    incident.stage = Stage.DISPOSING
    write(incident, "fail_verify", by=by, at=at, data={"check": check}, note=note)
    return incident


@transaction.atomic
def verify(
    *, incident_id: str, checks: tuple[str, ...], by: Actor, at: datetime, version: int | None = None
) -> Incident:
    """Confirm the disposal against the target systems: `checks` are those the verifier confirms.

    It goes to review when the rules ask for one, else straight on with that recorded.
    """
    incident = lock_for("verify", incident_id=incident_id, by=by, version=version)
    kind = _kind(incident, at)
    measures = surroundings().measures_of(incident_id=incident.id, at=at)
    may_close = by.grant("incident.close") is not None and by.grants["incident.close"].grade.rank >= 1
    require_guards(
        (
            ("actor.is_human", by.kind is ActorKind.PERSON),
            ("verifier.other", _is_other(incident, by, at)),
            ("level.closer", incident.level > 1 or may_close),
            ("measures.match", measures.matches),
            ("measures.answered", measures.unanswered == 0),
            ("measures.owned", measures.unowned == 0),
            ("window.quiet", kind is None or _is_quiet(incident, kind, at)),
            ("checks.answered", kind is None or set(kind.checks) <= set(checks)),
        )
    )
    incident.verifier_id, incident.verified_at = by.person_id or "", at
    incident.stage = Stage.REVIEWING
    incident.review_why = review_reason(incident)
    incident.holder_id = ""
    write(incident, "verify", by=by, at=at, told=Wrote(at), data={"review_why": incident.review_why})
    _ask_for_review(incident, by, at)
    return incident


def _ask_for_review(incident: Incident, by: Actor, at: datetime) -> None:
    if not incident.review_why:
        incident.stage = Stage.IMPROVING
        write(incident, "pass_review", by=by, at=at)
        return
    incident.review_due_at = at + REVIEW_PUBLISHED_WITHIN
    incident.save(update_fields=("review_due_at",))
    due = ReviewDue(incident.id, incident.number, incident.review_why, incident.review_due_at.isoformat())
    publish_fact(due, organisation_id=incident.organisation_id, at=at)


def review_reason(incident: Incident) -> str:
    """Return why a review is to be held, "" when none is: L1 always, others by result, loss or sample."""
    if incident.level == 1:
        return "level"
    if incident.level == 2 and incident.is_breached:
        return "breached"
    if incident.level == 2 and incident.reopen_count:
        return "reopened"
    if incident.level == 2 and incident.currency == "CNY" and (incident.confirmed_minor or 0) >= REVIEW_LOSS_CNY_MINOR:
        return "loss"
    chance = int.from_bytes(hashlib.sha256(incident.id.encode()).digest()[:4])
    return "sample" if chance % SAMPLES[incident.level] == 0 else ""


def _is_quiet(incident: Incident, kind: IncidentKind, at: datetime) -> bool:
    """Return whether the observation window is over, and no signal came since the loss was stopped."""
    since = max(each for each in (incident.contained_at, incident.signal_at, incident.zero_at) if each is not None)
    return at - since >= kind.observation[incident.level]


def _is_other(incident: Incident, by: Actor, at: datetime) -> bool:
    actors = surroundings().measures_of(incident_id=incident.id, at=at).actors
    return by.person_id not in (None, incident.commander_id) and by.person_id not in actors


def _kind(incident: Incident, at: datetime) -> IncidentKind | None:
    return find_kind(incident.organisation_id, incident.kind, at=at)
