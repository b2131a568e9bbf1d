"""Commit a fact in the shop from another process, as a colleague's act would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


def main(topic: str, object_id: str) -> None:
    from django.db import transaction

    from anxin.desk.foundation.audit.actions import record_entry
    from anxin.desk.foundation.edge.actor import system_actor
    from anxin.desk.foundation.edge.clock import now
    from anxin.desk.foundation.organisations.models import Organisation
    from anxin.desk.foundation.outbox.actions import publish_fact

    organisation = Organisation.objects.get(slug="shop")
    by = system_actor(organisation.id, "setup")
    Told.topic = topic
    with transaction.atomic():
        record_entry(
            "organisation.found", by=by, at=now(), on=("organisation", organisation.id), details={"slug": "shop"}
        )
        publish_fact(Told(object_id), organisation_id=organisation.id, at=now())


@dataclass(frozen=True)
class Told:
    object_id: str
    kind: ClassVar[str] = "journey.told"
    topic: ClassVar[str] = ""
