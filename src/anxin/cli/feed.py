"""Send simulated traffic to a running gateway, as a platform's services would."""

from __future__ import annotations

import http.client
import threading
import time

import msgspec

from anxin.simulator.retiming import retimed
from anxin.simulator.simulator import Simulator, Surroundings

DAILY_EVENTS = 2_000_000
USERS = 8_000
MINUTE_MS = 60_000
ATTACK_SHARE = 0.1
RETRY_SECONDS = 1.0


def demonstration(seed: int, start: int) -> Simulator:
    """Return a small, steadily busy shop from `start` (ms UTC) on, under far more attacks than real ones see."""
    surroundings = Surroundings(daily_events=DAILY_EVENTS, users=USERS, is_steady=True)
    return Simulator(seed, start_at=start, days=2.0, attack_share=ATTACK_SHARE, surroundings=surroundings)


class Feed:
    """Posts each delivery when it is due, in a thread of its own; a refused or lost one is sent again.

    The stream began `minutes` ago: what is already due goes out at once, so that there is history from the start.
    """

    def __init__(self, port: int, api_key: str, simulator: Simulator, *, minutes: int) -> None:
        self.sent = 0
        self.refused = 0
        self._port = port
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        self._simulator = simulator
        self._head_start_ms = minutes * MINUTE_MS
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demonstration traffic", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """End within a second or two."""
        self._ended.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        for item in retimed(self._simulator.stream(), time.time_ns() // 1_000_000 - self._head_start_ms):
            due_seconds = item.arrival_at / 1000 - time.time()
            if due_seconds > 0 and self._ended.wait(due_seconds):
                break
            if self._ended.is_set():
                break
            self._post(connection, msgspec.json.encode(item.event))
        connection.close()

    def _post(self, connection: http.client.HTTPConnection, body: bytes) -> None:
        while not self._ended.is_set():
            try:
                connection.request("POST", "/v1/decisions", body, self._headers)
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                self._ended.wait(RETRY_SECONDS)
                continue
            if response.status not in (429, 503):
                self.sent += 1
                self.refused += response.status != 200
                return
            self._ended.wait(RETRY_SECONDS)
