"""Projectors in processes of their own, killed one after the other in the middle of a batch."""

from __future__ import annotations

import os
import signal
import sys
import time
from itertools import count

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections


def main() -> None:
    """Project the shop's log, killed before the commit of each batch that the arguments name, then to the end.

    Each is a fork of this process, which has no connection of its own before the last is dead.
    """
    django.setup()
    if not (settings.ANXIN.data / "desk.sqlite3").exists():
        for alias in connections:
            call_command("migrate", database=alias, verbosity=0)
        connections.close_all()
    for fatal in sys.argv[1:]:
        reads, writes = os.pipe()
        child = os.fork()
        if child == 0:
            project(int(fatal), writes)
            os._exit(1)
        os.close(writes)
        if os.read(reads, 1) != b"!":
            raise RuntimeError("the projector did not come as far as the batch")
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{signal.Signals(os.WTERMSIG(status)).name}\n")
        sys.stdout.flush()
    project(0, sys.stdout.fileno())


def project(fatal: int, told: int) -> None:
    """Project in batches of ten records; stop before the commit of the `fatal`-th and tell it, 0: go to the end."""
    from anxin.desk.conftest import NIGHT
    from anxin.desk.decisioning.decisions.models import Projection
    from anxin.desk.decisioning.decisions.projection import projector
    from anxin.desk.decisioning.decisions.projection.following import Follower
    from anxin.desk.decisioning.decisions.tasks import rebuild_projection
    from anxin.desk.decisioning.decisions.tests.digests import digest
    from anxin.desk.foundation.organisations.actions import found_organisation
    from anxin.desk.foundation.organisations.models import Organisation

    if not Organisation.objects.exists():
        found_organisation(slug="shop", name="Night Shop", at=NIGHT)
    projector.BATCH = 10
    batches, write = count(1), projector.write_batch

    def write_and_wait(*arguments: object) -> None:
        write(*arguments)  # type: ignore[arg-type]
        if next(batches) == fatal:
            os.write(told, b"!")
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
