"""A newcomer starts everything, watches, sends an event of her own, stops, and finds it again."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.serving import free_port

from tests.journeys.patience import PATIENCE_SECONDS


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.headers["Location"]


class Running:
    def __init__(self, process: subprocess.Popen[bytes], output: Path, port: int) -> None:
        self.process, self.output, self.port = process, output, port

    def text(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, pattern: str) -> re.Match[str]:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            found = re.search(pattern, self.text())
            if found:
                return found
            assert self.process.poll() is None, self.text()
            time.sleep(0.1)
        raise AssertionError(f"{pattern} did not come in {self.text()}")

    def call(self, method: str, path: str, key: str, body: object = None) -> tuple[int, dict[str, object]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        return response.status, answer

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def running(data: Path, name: str) -> Iterator[Running]:
    port, desk_port = free_port(), free_port()
    output = data.parent / f"{name}.out"
    command = [sys.executable, "-m", "anxin.cli", "up", "--demo", "--demo-minutes", "1", "--data", str(data)]
    command += ["--gateway-port", str(port), "--desk-port", str(desk_port)]
    with output.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    try:
        yield Running(process, output, port)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_SECONDS)


def test_first_evening_with_anxin(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, "first") as first:
        key = first.wait_for(r"API key\s+(ax_\S+)")[1]
        first.wait_for(r"curl -s http://127\.0\.0\.1:\d+/v1/decisions")
        first.wait_for(r"allow [1-9]\d*")
        own = {"event_id": "mine-1", "event_type": "account.login", "occurred_at": int(time.time() * 1000)}
        status, answer = first.call("POST", "/v1/decisions", key, own | {"actor_id": "u1", "device_id": "d1"})
        assert (status, answer["event_id"], answer["policy"]) == (200, "mine-1", "starter@2026.11.1")
        desk = first.wait_for(r"desk\s+http://127\.0\.0\.1:(\d+)")[1]
        assert get(int(desk), "/") == (302, "/accounts/login/?next=%2F")
        assert first.stop() == 0
        assert "Stopped cleanly" in first.text()
    with running(data, "second") as second:
        assert second.wait_for(r"API key\s+(ax_\S+)")[1] == key
        status, stored = second.call("GET", "/v1/decisions/mine-1", key)
        assert (status, stored["seq"]) == (200, answer["seq"])
        assert second.stop() == 0
    assert (data / "demo.key").stat().st_mode & 0o077 == 0


def test_gateway_that_cannot_start_is_told_and_ends_with_1(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "anxin.cli", "up", "--demo", "--data", str(tmp_path)]
        command += ["--gateway-port", port, "--desk-port", str(free_port())]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert done.returncode == 1
    assert "gateway did not start" in done.stdout
