"""What publishing a policy costs decisions: a million entities, every stream changed, in the middle of load.

`python -m benchmarks.publish [--entities 1000000] [--windows-only]`. First the windows alone: the longest step that
nothing can interrupt, by processor time. Then a gateway over HTTP: the longest wait of a client for an answer.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Thread

import uvloop

from anxin.engine.windows.choice import new_windows
from anxin.engine.windows.contract import Place, Windows
from anxin.engine.windows.plan import DAY_MS, Aggregate, ColumnKind, FeatureSpec, ReaderSpec, StreamSpec, WindowPlan
from anxin.gateway.control import ControlWriter, open_control
from benchmarks.gateway import cpu_seconds, resident_mb, run_load, write_policy
from benchmarks.restart import entities, send
from benchmarks.serving import Served, start_gateway
from benchmarks.tables import print_table
from benchmarks.workload import changed_files, payment_bodies, payments

KEY = bytes(range(16))
START, MINUTE = 1_767_225_600_000, 60_000
CARRIED_AT_ONCE = 1000
CONNECTIONS = 4


@dataclass
class Steps:
    """Processor seconds of steps that nothing can interrupt."""

    seconds: list[float] = field(default_factory=list)

    def take(self, step: Callable[[], object]) -> object:
        """Do a step and note what it took."""
        started = time.thread_time()
        answer = step()
        self.seconds.append(time.thread_time() - started)
        return answer

    @property
    def figures(self) -> str:
        """Return the longest step and the sum."""
        return f"{max(self.seconds) * 1000:.1f} ms of {sum(self.seconds):.2f} s"


def plan_of(*, filters: tuple[str, ...], columns: tuple[str, ...], windows: tuple[int, ...]) -> WindowPlan:
    """Return counts, sums and distinct values of users over the windows."""
    spec = StreamSpec(
        ("user",), has_currency=False, filters=filters, columns=tuple((each, ColumnKind.INTEGER) for each in columns)
    )
    features = [
        FeatureSpec("f", 0, kind, number % len(filters), column, window)
        for number, window in enumerate(windows)
        for kind, column in ((Aggregate.COUNT, -1), (Aggregate.SUM, 0), (Aggregate.DISTINCT, len(columns) - 1))
    ]
    return WindowPlan((spec,), tuple(features), (ReaderSpec("event", (0,), tuple(range(len(features)))),))


def fill(plan: WindowPlan, count: int) -> Windows:
    """Return windows of `count` entities with four rows each and one with a hundred thousand."""
    windows = new_windows(plan, key=KEY)
    for at in range(4 * count + 100_000):
        user = "hot" if at >= 4 * count else f"u{at % count}"
        places: list[Place] = [user, 1 + at % 3, *(at % 97 for _ in plan.streams[0].columns)]
        windows.observe(0, START + at * (2 * DAY_MS) // (4 * count), places)
    return windows


def publishes(count: int) -> Iterator[tuple[str, str, str, str]]:
    """Yield what each publish took: name, longest adoption, longest step of carrying, memory before and at its peak."""
    week = plan_of(filters=("a", "b"), columns=("n", "m"), windows=(3 * DAY_MS, MINUTE))
    windows = fill(week, count)
    more = plan_of(filters=("b", "new", "a"), columns=("m", "x", "n"), windows=(3 * DAY_MS, MINUTE, DAY_MS))
    split = replace(week.streams[0], filters=("b", "x"))
    again = tuple(replace(each, stream=1) for each in week.features)
    twice = replace(week, streams=(*week.streams, split), features=(*week.features, *again), readers=())
    other = replace(more, streams=(replace(more.streams[0], entities=("device",)),))
    for name, plan in (("more", more), ("same again", more), ("less", week), ("twice", twice), ("dropped", other)):
        before, steps, carried = resident_mb(os.getpid()), Steps(), Steps()
        fresh = new_windows(plan, key=KEY)
        steps.take(partial(fresh.adopt, windows))
        carried.take(partial(setattr, _Holder, "windows", fresh))
        windows = fresh
        peak = before
        while carried.take(partial(windows.carry, CARRIED_AT_ONCE)):
            peak = max(peak, resident_mb(os.getpid())) if len(carried.seconds) % 50 == 0 else peak
        yield name, steps.figures, carried.figures, f"{before:,.0f} → {peak:,.0f} MB"


class _Holder:
    windows: Windows | None = None


def peak_mb(pid: int) -> float:
    """Return the largest resident memory that a process ever had, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[0]) * 1024 / 1e6


