"""What the frame reads."""

from __future__ import annotations

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation


def get_organisation_name(*, by: Actor) -> str:
    """Return the name of the actor's organisation."""
    return Organisation.objects.values_list("name", flat=True).get(id=by.organisation_id)
