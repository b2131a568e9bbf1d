"""A projector in a process of its own, to be killed in the middle of a batch."""

from __future__ import annotations

import sys
import time
from itertools import count

import django
from django.core.management import call_command


def main() -> None:
    """Project the shop's log, stopping before the commit of the batch that the argument names; 0: to the end."""
    django.setup()
    from anxin.desk.conftest import NIGHT
    from anxin.desk.decisioning.decisions.models import Projection
    from anxin.desk.decisioning.decisions.projection import projector
    from anxin.desk.decisioning.decisions.projection.following import Follower
    from anxin.desk.decisioning.decisions.tasks import rebuild_projection
    from anxin.desk.decisioning.decisions.tests.digests import digest
    from anxin.desk.foundation.organisations.actions import found_organisation
    from anxin.desk.foundation.organisations.models import Organisation

    for alias in ("default", "projection"):
        call_command("migrate", database=alias, verbosity=0)
    if not Organisation.objects.exists():
        found_organisation(slug="shop", name="Night Shop", at=NIGHT)
    projector.BATCH = 10
    batches, write, fatal = count(1), projector.write_batch, int(sys.argv[1])

    def write_and_wait(*arguments: object) -> None:
        write(*arguments)  # type: ignore[arg-type]
        if next(batches) == fatal:
            sys.stdout.write("in the middle\n")
            sys.stdout.flush()
            time.sleep(600)

    projector.write_batch = write_and_wait  # type: ignore[assignment]
    follower = Follower()
    while follower.run(NIGHT):
        pass
    row = Projection.objects.get(is_current=True)
    resumed = digest(row.pk)
    for _ in rebuild_projection("shop", at=NIGHT):
        pass
    rebuilt = digest(Projection.objects.get(is_current=True).pk)
    sys.stdout.write(f"{row.position} {resumed} {rebuilt}\n")
