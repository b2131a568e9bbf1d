"""What broken promises cost the worker: `python -m benchmarks.ticker [--incidents N] [--postgresql] [--profile FILE]`.

An hour without a worker: incidents of level 1 opened one after the other, each with its zero in that hour, all broken
with their whole ladders when it comes back; a rota says whom the steps call. Then some that break in the same moment,
while the duty looks every second as the worker does. The lag is from the due time until the breach can be read by
another connection; of an hour's absence, from the worker's return.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.projection import start_desk
from benchmarks.tables import print_table

if TYPE_CHECKING:
    from anxin.desk.foundation.edge.actor import Actor

AT_ONCE = 100
TARGET, READY = timedelta(minutes=30), timedelta(seconds=20)
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.01


class Watch:
    """Another connection, which sees what was committed and when."""

    def __init__(self) -> None:
        from anxin.desk.operations.incidents.models import ClockMark

        self.seen: dict[str, float] = {}
        self._begin = ClockMark.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> list[float]:
        """Look a last time; return the moments (seconds since 1970) at which breaches were first seen."""
        self._stopping.set()
        self._thread.join(PATIENCE_SECONDS)
        return sorted(self.seen.values())

    def _look(self) -> None:
        from django.db import connections

        last, is_last = self._begin, False
        while not is_last:
            is_last = self._stopping.wait(LOOK_SECONDS)
            last = self._note(last)
        connections.close_all()

    def _note(self, last: int) -> int:
        from anxin.desk.operations.incidents.models import ClockMark

        rows = list(ClockMark.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "mark", "incident_id"))
        moment = time.time()
        for _, mark, incident_id in rows:
            if mark == "breach":
                self.seen.setdefault(incident_id, moment)
        return rows[-1][0] if rows else last


def found_shop(at: datetime) -> Actor:
    """Return somebody of a shop whose ladder calls five people."""
    from django.conf import settings

    from anxin.desk.foundation.edge.actor import system_actor
    from anxin.desk.foundation.organisations.actions import admit_person, found_organisation
    from anxin.desk.foundation.organisations.actors import actor_of
    from anxin.desk.operations.rota.actions import Post, Week, plan_week

    # Nobody signs in by these passwords.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    setup = system_actor(found_organisation(slug="shop", name="Bench", at=at).id, "setup")
    week = Week(range(7), day_time(0), day_time(0), date(2020, 1, 1))
    for role in ("primary", "secondary", "lead", "duty_manager", "head"):
        person = admit_person(
            username=role, name="林薇", password=secrets.token_hex(), roles=("shift_lead",), by=setup, at=at
        )
        by = actor_of(person, at=at, is_strong=True)
        plan_week(Post(role), week, person_id=person.id, by=by, at=at)
    return by


def open_some(count: int, zero_of: Callable[[int], datetime], by: Actor) -> None:
    """Open incidents of level 1, each at its zero."""
    from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
    from anxin.desk.operations.incidents.actions.signals import Named

    for number in range(count):
        named = (Named("victim", "user", f"u{number}"),)
        open_incident(Seen("account_takeover", level=1, entities=named), by=by, at=zero_of(number))


def after_an_hour(count: int, by: Actor, profile: cProfile.Profile | None) -> tuple[list[float], float, float]:
    """Come back after an hour; return the lags since then, the seconds and the processor's seconds."""
    from anxin.desk.operations.incidents.actions.ticking import tick

    back = datetime.now(UTC)
    gone = back - TARGET - timedelta(hours=1)
    open_some(count, lambda number: gone + timedelta(hours=1) * number / count, by)
    watch = Watch()
    begun, wall, work = time.time(), time.perf_counter(), time.thread_time()
    if profile is not None:
        profile.enable()
    while tick(at=datetime.now(UTC)):
        continue
    if profile is not None:
        profile.disable()
    wall, work = time.perf_counter() - wall, time.thread_time() - work
    return [each - begun for each in watch.stop()], wall, work


def all_at_once(by: Actor) -> list[float]:
    """Let some break in one moment; return by how much later than due each breach could be read."""
    from anxin.desk.operations.incidents.actions.ticking import tick

    due = datetime.now(UTC) + READY
    open_some(AT_ONCE, lambda _: due - TARGET, by)
    while tick(at=datetime.now(UTC)):
        continue
    assert datetime.now(UTC) < due, "it took too long to open them"
    watch, until = Watch(), time.monotonic() + PATIENCE_SECONDS
    while len(watch.seen) < AT_ONCE:
        assert time.monotonic() < until, "they never broke"
        if not tick(at=datetime.now(UTC)):
            time.sleep(1.0)
    return [each - due.timestamp() for each in watch.stop()]


def row(name: str, lags: list[float]) -> tuple[str, ...]:
    """Return one line of the table of lags."""
    cuts = statistics.quantiles(lags, n=20)
    return name, str(len(lags)), f"{cuts[9]:.2f} s", f"{cuts[18]:.2f} s", f"{max(lags):.2f} s"


def main(arguments: list[str]) -> None:
    """Run it in a folder that is deleted afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=600)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--profile", type=Path, help="where to write what the hour's breaches cost, for pstats")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="anxin-bench-") as folder:
        Path(folder).chmod(0o755)
        start_desk(Path(folder), postgresql=given.postgresql)
        profile = cProfile.Profile() if given.profile else None
        by = found_shop(datetime.now(UTC) - timedelta(hours=3))
        lags, wall, work = after_an_hour(given.incidents, by, profile)
        count = len(lags)
        assert count == given.incidents, f"{count} breaches"
        rows = [row("after an hour without a worker", lags), row("all in one moment", all_at_once(by))]
    if profile is not None:
        profile.dump_stats(given.profile)
    name = "PostgreSQL" if given.postgresql else "SQLite"
    print(f"{name}, load average {os.getloadavg()[0]:.1f}: breaches with their whole ladders")
    print(f"{count / wall:.0f} a second, {count / work:.0f} a processor second of the worker")
    print_table("from due (or return) until readable", ("", "n", "p50", "p95", "worst"), rows)


if __name__ == "__main__":
    main(sys.argv[1:])