def loop_seconds(pid: int) -> float:
    """Return the processor seconds of a process's first thread, which runs its event loop."""
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


@dataclass
class Probe:
    """Asks for one decision after the other, beside the load; what each waited, and what of it the loop worked."""

    served: Served
    waits: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    is_over: bool = False

    def run(self, bodies: list[bytes]) -> None:
        """Ask until it is over."""
        connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=120)
        headers = {"Authorization": f"Bearer {self.served.key}", "Content-Type": "application/json"}
        while not self.is_over and bodies:
            started, cpu = time.perf_counter(), loop_seconds(self.served.pid)
            connection.request("POST", "/v1/decisions", bodies.pop(), headers)
            answer = connection.getresponse()
            text = answer.read()
            self.worked.append(loop_seconds(self.served.pid) - cpu)
            self.waits.append(time.perf_counter() - started)
            if answer.status != http.client.OK:
                raise RuntimeError(text[:300].decode())


def load(served: Served, bodies: list[bytes], seconds: float) -> tuple[str, ...]:
    """Send over a few connections and one probe; return the figures."""
    cpu, before = cpu_seconds(served.pid), resident_mb(served.pid)
    probe = Probe(served)
    mine = [bodies.pop() for _ in range(int(seconds * 3_000))]
    thread = Thread(target=probe.run, args=(mine,))
    thread.start()
    seen = uvloop.run(run_load(served, bodies, connections=CONNECTIONS, seconds=seconds))
    probe.is_over = True
    thread.join()
    spent, answers = cpu_seconds(served.pid) - cpu, seen.answers + len(probe.waits)
    waits = (f"{seen.share(500):.1f} / {seen.share(990):.1f} / {max(*seen.waits, *probe.waits) * 1000:.0f} ms",)
    memory = f"{before:,.0f} → {peak_mb(served.pid):,.0f} MB"
    return *waits, f"{max(probe.worked) * 1000:.1f} ms", f"{answers:,}", f"{spent:.1f} s", memory


def through_the_gateway(events: int, users: int, seconds: float) -> list[tuple[str, ...]]:
    """Return rows: quiet load, then load with a publish in its middle, twice."""
    with tempfile.TemporaryDirectory() as folder:
        policy, data = write_policy(Path(folder) / "policy", 50), Path(folder) / "data"
        served = start_gateway(
            data, policy, cpu=0, snapshot_seconds=86_400, snapshot_events=10**9, decision_budget_ms=5000
        )
        os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
        send(served, payments(events, users=users), events)
        held = entities(served)
        bodies = [each.replace(b'"e0', b'"later0') for each in payment_bodies(int(seconds * 3 * 12_000))][::-1]
        load(served, bodies, 1.0)
        rows = []
        orders = ControlWriter(open_control(f"sqlite:///{data / 'control.sqlite3'}"))
        for number in range(3):
            name = f"{held:,} entities, nothing published" if number == 0 else f"publish {number}, every stream changed"
            if number:
                body = {"files": changed_files(number), "role": "live", "share_permille": 0}
                orders.append("demo", "policy.publish", body, at=time.time_ns() // 1_000_000)
            rows.append((name, *load(served, bodies, seconds)))
        served.stop(120)
    return rows


def main() -> None:
    """Run and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entities", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--windows-only", action="store_true")
    given = parser.parse_args()
    columns = ("published plan", "adopt: longest step", "carry: longest step", "memory before → peak")
    print_table(f"Windows of {given.entities:,} entities", columns, list(publishes(given.entities)))
    if not given.windows_only:
        headings = ("over HTTP", "wait p50 / p99 / longest", "loop at work for one", "answers", "CPU", "memory → peak")
        events = given.entities * 7 // 10 // 1000 * 1000
        print_table("Publishing", headings, through_the_gateway(events, given.entities // 4, given.seconds))
    print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
