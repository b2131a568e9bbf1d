"""How long from a decision that raises an alert until its incident is on an open screen: a whole installation.

`python -m benchmarks.incident_arrival [--postgresql]`. The demonstration runs with its traffic. The message says that
somebody may harm themselves, an L1: the first one opens an incident, the others fold into it, which goes the same way.
The screen listens to the live stream and asks for the incident it is told about, as the queue does; it has arrived when
the person of the decision stands in it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.freeze import Night, _postgresql
from benchmarks.tables import print_table

RUNS = 20
PATIENCE_SECONDS = 30.0


class Screen:
    """An open screen: hears of changes and fetches what it was told about."""

    def __init__(self, browser: httpx.Client) -> None:
        self._browser = browser
        self._arrived: dict[str, float] = {}
        self._is_open = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        assert self._is_open.wait(PATIENCE_SECONDS)

    def wait_for(self, user: str) -> float:
        """Return the moment at which the user stood on the screen."""
        until = time.perf_counter() + PATIENCE_SECONDS
        while user not in self._arrived:
            assert time.perf_counter() < until, "it never came"
            time.sleep(0.002)
        return self._arrived[user]

    def _listen(self) -> None:
        # The stream ends when the desk does.
        with (
            contextlib.suppress(httpx.HTTPError),
            self._browser.stream("GET", "/live/?topics=incidents", timeout=None) as stream,
        ):
            for kind, object_id in _events(stream):
                if kind == "hello":
                    self._is_open.set()
                elif object_id:
                    self._look(object_id)

    def _look(self, incident_id: str) -> None:
        found = self._browser.get(f"/api/v1/incidents/{incident_id}")
        if found.status_code != 200:
            return
        for each in found.json()["parties"]:
            self._arrived.setdefault(each["entity_key"], time.perf_counter())


def _events(stream: httpx.Response) -> Iterator[tuple[str, str]]:
    kind = ""
    for line in stream.iter_lines():
        if line.startswith("event: "):
            kind = line[7:]
        elif line.startswith("data: "):
            yield kind, json.loads(line[6:])["object_id"]


def measure(url: str = "") -> list[float]:
    """Return the lapses in ms on SQLite, or on the PostgreSQL at `url`; the first one opened its incident."""
    with tempfile.TemporaryDirectory() as folder:
        night = Night(Path(folder), url)
        try:
            screen = Screen(night.browser)
            return [_run(night, screen, number) for number in range(RUNS)]
        finally:
            night.stop()


def _run(night: Night, screen: Screen, number: int) -> float:
    user = f"u-arrival-{number}"
    given = {
        "event_id": f"{user}-{time.time_ns()}",
        "event_type": "message.sent",
        "occurred_at": int(time.time() * 1000),
        "actor_id": user,
        "self_harm": True,
        "threat": False,
    }
    decided = night.gateway.post("/v1/decisions", json=given).json()
    begun = time.perf_counter()
    assert decided["verdict"] == "review", decided
    lapse = (screen.wait_for(user) - begun) * 1e3
    time.sleep(0.3)
    return lapse


def main() -> None:
    """Print one line for each database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL too")
    databases, server, rows = {"SQLite": ""}, None, []
    with tempfile.TemporaryDirectory() as folder:
        if parser.parse_args().postgresql:
            server = _postgresql(Path(folder))
            databases["PostgreSQL"] = server.get_uri()
        for name, url in databases.items():
            lapses = measure(url)
            cuts = statistics.quantiles(lapses, n=20)
            figures = (lapses[0], cuts[9], cuts[18], max(lapses))
            rows.append((name, *(f"{each:.0f} ms" for each in figures)))
        if server is not None:
            server.cleanup()
    columns = ("database", "the first, opened", "p50", "p95", "worst")
    print_table(f"Decision → incident on an open screen, {RUNS} alerts", columns, rows)


if __name__ == "__main__":
    main()
