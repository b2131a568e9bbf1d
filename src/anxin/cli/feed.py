"""Send simulated traffic to a running gateway, as a platform's services would."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator

import msgspec

from anxin.simulator.labelled import Labelled
from anxin.simulator.retiming import retimed
from anxin.simulator.simulator import Simulator, Surroundings

EVENING_MS = 19 * 3_600_000
DAY_MS = 86_400_000
DAILY_EVENTS = 700_000
USERS = 8_000
RETRY_SECONDS = 1.0


def evening_traffic(seed: int, start: int, *, daily_events: int = DAILY_EVENTS) -> Iterator[Labelled]:
    """Yield a busy evening of a shop, moved so that its first delivery arrives at `start` (ms UTC)."""
    surroundings = Surroundings(daily_events=daily_events, users=USERS)
    evening = start - start % DAY_MS + EVENING_MS - 8 * 3_600_000
    simulator = Simulator(seed, start_at=evening, days=2.0, attack_share=0.08, surroundings=surroundings)
    return retimed(simulator.stream(), start)


class Feed:
    """Posts each delivery when it is due, in a thread of its own; a refused or lost one is sent again."""

    def __init__(self, port: int, api_key: str, seed: int) -> None:
        self.sent = 0
        self.refused = 0
        self._port = port
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        self._seed = seed
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
        for item in evening_traffic(self._seed, time.time_ns() // 1_000_000):
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
