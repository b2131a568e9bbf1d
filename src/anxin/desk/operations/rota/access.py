"""The doors to plans of the rota."""

from __future__ import annotations

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.rota.models import Layer, Override

EDIT = "rota.edit"


def access_plan(*, plan_id: str, by: Actor) -> Layer | Override:
    """Return a layer or an override that stands; raise Forbidden, NotFound."""
    require(by, EDIT)
    mine = {"pk": plan_id, "organisation_id": by.organisation_id, "ended_at": None}
    found = Layer.objects.filter(**mine).first() or Override.objects.filter(**mine).first()
    if found is None:
        raise NotFound
    return found
