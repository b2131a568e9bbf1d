"""How long a gateway is away: snapshot of a million entities, then a tail of log to replay after a kill."""

from __future__ import annotations

import argparse
import http.client
import json
import re
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.gateway import cpu_seconds, resident_mb, write_policy
from benchmarks.serving import Served, start_gateway
from benchmarks.tables import print_table
from benchmarks.workload import payments

BATCH = 1_000


def send(served: Served, events: Iterator[dict[str, object]], count: int) -> float:
    """Send events in batches over one connection; return the seconds it took."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=120)
    headers = {"Authorization": f"Bearer {served.key}", "Content-Type": "application/json"}
    started = time.perf_counter()
    for _ in range(count // BATCH):
        body = json.dumps(list(islice(events, BATCH)), separators=(",", ":"))
        connection.request("POST", "/v1/decisions:batch", body, headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status != http.client.OK:
            raise RuntimeError(answer[:300].decode())
    connection.close()
    return time.perf_counter() - started


def entities(served: Served) -> int:
    """Return how many entities the gateway holds."""
    text = urllib.request.urlopen(f"http://127.0.0.1:{served.port}/metrics").read().decode()
    return sum(int(float(value)) for value in re.findall(r"^anxin_entities\{[^}]*\} (\S+)$", text, re.MULTILINE))


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=400_000, help="before the snapshot")
    parser.add_argument("--tail", type=int, default=300_000, help="after it: one minute of 5 000 a second")
    parser.add_argument("--users", type=int, default=250_000)
    given = parser.parse_args()
    events = payments(given.events + given.tail, users=given.users)
    with tempfile.TemporaryDirectory() as folder:
        policy, data = write_policy(Path(folder) / "policy", 50), Path(folder) / "data"
        # The load comes faster than a minute of 5 000 a second, so the closing of segments is asked to keep step.
        settings = {"snapshot_seconds": 86_400, "snapshot_events": 1_000_000_000, "closing_seconds": 5}
        served = start_gateway(data, policy, **settings)
        key = served.key
        took = send(served, events, given.events)
        served.stop(120)
        served = start_gateway(data, policy, **settings)
        served.key = key
        took += send(served, events, given.tail)
        held, memory = entities(served), resident_mb(served.pid)
        served.kill()
        started = time.perf_counter()
        served = start_gateway(data, policy, **settings)
        away, spent = time.perf_counter() - started, cpu_seconds(served.pid)
        again = entities(served)
        served.stop(120)
    rows = [
        ("entities held before the kill, and after", f"{held:,} / {again:,}"),
        ("memory of the process", f"{memory:,.0f} MB"),
        ("decided over HTTP in batches", f"{(given.events + given.tail) / took:,.0f}/s"),
        (f"from start to ready, {given.tail:,} events of log replayed", f"{away:.1f} s"),
        ("the same as CPU time, which other load lengthens less", f"{spent:.1f} s"),
    ]
    print_table("Restart after kill −9", ("what", "figure"), rows)


if __name__ == "__main__":
    main()
