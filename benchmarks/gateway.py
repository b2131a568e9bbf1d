"""Durable decisions a second over HTTP: one gateway worker on one core, 64 keep-alive connections on the other."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from benchmarks.serving import Served, serve_gateway
from benchmarks.workload import payment_bodies, policy_files


@dataclass
class Load:
    """What a run of the load generator saw: answers, other statuses, and seconds of each answer."""

    answers: int = 0
    refused: int = 0
    waits: list[float] = field(default_factory=list)

    def share(self, permille: int) -> float:
        """Return a percentile of the waits in milliseconds."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, len(ordered) * permille // 1000)] * 1000


class Client(asyncio.Protocol):
    """One keep-alive connection that always has one request under way."""

    def __init__(self, bodies: list[bytes], head: bytes, load: Load, until: float) -> None:
        self._bodies = bodies
        self._head = head
        self._load = load
        self._until = until
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]  # asyncio hands out both kinds
        self._rest = b""
        self._send()

    def _send(self) -> None:
        now = time.perf_counter()
        if now >= self._until or not self._bodies:
            self._transport.close()
            return
        body = self._bodies.pop()
        self._sent = now
        self._transport.write(self._head % len(body) + body)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        end = self._rest.find(b"\r\n\r\n")
        if end < 0:
            return
        place = self._rest.find(b"content-length: ") + 16
        length = int(self._rest[place : self._rest.find(b"\r", place)])
        if len(self._rest) < end + 4 + length:
            return
        self._load.waits.append(time.perf_counter() - self._sent)
        if self._rest.startswith(b"HTTP/1.1 200"):
            self._load.answers += 1
        else:
            self._load.refused += 1
        self._rest = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def run_load(served: Served, bodies: list[bytes], *, connections: int, seconds: float) -> Load:
    """Send bodies over some connections for some seconds."""
    head = (
        b"POST /v1/decisions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer " + served.key.encode() + b"\r\nContent-Length: %d\r\n\r\n"
    )
    load, loop = Load(), asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    clients = [Client(bodies, head, load, until) for _ in range(connections)]
    for client in clients:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", served.port)  # type: ignore[misc]
    await asyncio.gather(*(client.done for client in clients))
    return load


def cpu_seconds(pid: int) -> float:
    """Return the CPU time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def gauge(scrape: str, name: str) -> float:
    """Return the value of a gauge that stands once in a scrape."""
    line = next(each for each in scrape.splitlines() if each.startswith(f"{name}{{"))
    return float(line.rsplit(" ", 1)[1])


def write_policy(folder: Path, rules: int) -> Path:
    """Write the workload's policy as a folder."""
    for name, text in policy_files(rules).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def main() -> None:
    """Run the benchmark and print one line of figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--rules", type=int, default=50)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        policy = write_policy(Path(folder) / "policy", given.rules)
        with serve_gateway(Path(folder) / "data", policy, cpu=0) as served:
            idle = resident_mb(served.pid)
            os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
            bodies = payment_bodies(int(given.seconds * 25_000))[::-1]
            uvloop.run(run_load(served, bodies[-5000:], connections=8, seconds=1.0))
            del bodies[-5000:]
            started, cpu = time.perf_counter(), cpu_seconds(served.pid)
            load = uvloop.run(run_load(served, bodies, connections=given.connections, seconds=given.seconds))
            wall, cpu = time.perf_counter() - started, cpu_seconds(served.pid) - cpu
            scrape = urllib.request.urlopen(f"http://127.0.0.1:{served.port}/metrics").read().decode()
            figures = {
                "decisions_per_second": round(load.answers / wall),
                "refused": load.refused,
                "p50_ms": round(load.share(500), 2),
                "p99_ms": round(load.share(990), 2),
                "max_ms": round(load.share(1000), 2),
                "server_cpu_us_per_decision": round(cpu / max(load.answers, 1) * 1e6, 1),
                "idle_mb": round(idle, 1),
                "loaded_mb": round(resident_mb(served.pid), 1),
                "decisions_per_sync": round(load.answers / max(gauge(scrape, "anxin_log_commits"), 1), 1),
            }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
