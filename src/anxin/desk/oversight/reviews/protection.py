"""What no score may see: decisions made in good faith. Every score of a person reads incidents through this door."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from anxin.desk.operations.measures.models import ActionRequest
from anxin.desk.oversight.reviews.models import ProtectedDecision


@dataclass(frozen=True)
class Judged:
    """One decision of a person that a score would count: an event of an incident, or a measure."""

    incident_id: str
    event_seq: int = 0
    measure_id: str = ""
    is_mistake: bool = False


def without_protected(judged: Iterable[Judged], *, organisation_id: str) -> tuple[Judged, ...]:
    """Return what a score may count: decisions protected in a review, and measures found wrong in good faith, are gone.

    What was right stays, so that a protection never costs anybody anything.
    """
    given = tuple(judged)
    incidents = {each.incident_id for each in given}
    rows = ProtectedDecision.objects.filter(organisation_id=organisation_id, incident_id__in=incidents)
    protected = set(rows.values_list("incident_id", "event_seq"))
    fair = ActionRequest.objects.filter(organisation_id=organisation_id, finding="good_faith")
    measures = set(
        fair.filter(pk__in=[each.measure_id for each in given if each.measure_id]).values_list("id", flat=True)
    )
    return tuple(
        each
        for each in given
        if not each.is_mistake
        or ((each.incident_id, each.event_seq) not in protected and each.measure_id not in measures)
    )
