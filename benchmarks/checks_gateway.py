"""What checks cost the gateway: memory, time of calls and filled events, and what others feel meanwhile.

Run: python -m benchmarks.checks_gateway (about half a minute).
"""

from __future__ import annotations

import http.client
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from anxin.starter.folder import starter_folder
from benchmarks.serving import Served, serve_gateway

Post = Callable[[str, dict[str, Any]], bytes]
SCAM = "您好，我是京东客服，您购买的商品有质量问题，加微信 abc12345 理赔，点击 http://jd-lipei.example/ 填写银行卡。"


def memory_mb(pid: int, what: str = "VmRSS") -> float:
    """Return a process's memory in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1024


def caller(served: Served) -> Post:
    """Return a call on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    headers = {"Authorization": f"Bearer {served.key}", "Content-Type": "application/json"}

    def post(path: str, body: dict[str, Any]) -> bytes:
        connection.request("POST", path, json.dumps(body).encode(), headers)
        return connection.getresponse().read()

    return post


def event(event_type: str, **fields: object) -> dict[str, Any]:
    """Return an event of this moment."""
    now = time.time_ns()
    return {
        "event_id": f"b{now}",
        "event_type": event_type,
        "occurred_at": now // 1_000_000,
        "actor_id": "u1",
        **fields,
    }


def say(post: Post, text: str) -> bytes:
    """Send a message event with a text."""
    return post("/v1/decisions", event("message.sent", text=text))


def measure(name: str, call: Callable[[], object], count: int) -> None:
    """Print median, 99th percentile and longest of many calls, in ms."""
    took = []
    for _ in range(count):
        started = time.perf_counter()
        call()
        took.append((time.perf_counter() - started) * 1e3)
    took.sort()
    print(f"{name:34}{took[count // 2]:10.2f}{took[int(count * 0.99)]:10.2f}{took[-1]:10.2f}")


@contextmanager
def beside(served: Served, text: str, callers: int) -> Iterator[None]:
    """Send long texts from other connections meanwhile."""
    is_over = threading.Event()

    def send() -> None:
        post = caller(served)
        while not is_over.is_set():
            post("/v1/checks/text", {"text": text})

    threads = [threading.Thread(target=send) for _ in range(callers)]
    for each in threads:
        each.start()
    yield
    is_over.set()
    for each in threads:
        each.join()


def worker_pid(data: Path) -> int:
    """Return the check worker's process id, as the journal tells it."""
    lines = (data / "output.txt").read_text(encoding="utf-8").splitlines()
    return int([json.loads(line)["pid"] for line in lines if '"checks.ready"' in line][-1])


def main() -> None:
    """Run everything and print it."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with serve_gateway(data, starter_folder(), decision_budget_ms=60_000) as served:
            run(served, data)


def run(served: Served, data: Path) -> None:
    """Measure one gateway."""
    post = caller(served)
    print(f"gateway at rest, MB: {memory_mb(served.pid):.0f}")
    print(f"{'ms':34}{'median':>10}{'p99':>10}{'max':>10}")
    measure("login", lambda: post("/v1/decisions", event("account.login")), 400)
    measure("first message (starts the worker)", lambda: post("/v1/decisions", event("message.sent", text="您好")), 1)
    for text, count in (("您好，这件什么时候发货？", 300), (SCAM, 300), ((SCAM * 80)[:4000], 60)):
        send = partial(say, post, text)
        measure(f"message of {len(text)} characters", send, count)
    measure("check link", lambda: post("/v1/checks/link", {"link": "http://taoba0.com/login"}), 200)
    measure("check phone", lambda: post("/v1/checks/phone", {"phone": "17012345678"}), 200)
    measure("check text of 60 characters", lambda: post("/v1/checks/text", {"text": SCAM}), 200)
    with beside(served, SCAM * 300, 3):
        measure("login beside texts of 18 000", lambda: post("/v1/decisions", event("account.login")), 400)
    with beside(served, "a" * 1_000_000, 2):
        measure("login beside bodies of 1 MB", lambda: post("/v1/decisions", event("account.login")), 400)
    pid = worker_pid(data)
    print(f"gateway, MB: {memory_mb(served.pid):.0f} (peak {memory_mb(served.pid, 'VmHWM'):.0f})")
    print(f"check worker, MB: {memory_mb(pid):.0f} (peak {memory_mb(pid, 'VmHWM'):.0f})")


if __name__ == "__main__":
    main()
