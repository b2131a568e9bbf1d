"""How long the queue and an open incident take on the server: `python -m benchmarks.desk_incidents [--incidents N]`.

One real incident is copied in SQL until there are that many, one in a hundred of them open, each with a victim; what is
measured are whole requests as a signed-in person makes them, answer rendered. SQLite, in a folder that is deleted.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.desk_queries import measure
from benchmarks.projection import start_desk

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

    from anxin.desk.operations.incidents.models import Incident

OPEN_IN = 100
OLD = "CASE WHEN n.i % 100 = 0 THEN {open} ELSE {closed} END"


def seed(incidents: int) -> tuple[Client, Incident]:
    """Fill the tables; return a browser of a specialist, and an incident that waits."""
    from anxin.desk.foundation.edge.actor import system_actor
    from anxin.desk.foundation.edge.clock import now
    from anxin.desk.foundation.organisations.actions import admit_person, found_organisation
    from anxin.desk.foundation.organisations.actors import actor_of
    from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
    from anxin.desk.operations.incidents.actions.signals import Named
    from anxin.desk.operations.incidents.models import ClockBook, Incident, Party

    at, begun = now(), time.perf_counter()
    organisation = found_organisation(slug="bench", name="Bench", at=at)
    by = system_actor(organisation.id, "setup")
    person = admit_person(
        username="bench", name="林薇", password=secrets.token_hex(), roles=("specialist",), by=by, at=at
    )
    named = (Named("victim", "user", "u_0"), Named("thing", "device", "d_0"))
    first = open_incident(
        Seen("account_takeover", level=2, entities=named), by=actor_of(person, at=at, is_strong=True), at=at
    )
    due, closed = at + timedelta(minutes=60), at - timedelta(days=30)
    changed = {
        "id": "'inc_' || printf('%026d', n.i)",
        "number": "n.i + 1",
        "level": "1 + n.i % 3",
        "stage": OLD.format(open="'identified'", closed="'closed'"),
        "due_at": OLD.format(open=f"datetime('{due:%Y-%m-%d %H:%M:%S}', (n.i / 100) || ' seconds')", closed="NULL"),
        "zero_at": OLD.format(
            open="t.zero_at", closed=f"datetime('{closed:%Y-%m-%d %H:%M:%S}', '-' || n.i || ' seconds')"
        ),
        "commander_id": OLD.format(open="''", closed=f"'{person.id}'"),
        "look_at": "NULL",
    }
    _copy(Incident, first.pk, incidents, changed)
    _copy(ClockBook, first.pk, incidents, {"incident_id": changed["id"]})
    party = Party.objects.filter(incident_id=first.id).latest("id")
    who = {"id": "'pty_' || printf('%026d', n.i)", "incident_id": changed["id"], "entity_key": "'u_' || (n.i % 50000)"}
    _copy(Party, party.pk, incidents, who)
    print(f"{incidents} incidents in {time.perf_counter() - begun:.0f} s", flush=True)
    return _browser(person), first


def _copy(model: type[Model], template: str, count: int, changed: dict[str, str]) -> None:
    from django.db import connection

    table, key = model._meta.db_table, model._meta.pk
    assert key is not None
    columns = [field.column or field.name for field in model._meta.concrete_fields]
    values = ", ".join(changed.get(each, f't."{each}"') for each in columns)
    names = ", ".join(f'"{each}"' for each in columns)
    with connection.cursor() as cursor:
        cursor.cursor.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {int(count)}) "
            f'INSERT INTO {table} ({names}) SELECT {values} FROM n, {table} t WHERE t."{key.column}" = ?',
            (template,),
        )


def _browser(person: object) -> Client:
    from django.contrib.auth.models import AbstractBaseUser
    from django.test import Client

    from anxin.desk.conftest import _begin_session
    from anxin.desk.foundation.organisations.models import Person

    assert isinstance(person, AbstractBaseUser)
    assert isinstance(person, Person)
    client = Client(headers={"accept-language": "zh", "host": "localhost"})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    _begin_session(client, person)
    return client


def requests(browser: Client, first: Incident) -> dict[str, Callable[[], object]]:
    """Return what a person at work asks for, by name; the limit of the workbench stands behind it."""
    here = f"/incidents/{first.id}/"
    paths = {
        "queue, 200 rows (400)": "/queue/",
        "queue, a filter (400)": "/queue/?level=1&whose=free",
        "queue, search by number (700)": "/queue/?q=%23177",
        "queue, search by user (700)": "/queue/?q=u_100",
        "changed rows": f"/queue/rows/?ids={first.id}",
        "counts": "/queue/counts/",
        "all incidents, 100 rows": "/incidents/",
        "incident, cold (800)": here,
        "its parts after a change": f"{here}now/",
        "its timeline": f"{here}story/",
        "its risk tiles (1500)": f"{here}risk/",
        "a form in place": f"{here}do/submit/",
    }
    return {name: partial(_ask, browser, path) for name, path in paths.items()}


def _ask(browser: Client, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code in (200, 403), (path, answer.status_code)


def main(arguments: list[str]) -> None:
    """Run the benchmark in a folder that is deleted afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=40)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="anxin-bench-") as folder:
        start_desk(Path(folder), postgresql=False)
        asked = requests(*seed(given.incidents))
        measure(asked, given.times)
        _measure_work(asked)


def _measure_work(asked: dict[str, Callable[[], object]], times: int = 4) -> None:
    """Print the processor time of each: what is left of it on a machine that does nothing else."""
    for name, ask in asked.items():
        begun = time.process_time()
        for _ in range(times):
            ask()
        print(f"{name:<32} processor {(time.process_time() - begun) / times * 1000:7.1f} ms", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
