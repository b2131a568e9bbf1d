"""Which incidents a legal hold on a person keeps: those in which the person stands, whatever became of them there."""

from __future__ import annotations

from django.db.models import Q
from django.db.models.functions import Length

from anxin.desk.decisioning.decisions.sealed_body import SUBJECT_LENGTH, subject_of
from anxin.desk.foundation.privacy.models import LegalHold
from anxin.desk.operations.incidents.models import Party


def in_held_incidents() -> Q:
    """Return the condition on pieces and packs that their incident names somebody under a legal hold."""
    return Q(incident_id__in=Party.objects.filter(_held()).values("incident_id"))


def names_held_person(incident_id: str) -> bool:
    """Return whether an incident names somebody under a legal hold."""
    return Party.objects.filter(_held(), incident_id=incident_id).exists()


def _held() -> Q:
    """Return which parties are under a legal hold, in all organisations."""
    named = Q(pk__in=())
    holds = LegalHold.objects.filter(released_at=None).values_list("organisation_id", "subject")
    for organisation_id, subject in holds:
        kind, _, key = subject.partition(":")
        keys = _long_keys(organisation_id, kind, subject) if key.startswith("#") else []
        named |= Q(organisation_id=organisation_id, entity_kind=kind, entity_key__in=[key, *keys])
    return named


def _long_keys(organisation_id: str, kind: str, subject: str) -> list[str]:
    """Return the keys too long to stand in a subject whose hash it is (see `subject_of`)."""
    rows = Party.objects.filter(organisation_id=organisation_id, entity_kind=kind).annotate(length=Length("entity_key"))
    long_ones = rows.filter(length__gte=SUBJECT_LENGTH - len(kind)).values_list("entity_key", flat=True).distinct()
    return [each for each in long_ones if subject_of(kind, each) == subject]
