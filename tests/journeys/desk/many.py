"""Many drills for the shop, and three late incidents that are none: `python -m tests.journeys.desk.many`."""

from __future__ import annotations

from datetime import timedelta

import django

DRILLS = 60
KIND = "errand_scam"
NAMES = ("many_one", "many_two", "many_three")


def main() -> None:
    django.setup()
    from django.db import transaction

    from anxin.desk.foundation.edge.actor import system_actor
    from anxin.desk.foundation.edge.clock import now
    from anxin.desk.foundation.organisations.models import Organisation
    from anxin.desk.operations.incidents.actions.signals import Named, NewSignal, promote

    organisation, at = Organisation.objects.get(slug="shop"), now()
    by = system_actor(organisation.id, "decisions")

    def alert(name: str, *, is_drill: bool, hours: int = 0) -> None:
        victim = Named("victim", "user", f"u_{name}")
        signal = NewSignal(
            source="decision",
            source_ref=name,
            kind=KIND,
            dedup_key=name,
            received_at=at - timedelta(hours=hours),
            entities=(victim,),
            is_drill=is_drill,
        )
        promote(signal, by=by, at=at)

    with transaction.atomic():
        for number in range(DRILLS):
            alert(f"many_{number:02d}", is_drill=True)
        for name in NAMES:
            alert(name, is_drill=False, hours=20)


if __name__ == "__main__":
    main()
