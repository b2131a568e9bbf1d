"""What incidents learn from the packages beside them, and tell them of: the measures under their name."""

from __future__ import annotations

from datetime import datetime, timedelta

from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.duties import Duty, one_by_one
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.operations.evidence.queries import count_originals
from anxin.desk.operations.incidents.actions.responding import note_protection
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.stages import Stage
from anxin.desk.operations.incidents.surroundings import Alone, MeasuresState
from anxin.desk.operations.measures.models import ActionRequest
from anxin.desk.operations.measures.verification import ask_platform, compare_targets, count_unowned, list_unasked
from anxin.desk.operations.rota.queries import is_on_shift, who_is
from anxin.desk.oversight.reviews.queries import count_unproven, is_published
from anxin.desk.oversight.training.certification import may_lead

State = ActionRequest.State
LONGEST_WAIT = timedelta(days=7)
"""How long after it was handed in an incident's measures may still be asked about for the first time."""
PENDING = frozenset({State.SENT, State.ACCEPTED})
IN_FORCE = frozenset({State.SENT, State.ACCEPTED, State.EFFECTIVE})
LOOK_BACK = timedelta(hours=24)
"""How long ago a measure may have been accepted and still be told: no measure lasts longer by itself."""


class Desk(Alone):
    """The desk as it stands: measures, certificates and reviews answer; shifts and playbooks do not yet."""

    def is_certified(self, *, organisation_id: str, person_id: str, level: int, at: datetime) -> bool:
        """Return whether somebody holds a certificate for the level, or none was ever granted."""
        return may_lead(organisation_id=organisation_id, person_id=person_id, level=level, at=at)

    def is_review_published(self, *, incident_id: str) -> bool:
        """Return whether the review of the incident's present generation is published."""
        return is_published(incident_id=incident_id)

    def count_unproven_actions(self, *, incident_id: str) -> int:
        """Return how many corrective actions are neither proven nor accepted as a risk for now."""
        return count_unproven(incident_id=incident_id)

    def is_on_shift(self, *, by: Actor, at: datetime) -> bool:
        """Return whether somebody is on call; everybody is where nobody plans."""
        return is_on_shift(by=by, at=at)

    def who_is(self, *, organisation_id: str, role: str, site_id: str, at: datetime) -> tuple[str, ...] | None:
        """Return whom a step of the ladder calls."""
        return who_is(organisation_id=organisation_id, step=role, site_id=site_id, at=at)

    def measures_of(self, *, incident_id: str, at: datetime) -> MeasuresState:
        """Return how the measures of an incident stand, target systems asked."""
        rows = tuple(ActionRequest.objects.filter(incident_id=incident_id))
        waiting = sum(1 for each in rows if each.state == State.WAITING)
        pending = sum(1 for each in rows if each.state in PENDING)
        failed = sum(1 for each in rows if each.state == State.FAILED and each.reviewed_at is None)
        compared = compare_targets(rows, at=at)
        return MeasuresState(
            effective=sum(1 for each in rows if each.effective_at is not None and each.ended_at is None),
            unsettled=waiting + pending + failed,
            waiting=waiting,
            pending=pending,
            failed=failed,
            in_force=sum(1 for each in rows if _is_in_force(each)),
            unowned=count_unowned(rows),
            mismatched=compared.differing,
            unanswered=compared.unanswered,
            actors=frozenset(each.requested_by for each in rows),
            fallen=_fallen(rows),
        )

    def count_evidence(self, *, incident_id: str) -> int:
        """Return how many pieces of evidence an incident has."""
        return count_originals(incident_id)


def _is_in_force(row: ActionRequest) -> bool:
    """Return whether a measure holds somewhere: one that failed on the platform still does in the gateway."""
    return row.state in IN_FORCE or (row.state == State.FAILED and row.ended_at is None and row.accepted_at is not None)


def _fallen(rows: tuple[ActionRequest, ...]) -> str:
    """Return how the measure ordered last came to nothing, "" when it did not."""
    last = max(rows, key=lambda each: each.id, default=None)
    return str(State(last.state)) if last is not None and (last.ended_at or last.state == State.FAILED) else ""


def note_protections(at: datetime) -> int:
    """Tell incidents without protection of the first measure that was accepted for them; return how many."""
    accepted = ActionRequest.objects.filter(accepted_at__gt=at - LOOK_BACK).exclude(incident_id="")
    of_incident: dict[str, list[ActionRequest]] = {}
    for row in accepted.order_by("accepted_at"):
        of_incident.setdefault(row.incident_id, []).append(row)
    if not of_incident:
        return 0
    bare = Incident.objects.filter(pk__in=list(of_incident), protected_at=None)
    return one_by_one(bare, lambda each: _note_first(each, of_incident[each.id]), at=at)


def _note_first(incident: Incident, accepted: list[ActionRequest]) -> bool:
    first = next((each for each in accepted if _protects(each, incident)), None)
    if first is None:
        return False
    assert first.accepted_at is not None
    since = incident.started_at if incident.reopen_count else None
    when = max(first.accepted_at, since or first.accepted_at)
    by = system_actor(incident.organisation_id, "measures")
    return note_protection(incident_id=incident.id, measure_id=first.id, by=by, at=when) is not None


def _protects(row: ActionRequest, incident: Incident) -> bool:
    """Return whether a measure counts for this generation: what ended before it was reopened does not."""
    if not incident.reopen_count or incident.started_at is None:
        return True
    return row.ended_at is None or row.ended_at > incident.started_at


def ask_about_measures(at: datetime) -> int:
    """Ask the platform again about the measures of what was handed in for verification; return how many."""
    everyone = list(Organisation.objects.values_list("id", flat=True))
    rows = Incident.objects.filter(organisation_id__in=everyone, stage=Stage.VERIFYING)
    waiting = rows.filter(submitted_at__gt=at - LONGEST_WAIT)
    return one_by_one(waiting, lambda each: _ask_about(each, at), at=at)


def _ask_about(incident: Incident, at: datetime) -> int:
    assert incident.submitted_at is not None
    by = system_actor(incident.organisation_id, "measures")
    unasked = list_unasked(incident_id=incident.id, since=incident.submitted_at)
    return one_by_one(unasked, lambda each: bool(ask_platform(measure_id=each, by=by, at=at)), at=at)


DUTIES: tuple[Duty, ...] = (
    Duty("incidents.protections", 0.5, note_protections),
    Duty("measures.questions", 2.0, ask_about_measures),
)
