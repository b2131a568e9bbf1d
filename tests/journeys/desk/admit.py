"""Admit somebody who has no second factor yet, beside the running desk."""

from __future__ import annotations

from tests.journeys.desk.found import PASSWORD


def main(username: str, role: str) -> None:
    from anxin.desk.foundation.edge.actor import system_actor
    from anxin.desk.foundation.edge.clock import now
    from anxin.desk.foundation.organisations.actions import admit_person
    from anxin.desk.foundation.organisations.models import Organisation

    by = system_actor(Organisation.objects.get(slug="shop").id, "setup")
    admit_person(username=username, name="林薇", password=PASSWORD, roles=(role,), by=by, at=now())
