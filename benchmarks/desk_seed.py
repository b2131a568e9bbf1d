"""A desk full of incidents, in plain SQL for SQLite and PostgreSQL: for `desk_incidents` and `desk_browser`.

One real incident with 25 events, many of them notes, is copied until there are as many as wanted. One in a hundred is
open, a quarter of these led and held by one of 200 people; each has a user and a phone in it, its clocks and a signal.
Notes are blobs of the same size, but for open incidents, which may be looked at: theirs are sealed as the desk does.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import Model

    from anxin.desk.foundation.edge.actor import Actor
    from anxin.desk.foundation.organisations.models import Person
    from anxin.desk.operations.incidents.models import Incident

EVENTS, PEOPLE, USERS = 25, 200, 50_000
OPEN_IN = 100
PHONE = "13912340001"
NOTE = "用户称客服让其共享屏幕，已提醒挂断；银行卡尾号 6411 今天有两笔转出，等银行回电。"
_STEPS = ("claim", "note", "extend_lease", "note", "release")


@dataclass(frozen=True)
class Seeded:
    """What there is: somebody who works here, her colleague, and an incident of her own, whole and real."""

    organisation_id: str
    person: Person
    colleague: Person
    first: Incident
    incidents: int

    def open_ids(self, third: int) -> list[str]:
        """Return a third of the open incidents that nobody holds, by due time; 0 is the third due first."""
        places = [place for place in range(1, self.incidents // OPEN_IN) if place % 4 != 1]
        size = len(places) // 3
        return [incident_id(place * OPEN_IN) for place in places[third * size : (third + 1) * size]]


@dataclass(frozen=True)
class Dialect:
    """What the two databases say differently."""

    vendor: str

    def numbers(self, count: int) -> str:
        """Return a table n with i from 1 to `count`."""
        if self.vendor == "postgresql":
            return f"WITH n AS (SELECT generate_series(1, {count}) AS i)"
        return f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {count})"

    def padded(self, number: str) -> str:
        """Return a number as 26 digits."""
        return f"lpad(({number})::text, 26, '0')" if self.vendor == "postgresql" else f"printf('%026d', {number})"

    def moment(self, at: datetime, seconds: str) -> str:
        """Return a moment some seconds later than `at`."""
        stamp = f"{at:%Y-%m-%d %H:%M:%S}"
        if self.vendor == "postgresql":
            return f"timestamptz '{stamp}+00' + ({seconds}) * interval '1 second'"
        return f"datetime('{stamp}', ({seconds}) || ' seconds')"

    def blob(self, size: int, seed: str) -> str:
        """Return bytes that do not compress."""
        if self.vendor == "postgresql":
            parts = " || ".join(f"md5(({seed})::text || '{each}')" for each in range(size // 16))
            return f"decode({parts}, 'hex')"
        return f"randomblob({size})"

    def token(self, number: str) -> str:
        """Return 32 letters that stand for a value, as a keyed token does."""
        return f"md5(({number})::text)" if self.vendor == "postgresql" else f"printf('%032x', ({number}) * 7919)"


def incident_id(number: int) -> str:
    """Return the id of the copy with a number."""
    return f"inc_{number:026d}"


def seed(incidents: int, *, slug: str = "shop") -> Seeded:
    """Fill the tables of an empty desk."""
    from django.conf import settings

    from anxin.desk.foundation.edge.actor import system_actor
    from anxin.desk.foundation.edge.clock import now
    from anxin.desk.foundation.organisations.actions import found_organisation
    from anxin.desk.foundation.organisations.actors import actor_of

    begun, at = time.perf_counter(), now()
    # Nobody signs in by these passwords.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    organisation = found_organisation(slug=slug, name="Bench", at=at)
    people = _admit(system_actor(organisation.id, "setup"), at)
    by = actor_of(people[0], at=at, is_strong=True)
    first = _work_through(by, at)
    _copy_all(first, incidents, at)
    _seal_open_notes(organisation.id, incidents, at)
    _name_phone(by, incidents)
    _settle()
    print(f"{incidents} incidents, {incidents * EVENTS} events in {time.perf_counter() - begun:.0f} s", flush=True)
    return Seeded(organisation.id, people[0], people[1], first, incidents)


def _admit(by: Actor, at: datetime) -> list[Person]:
    from anxin.desk.foundation.organisations.actions import admit_person

    return [
        admit_person(
            username=f"agent-{number}",
            name="林薇",
            password=secrets.token_hex(),
            roles=("specialist", "shift_lead") if number < 2 else ("specialist",),
            by=by,
            at=at,
        )
        for number in range(PEOPLE)
    ]


def _work_through(by: Actor, at: datetime) -> Incident:
    """Open one incident and work at it until it has as many events as each shall have."""
    from anxin.desk.operations.incidents.actions.leases import claim, extend_lease, release
    from anxin.desk.operations.incidents.actions.notes import add_note
    from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
    from anxin.desk.operations.incidents.actions.responding import start
    from anxin.desk.operations.incidents.actions.signals import Named
    from anxin.desk.operations.incidents.models import Incident, IncidentEvent

    named = (Named("victim", "user", "u1"), Named("thing", "phone", "0" * 32))
    first = open_incident(Seen("account_takeover", level=2, entities=named), by=by, at=at)
    start(incident_id=first.id, by=by, at=at)
    release(incident_id=first.id, by=by, at=at)
    step = 0
    while (count := IncidentEvent.objects.filter(incident_id=first.id).count()) < EVENTS:
        at += timedelta(seconds=20)
        act = _STEPS[step % len(_STEPS)] if count < EVENTS - 1 else "note"
        step += 1
        if act == "note":
            add_note(incident_id=first.id, text=NOTE, by=by, at=at)
        else:
            {"claim": claim, "extend_lease": extend_lease, "release": release}[act](incident_id=first.id, by=by, at=at)
    return Incident.objects.get(pk=first.pk)


def _copy_all(first: Incident, count: int, at: datetime) -> None:
    from django.db import connection

    from anxin.desk.operations.incidents.models import (
        ClockBook,
        ClockMark,
        ClockRow,
        Incident,
        IncidentEvent,
        Party,
        Signal,
    )

    say = Dialect(connection.vendor)
    here = {"incident_id": f"'inc_' || {say.padded('n.i')}"}
    _say(
        "CREATE TEMP TABLE bench_person AS "
        "SELECT row_number() OVER (ORDER BY id) - 1 AS i, id FROM organisations_person"
    )
    _say("SET session_replication_role = replica" if say.vendor == "postgresql" else "PRAGMA foreign_keys = OFF")
    _copy(Incident, f"t.id = '{first.id}'", count, _incident_columns(say, at))
    own = f"t.incident_id = '{first.id}'"
    for model in (ClockBook, ClockRow, ClockMark):
        _copy(model, own, count, here)
    token = {"'user'": "'u' || (1 + n.i % 50000)", "'phone'": say.token("n.i % 50000")}
    key = "CASE t.entity_kind WHEN 'user' THEN {'user'} ELSE {'phone'} END".format(**token)
    party_id = f"CASE t.entity_kind WHEN 'user' THEN 'pty_' ELSE 'ptz_' END || {say.padded('n.i')}"
    _copy(Party, f"{own} AND t.entity_kind IN ('user', 'phone')", count, here | {"id": party_id, "entity_key": key})
    signal = {"id": f"'sig_' || {say.padded('n.i')}", "source_ref": say.padded("n.i"), "dedup_key": say.padded("n.i")}
    _copy(Signal, own, count, here | signal)
    note = f"CASE WHEN t.note_sealed IS NULL THEN NULL ELSE {say.blob(160, 'n.i + t.seq')} END"
    _copy(IncidentEvent, own, count, here | {"note_sealed": note})
    _say("SET session_replication_role = DEFAULT" if say.vendor == "postgresql" else "PRAGMA foreign_keys = ON")


def _incident_columns(say: Dialect, at: datetime) -> dict[str, str]:
    due, closed = at + timedelta(minutes=60), at - timedelta(days=30)
    one = f"(SELECT id FROM bench_person p WHERE p.i = n.i / {OPEN_IN} % {PEOPLE})"
    whose = (
        f"CASE WHEN n.i % {OPEN_IN} <> 0 THEN {{closed}} WHEN n.i / {OPEN_IN} % 4 = 1 THEN {{held}} ELSE {{free}} END"
    )
    return {
        "id": f"'inc_' || {say.padded('n.i')}",
        "number": "n.i + 1",
        "level": f"1 + (n.i / {OPEN_IN}) % 3 * (CASE WHEN n.i % {OPEN_IN} = 0 THEN 1 ELSE 0 END)",
        "stage": whose.format(closed="'closed'", held="'responding'", free="'identified'"),
        "due_at": f"CASE WHEN n.i % {OPEN_IN} = 0 THEN {say.moment(due, f'n.i / {OPEN_IN}')} END",
        "zero_at": f"CASE WHEN n.i % {OPEN_IN} = 0 THEN t.zero_at ELSE {say.moment(closed, '-n.i')} END",
        "commander_id": whose.format(closed=one, held=one, free="''"),
        "holder_id": whose.format(closed="''", held=one, free="''"),
        "look_at": "NULL",
        "clock_standing": f"CASE WHEN n.i % {OPEN_IN} = 0 THEN 'running' ELSE 'met' END",
    }


def _copy(model: type[Model], where: str, count: int, changed: dict[str, str]) -> None:
    from django.db import connection

    begun = time.perf_counter()
    table, fields = model._meta.db_table, model._meta.concrete_fields
    columns = [field.column or field.name for field in fields if field.get_internal_type() != "BigAutoField"]
    values = ", ".join(changed.get(each, f't."{each}"') for each in columns)
    names = ", ".join(f'"{each}"' for each in columns)
    say = Dialect(connection.vendor)
    _say(
        f"INSERT INTO {table} ({names}) {say.numbers(count)} SELECT {values} FROM n CROSS JOIN {table} t WHERE {where}"
    )
    print(f"  {table:<24}{time.perf_counter() - begun:6.0f} s", flush=True)


def _seal_open_notes(organisation_id: str, incidents: int, at: datetime) -> None:
    from anxin.desk.foundation.vault.sealing import seal
    from anxin.desk.operations.incidents.models import IncidentEvent

    ids = [incident_id(number) for number in range(OPEN_IN, incidents + 1, OPEN_IN)]
    for some in (ids[place : place + 500] for place in range(0, len(ids), 500)):
        rows = list(IncidentEvent.objects.filter(incident_id__in=some).exclude(note_sealed=None))
        for row in rows:
            row.note_sealed = seal(organisation_id, NOTE, about=f"incident.note:{row.incident_id}:{row.seq}", at=at)
        IncidentEvent.objects.bulk_update(rows, ["note_sealed"], batch_size=200)


def _name_phone(by: Actor, incidents: int) -> None:
    """Let one real phone be in some incidents."""
    from anxin.desk.operations.incidents.models import Party
    from anxin.desk.operations.incidents.reports import PERSONAL, keys_of_value

    keys: Sequence[str] = sorted(keys_of_value(PHONE, organisation_id=by.organisation_id, kinds=PERSONAL))
    ids = [incident_id(number) for number in range(OPEN_IN, incidents + 1, OPEN_IN)[:5]]
    if keys:
        Party.objects.filter(incident_id__in=ids, entity_kind="phone").update(entity_key=keys[0])


def _settle() -> None:
    """Let the database finish what so many rows at once left it to do: nobody works beside that."""
    from django.db import connection

    for statement in ("VACUUM (ANALYZE)", "CHECKPOINT") if connection.vendor == "postgresql" else ("ANALYZE",):
        _say(statement)


def _say(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.cursor.execute(statement)
