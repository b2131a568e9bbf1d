"""Kill a loaded gateway at random moments, and prove that nothing acknowledged was lost and nothing counted twice.

In every other round a policy with other features is published under the load.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import DecisionRecord, Kind, decode_record
from anxin.engine.log.writer import LogWriter
from anxin.gateway.control import ControlWriter, open_control
from anxin.gateway.event_index import EventIndex
from anxin.gateway.organisation import Folders
from anxin.gateway.policies import PUBLISH
from anxin.gateway.restore import Maker, Restore
from benchmarks.gateway import write_policy
from benchmarks.serving import Served, start_gateway
from benchmarks.workload import changed_files, payment_bodies

ORGANISATION = "demo"
FIRST_ANSWERS = 30


@dataclass
class Ledger:
    """What a client knows: the answer of each acknowledged event, and the events sent without an answer."""

    acknowledged: dict[str, bytes] = field(default_factory=dict)
    open: dict[str, bytes] = field(default_factory=dict)


class Sender(asyncio.Protocol):
    """One connection with a few requests in the pipe; writes down what it sent and what it was answered."""

    def __init__(self, bodies: list[bytes], head: bytes, ledger: Ledger, *, depth: int) -> None:
        self._bodies = bodies
        self._head = head
        self._ledger = ledger
        self._depth = depth
        self._sent: list[str] = []
        self._rest = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]  # asyncio hands out both kinds
        for _ in range(self._depth):
            self._send()

    def _send(self) -> None:
        if not self._bodies:
            if not self._sent:
                self._transport.close()
            return
        body = self._bodies.pop()
        event_id = json.loads(body)["event_id"]
        self._sent.append(event_id)
        self._ledger.open[event_id] = body
        self._transport.write(self._head % len(body) + body)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            place = self._rest.find(b"content-length: ") + 16
            whole = end + 4 + int(self._rest[place : self._rest.find(b"\r", place)])
            if len(self._rest) < whole:
                return
            answer, is_ok = self._rest[end + 4 : whole], self._rest.startswith(b"HTTP/1.1 200")
            self._rest = self._rest[whole:]
            event_id = self._sent.pop(0)
            if is_ok:
                self._ledger.acknowledged[event_id] = answer
                del self._ledger.open[event_id]
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def send(served: Served, bodies: list[bytes], ledger: Ledger, *, kill_after: float | None) -> None:
    """Send bodies over 16 connections until they are used up, or until the gateway is killed.

    That happens `kill_after` seconds after the first answers, however slow the machine is to give them.
    """
    head = (
        b"POST /v1/decisions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer " + served.key.encode() + b"\r\nContent-Length: %d\r\n\r\n"
    )
    loop = asyncio.get_running_loop()
    senders = [Sender(bodies, head, ledger, depth=4) for _ in range(16)]
    for sender in senders:
        await loop.create_connection(lambda sender=sender: sender, "127.0.0.1", served.port)  # type: ignore[misc]
    if kill_after is not None:
        while len(ledger.acknowledged) < FIRST_ANSWERS and not senders[0].done.done():
            await asyncio.sleep(0.001)
        loop.call_later(kill_after, served.kill)
    await asyncio.gather(*(sender.done for sender in senders))
    if kill_after is not None:
        # All was answered before the moment came.
        served.kill()


def publish(data: Path, number: int) -> None:
    """Order a policy that changes every stream; it takes effect a little later, or after the next start."""
    body = {"files": changed_files(number % 3), "role": "live", "share_permille": 0}
    table = open_control(f"sqlite:///{data / 'control.sqlite3'}")
    ControlWriter(table).append(ORGANISATION, PUBLISH, body, at=time.time_ns() // 1_000_000)
    table.close()


def logged(data: Path) -> dict[str, list[tuple[int, bytes]]]:
    """Return what the log holds of each event id: sequence numbers and answers."""
    ring = FileKeyRing(data / "master.key")
    found: dict[str, list[tuple[int, bytes]]] = {}
    for seq, kind, payload in LogReader(_folders(data).log, ring, organisation=ORGANISATION).records():
        if kind == Kind.DECISION:
            record = decode_record(kind, payload)
            assert isinstance(record, DecisionRecord)
            found.setdefault(record.event_id, []).append((seq, record.answer))
    return found


def state_digest(data: Path, *, use_snapshots: bool) -> tuple[bytes, int]:
    """Return the digest of the state restored from disk, and the snapshot's seq it began with (0: from nothing)."""
    ring, folders = FileKeyRing(data / "master.key"), _folders(data)
    writer = LogWriter.open(folders.log, ORGANISATION, ring, time.time_ns() // 1_000_000)
    last_seq = writer.last_seq
    writer.close()
    with tempfile.TemporaryDirectory() as scratch:
        index = EventIndex(Path(scratch), folders.log, key=bytes(32))
        restore = Restore(
            folders, Maker(ORGANISATION, ring, None, 50_000), index, last_seq=last_seq, checks_answers=True
        )
        for _ in restore.run(use_snapshots=use_snapshots):
            pass
    assert restore.state is not None
    assert restore.tally.differing == 0, "a replayed decision differs from the one that was answered"
    return restore.state.digest(), restore.snapshot_seq


def _folders(data: Path) -> Folders:
    return Folders(data / "organisations" / ORGANISATION)


@dataclass
class Findings:
    """What a crash run found; `seconds` by what they were spent on."""

    kills: int = 0
    acknowledged: int = 0
    unanswered_but_stored: int = 0
    snapshots_used: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def spending(self, what: str) -> Iterator[None]:
        """Add the wall-clock time of a block."""
        started = time.monotonic()
        yield
        self.seconds[what] = self.seconds.get(what, 0.0) + time.monotonic() - started


class CrashRun:
    """Kills, restarts and checks over one data folder; `draw` decides when."""

    def __init__(self, data: Path, policy: Path, draw: random.Random, *, longest: float, events: int) -> None:
        self._data = data
        self._policy = policy
        self._draw = draw
        self._longest = longest
        self._bodies = payment_bodies(events, users=2_000)[::-1]
        self._key = ""
        self.findings = Findings()
        self._total = Ledger()

    def round(self) -> None:
        """Load, kill at a random moment, and check what is on disk; raise AssertionError with what is wrong."""
        found, ledger = self.findings, Ledger()
        with found.spending("start"):
            served = self._start()
        if found.kills % 2:
            publish(self._data, found.kills)
        with found.spending("load"):
            uvloop.run(send(served, self._bodies, ledger, kill_after=self._draw.uniform(0.05, self._longest)))
        found.kills += 1
        with found.spending("check"):
            self._check(ledger, logged(self._data))
        with found.spending("replay"):
            full, _ = state_digest(self._data, use_snapshots=False)
            quick, snapshot_seq = state_digest(self._data, use_snapshots=True)
        assert full == quick, "the state from the snapshot differs from a replay from nothing"
        found.snapshots_used += bool(snapshot_seq)
        # What was never answered is sent again, as a careful client does.
        self._bodies.extend(ledger.open.values())

    def _start(self) -> Served:
        served = start_gateway(self._data, self._policy, snapshot_events=300, segment_bytes=2_097_152)
        served.key = self._key = served.key or self._key
        return served

    def _check(self, ledger: Ledger, stored: dict[str, list[tuple[int, bytes]]]) -> None:
        self._total.acknowledged |= ledger.acknowledged
        twice = [event_id for event_id, places in stored.items() if len(places) > 1]
        assert not twice, f"stored twice: {twice[:3]}"
        lost = [event_id for event_id in self._total.acknowledged if event_id not in stored]
        assert not lost, f"acknowledged and lost: {len(lost)}, first {lost[:3]}"
        for event_id, answer in ledger.acknowledged.items():
            kept = stored[event_id][0][1]
            assert answer in (kept, kept[:-1] + b',"duplicate":true}'), f"answered otherwise than stored: {event_id}"
        self.findings.acknowledged = len(self._total.acknowledged)
        self.findings.unanswered_but_stored += sum(event_id in stored for event_id in ledger.open)


def run(kills: int, seed: int, *, longest: float) -> Findings:
    """Do `kills` rounds of at most `longest` seconds over one data folder; raise AssertionError at what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        policy = write_policy(Path(folder) / "policy", 50)
        rounds = CrashRun(
            Path(folder) / "data", policy, random.Random(seed), longest=longest, events=int(kills * longest * 12_000)
        )
        for _ in range(kills):
            rounds.round()
        return rounds.findings


def main() -> None:
    """Run from the command line: `--kills` times, one line of JSON at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=0.6)
    given = parser.parse_args()
    findings = run(given.kills, given.seed, longest=given.longest)
    seconds = {what: round(spent) for what, spent in findings.seconds.items()}
    sys.stdout.write(json.dumps(findings.__dict__ | {"seconds": seconds}) + "\n")


if __name__ == "__main__":
    main()
