"""The clear form of a personal entity, for those who may open it: privacy's reveal asks here."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.decisioning.decisions.sealed_body import open_displays
from anxin.desk.decisioning.entities.access import access_entity
from anxin.desk.decisioning.entities.kinds import TOKEN_KINDS
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.privacy.actions import Sealed
from anxin.desk.foundation.vault.sealing import seal


def read_sealed_name(*, kind: str, key: str, by: Actor, at: datetime) -> Sealed:
    """Return the clear form of a phone, e-mail or IP, sealed by itself as `reveal_field` takes it.

    Raise Forbidden, or NotFound where there is nothing to reveal.
    """
    found = access_entity(kind=kind, key=key, by=by)
    if kind not in TOKEN_KINDS or found.row.display_sealed is None:
        raise NotFound
    opened = open_displays(found.scope.organisation_id, {(kind, key): bytes(found.row.display_sealed)})
    value = opened[kind, key]
    if value is None:
        raise NotFound
    about = f"entity.name:{found.row.pk}"
    sealed = seal(found.scope.organisation_id, value, about=about, at=at)
    return Sealed(kind=kind, on=(kind, key), value=sealed, about=about)
