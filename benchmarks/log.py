"""Cost of the decision log: encoding, appending, group commit, reading back.

Run: `python -m benchmarks.log [folder]`; the folder decides which disk is measured (default: the working folder).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from anxin.engine.log.closing import Closing
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import DecisionRecord, Kind, body_digest, encode_record
from anxin.engine.log.verify import verify_log
from anxin.engine.log.writer import LogWriter

SHOP = "bench"
EVENT = (
    b'{"event_id":"bench-000000001","event_type":"payment.attempt","occurred_at":1760000000000,"user_id":"u-8812",'
    b'"device_id":"d-51f0c3","ip":"203.0.113.7","amount_minor":12900,"currency":"CNY","card_bin":"622202",'
    b'"card_token":"tok_93hf83hf","merchant_id":"m-77","shipping_city":"Hangzhou","channel":"app"}'
)
ANSWER = (
    '{"event_id":"bench-000000001","seq":1,"verdict":"review","score":61.5,"reasons":[{"rule":"card_testing",'
    '"severity":2,"verdict":"review","text":{"zh":"同一设备短时间内多次试卡","en":"many cards on one device"}}],'
    '"flags":[],"policy":"starter@1","model":"events@1","degraded":[]}'
).encode()
RECORD = DecisionRecord(
    received_at=1_760_000_000_000,
    event_id="bench-000000001",
    event_type="payment.attempt",
    event=EVENT,
    digest=body_digest(EVENT),
    answer=ANSWER,
    vector=[3, 12900, 0.25, None, True] * 8,
    policy="starter@1",
    model="events@1",
    control_seq=12,
    caller="k1",
    took_us=312,
)
RECORDS = 100_000
BATCHES = (1, 16, 64, 256)
COMMITS = 300


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return (wall seconds, CPU seconds) of one run."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def row(name: str, count: int, seconds: tuple[float, float]) -> None:
    """Print one measurement of `count` records."""
    wall, cpu = (each / count * 1e6 for each in seconds)
    print(f"{name:<34}{wall:>10.2f} µs{cpu:>10.2f} µs CPU{1e6 / wall:>14,.0f} /s")


def measure_appends(writer: LogWriter) -> None:
    """Measure what the event loop pays for a record."""

    def encode() -> None:
        for _ in range(RECORDS):
            encode_record(RECORD)

    def append() -> None:
        for _ in range(RECORDS):
            writer.append(Kind.DECISION, encode_record(RECORD), 1)

    row("encode", RECORDS, timed(encode))
    row("encode + frame + encrypt", RECORDS, timed(append))
    row("commit of all that, per record", RECORDS, timed(writer.commit))


def measure_commits(writer: LogWriter) -> None:
    """Measure a durable record at several batch sizes."""
    for batch in BATCHES:

        def commits(batch: int = batch) -> None:
            for _ in range(COMMITS):
                for _ in range(batch):
                    writer.append(Kind.DECISION, encode_record(RECORD), 1)
                writer.commit()

        row(f"append + commit, batch {batch}", COMMITS * batch, timed(commits))


def measure_reading(folder: Path, ring: FileKeyRing, count: int) -> None:
    """Measure reading, verifying and compressing `count` records."""

    def read() -> None:
        for _ in LogReader(folder, ring).records():
            pass

    row("read, live segments", count, timed(read))
    row("verify", count, timed(lambda: verify_log(folder, ring)))
    row("compress", count, timed(lambda: Closing(folder, SHOP, ring).compress()))
    row("read, compressed", count, timed(read))


def main() -> None:
    """Print one table."""
    root = Path(tempfile.mkdtemp(dir=sys.argv[1] if len(sys.argv) > 1 else "."))
    try:
        ring = FileKeyRing(root / "master.key")
        writer = LogWriter.open(root / "log", SHOP, ring, 1)
        print(f"record: {len(encode_record(RECORD))} bytes")
        measure_appends(writer)
        measure_commits(writer)
        writer.close()
        size = sum(path.stat().st_size for path in (root / "log").glob("*.seg"))
        measure_reading(root / "log", ring, writer.durable_seq)
        small = sum(path.stat().st_size for path in (root / "log").glob("*.seg*"))
        print(f"bytes a record: {size / writer.durable_seq:.0f} live, {small / writer.durable_seq:.0f} compressed")
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
