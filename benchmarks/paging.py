"""How long from an incident of level 1 until its page is at the provider: a whole installation, by HTTP.

`python -m benchmarks.paging [--postgresql]`. The demonstration runs with its traffic; a provider stands on loopback,
and the organisation's channel leads there. Incidents are opened by hand one after the other, the first one as soon as
the desk answers. The page has arrived when the provider has its message with the incident's number.
"""

from __future__ import annotations

import argparse
import http.server
import json
import os
import re
import statistics
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.freeze import Night, _postgresql
from benchmarks.tables import print_table

RUNS = 20
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.5
_NUMBER = re.compile(r"#(\d+)")


class Provider(http.server.ThreadingHTTPServer):
    """Takes every message and notes when it first came, by the incident's number."""

    def __init__(self) -> None:
        self.came: dict[int, float] = {}
        super().__init__(("127.0.0.1", 0), _Taking)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def wait_for(self, number: int) -> float:
        """Return the moment at which a message about an incident came."""
        until = time.perf_counter() + PATIENCE_SECONDS
        while number not in self.came:
            assert time.perf_counter() < until, "it never came"
            time.sleep(0.002)
        return self.came[number]


class _Taking(http.server.BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        moment = time.perf_counter()
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if found := _NUMBER.search(told["title"]):
            self.server.came.setdefault(int(found[1]), moment)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def measure(url: str = "") -> list[float]:
    """Return the lapses in seconds on SQLite, or on the PostgreSQL at `url`, in the order in which they were run."""
    inner = {"ANXIN_DESK_WEBHOOK_NETWORKS": "127.0.0.0/8"}
    provider = Provider()
    with tempfile.TemporaryDirectory() as folder:
        night = Night(Path(folder), url, login="lead", settings=inner)
        try:
            address = f"http://127.0.0.1:{provider.server_address[1]}/hook"
            form = {"kind": "hook", "name": "bench", "owner": "organisation", "address": address}
            token = night.token("/notices/channels/")
            answer = night.browser.post("/notices/channels/open/", data=form | {"csrfmiddlewaretoken": token})
            assert answer.status_code == 200, answer.text
            return [_run(night, provider, token, number) for number in range(RUNS)]
        finally:
            night.stop()
            provider.shutdown()
            provider.server_close()


def _run(night: Night, provider: Provider, token: str, number: int) -> float:
    named = {"role": "victim", "kind": "user", "value": f"u-page-{number}"}
    body = {"kind": "account_takeover", "level": 1, "entities": [named]}
    begun = time.perf_counter()
    answer = night.browser.post("/api/v1/incidents", json=body, headers={"X-CSRFToken": token})
    assert answer.status_code == 201, answer.text
    lapse = provider.wait_for(answer.json()["number"]) - begun
    time.sleep(PAUSE_SECONDS)
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
            rows.append((f"{name}, load {os.getloadavg()[0]:.1f}", *(f"{each:.2f} s" for each in figures)))
        if server is not None:
            server.cleanup()
    columns = ("database", "the first", "p50", "p95", "worst")
    print_table(f"Incident opened → page at the provider, {RUNS} runs", columns, rows)


if __name__ == "__main__":
    main()
