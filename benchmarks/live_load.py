"""How soon 200 open screens hear of a commit: one desk as it is served, 200 people, five commits a second.

`python -m benchmarks.live_load [--postgresql] [--screens 200] [--seconds 20]`. Each screen is a stream of its own
with a session of its own. From the commit's return in the writing process until the bytes lie at the screen.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError

from benchmarks.freeze import _free_port, _postgresql
from benchmarks.tables import print_table

COMMITS_A_SECOND = 5
START_SECONDS = 60
_DESK = """
import json, sys, time
from anxin.desk.boot import program
program.set_up()
program.prepare_database()
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from django.db import transaction
from django.test import Client
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.clock import now
from anxin.desk.foundation.organisations.actions import admit_person, found_organisation
from anxin.desk.foundation.sign_in.actions import Origin, start_session
from anxin.desk.foundation.sign_in.store import key_hash
from anxin.desk.operations.incidents.actions.notes import add_note
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.foundation.organisations.actors import actor_of
at = now()
organisation = found_organisation(slug="demo", name="Demo", at=at)
by = system_actor(organisation.id, "benchmark")
cookies, agent = [], None
for number in range(int(sys.argv[1])):
    person = admit_person(username=f"a{number}", name="A", password="x", roles=("specialist",), by=by, at=at)
    agent = agent or actor_of(person, at=at, is_strong=True)
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    store = client.session
    name = key_hash(store.session_key)
    started = start_session(person=person, key_hash=name, is_strong=True, origin=Origin(device="Test"), at=at)
    store.update({"session_ref": started.ref, "is_strong": True, "verified_at": at.isoformat()})
    store.save()
    cookies.append(store.session_key)
incident = open_incident(Seen(kind="account_takeover", level=2), by=agent, at=at)
from anxin.desk.foundation.audit.models import AuditHead
print(json.dumps(cookies), flush=True)
for line in sys.stdin:
    add_note(incident_id=incident.id, text="x", by=agent, at=now())
    print(AuditHead.objects.get(pk=organisation.id).fact_seq, time.time_ns(), flush=True)
"""


@dataclass
class Heard:
    """What the screens heard: for each change the moments (ns) at which it arrived."""

    moments: dict[int, list[int]] = field(default_factory=dict)
    open_screens: int = 0


@dataclass(frozen=True)
class Load:
    """What one run came to; lapses in ms, `cpu` of the desk as a share of one core."""

    lapses: list[float]
    lost: int
    opened_seconds: float
    cpu: float
    load: float


async def keep_listening(port: int, cookie: str, heard: Heard) -> None:
    """Keep one screen open; when the desk does not answer, try again as a browser does."""
    while True:
        await listen(port, cookie, heard)
        await asyncio.sleep(1)


async def listen(port: int, cookie: str, heard: Heard) -> None:
    """Listen until the stream ends, and note when each change arrives."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    asked = f"GET /live/?topics=incidents HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
    asked += f"Cookie: sessionid={cookie}\r\n\r\n"
    writer.write(asked.encode())
    try:
        async for line in reader:
            if line.startswith(b"data: "):
                at, seq = time.time_ns(), json.loads(line[6:])["seq"]
                heard.moments.setdefault(seq, []).append(at)
            elif line.startswith(b"event: hello"):
                heard.open_screens += 1
    finally:
        writer.close()


async def run(port: int, cookies: list[str], writer: subprocess.Popen[str], desk_pid: int, seconds: float) -> Load:
    """Open the screens, commit, and return what they heard."""
    heard, committed = Heard(), dict[int, int]()
    begun = time.monotonic()
    screens = [asyncio.create_task(keep_listening(port, each, heard)) for each in cookies]
    while heard.open_screens < len(cookies) and time.monotonic() - begun < START_SECONDS:
        await asyncio.sleep(0.05)
    opened = time.monotonic() - begun
    await asyncio.sleep(1)
    heard.moments.clear()
    cpu, since = _cpu_seconds(desk_pid), time.monotonic()
    for number in range(int(seconds * COMMITS_A_SECOND)):
        seq, at = await asyncio.to_thread(_commit, writer)
        committed[seq] = at
        await asyncio.sleep(max(0.0, since + (number + 1) / COMMITS_A_SECOND - time.monotonic()))
    share = (_cpu_seconds(desk_pid) - cpu) / (time.monotonic() - since)
    await asyncio.sleep(2)
    for each in screens:
        each.cancel()
    await asyncio.gather(*screens, return_exceptions=True)
    lapses = [
        (at - committed[seq]) / 1e6 for seq, moments in heard.moments.items() if seq in committed for at in moments
    ]
    return Load(lapses, len(committed) * len(cookies) - len(lapses), opened, share, os.getloadavg()[0])


def _commit(writer: subprocess.Popen[str]) -> tuple[int, int]:
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write("\n")
    writer.stdin.flush()
    seq, at = writer.stdout.readline().split()
    return int(seq), int(at)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(url: str, screens: int, seconds: float) -> Load:
    """Return one run on SQLite, or on the PostgreSQL at `url`."""
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANXIN_", "DJANGO_"))}
        environment |= {
            "ANXIN_DESK_DATA": folder,
            "ANXIN_DESK_DATABASE_URL": url,
            "ANXIN_DESK_PORT": str(port),
            "PYTHONPATH": str(Path(__file__).parents[1] / "src"),
        }
        pipe = subprocess.PIPE
        prepared = [sys.executable, "-c", _DESK, str(screens)]
        writer = subprocess.Popen(prepared, env=environment, stdin=pipe, stdout=pipe, text=True)
        assert writer.stdout is not None
        cookies = json.loads(writer.stdout.readline())
        serve = "from anxin.desk.boot import program; program.set_up(); program.serve_desk()"
        desk = subprocess.Popen([sys.executable, "-c", serve], env=environment)
        try:
            _wait_for(f"http://127.0.0.1:{port}/static/ui/mark.svg")
            return asyncio.run(run(port, cookies, writer, desk.pid, seconds))
        finally:
            writer.communicate()
            desk.terminate()
            desk.wait(20)


def _wait_for(url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except (URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def main() -> None:
    """Print one line for each database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL too")
    parser.add_argument("--screens", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    databases, server = {"SQLite": ""}, None
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        if given.postgresql:
            server = _postgresql(Path(folder))
            databases["PostgreSQL"] = server.get_uri()
        for name, url in databases.items():
            load = measure(url, given.screens, given.seconds)
            cuts = statistics.quantiles(load.lapses, n=20)
            figures = (f"{cuts[9]:.0f} ms", f"{cuts[18]:.0f} ms", f"{max(load.lapses):.0f} ms", str(load.lost))
            rows.append((name, *figures, f"{load.cpu:.0%}", f"{load.opened_seconds:.1f} s", f"{load.load:.1f}"))
        if server is not None:
            server.cleanup()
    columns = ("database", "p50", "p95", "worst", "lost", "desk's CPU", "all open after", "machine's load")
    print_table(f"{given.screens} screens, {COMMITS_A_SECOND} commits a second: commit → heard", columns, rows)


if __name__ == "__main__":
    main()
