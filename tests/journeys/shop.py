"""A shop's side of the gateway: a small policy, events, and calls over real sockets."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.serving import Served

from tests.journeys.patience import PATIENCE_SECONDS

_count = itertools.count(1)

POLICY = Path(__file__).with_name("shop_policy")


def new_id() -> str:
    """Return an event id no other test uses."""
    return f"e-{next(_count)}-{time.time_ns()}"


def payment(user: str = "u1", **fields: object) -> dict[str, Any]:
    """Return a payment of this moment; a field given as None is left out."""
    event = {
        "event_id": new_id(),
        "event_type": "payment.attempted",
        "occurred_at": time.time_ns() // 1_000_000,
        "actor_id": user,
        "device_id": f"d-{user}",
        "amount": 1000,
        "currency": "CNY",
    }
    return {name: value for name, value in (event | fields).items() if value is not None}


@dataclass(frozen=True)
class Answer:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The problem's code, empty for other answers."""
        found = self.json
        return str(found.get("code", "")) if isinstance(found, dict) else ""


class Shop:
    """Calls one gateway with one key."""

    def __init__(self, served: Served, key: str | None = None) -> None:
        self.served = served
        self.key = key or served.key

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str | None) -> Answer:
        """Make one call on a connection of its own; a header given as None is left out, `_` stands for `-`."""
        given = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        given |= {name.replace("_", "-").title(): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, {name: value for name, value in given.items() if value is not None})
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, named, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str | None) -> Answer:
        """Read something."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: object, **headers: str | None) -> Answer:
        """Send JSON, or bytes as they are."""
        return self.call("POST", path, body if isinstance(body, bytes) else json.dumps(body).encode(), **headers)

    def decide(self, event: dict[str, Any], query: str = "") -> Any:
        """Send an event and return its decision."""
        answer = self.post(f"/v1/decisions{query}", event)
        assert answer.status == 200, answer.body
        return answer.json

    def raw(self, *parts: bytes, pause: float = 0.0) -> bytes:
        """Send bytes as they are and return all that comes until the gateway closes, be it before all is sent."""
        received = b""
        with socket.create_connection(("127.0.0.1", self.served.port), timeout=PATIENCE_SECONDS) as connection:
            with contextlib.suppress(ConnectionError):
                for part in parts:
                    connection.sendall(part)
                    time.sleep(pause)
            with contextlib.suppress(ConnectionError):
                while block := connection.recv(65_536):
                    received += block
        return received

    def stored(self) -> int:
        """Return the last sequence number of the log."""
        for line in self.get("/metrics", authorization=None).body.decode().splitlines():
            if line.startswith("anxin_log_seq"):
                return int(float(line.rsplit(" ", 1)[1]))
        raise AssertionError("no anxin_log_seq")


def overdraw(caller: Shop) -> None:
    """Use up the rate of a key of one call a second for a quarter of an hour, so that no pace makes up for it."""
    # A batch passes whole once the bucket is full; the second attempt comes late enough or is one too many.
    for _ in range(2):
        caller.post("/v1/decisions:batch", [payment("overdraw") for _ in range(1000)])


def contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield the files below a folder and what they hold; what a running program takes away meanwhile is gone."""
    for place, _, names in os.walk(folder):
        for path in (Path(place, name) for name in sorted(names)):
            try:
                body = path.read_bytes()
            except FileNotFoundError:
                continue
            yield path, body


def journal(data: Path) -> list[dict[str, Any]]:
    """Return what a gateway noted so far; a line on its way to the file may be there in part."""
    written = (data / "output.txt").read_bytes()
    whole = written[: written.rfind(b"\n") + 1].decode()
    return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]
