"""Follow a running gateway: its decision log, and the latency it measures."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console
from rich.live import Live

from anxin.cli.board import WORD_OF_VERDICT, Board, Latency
from anxin.engine.log.errors import LogDamaged, RecordUnknown
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import DecisionRecord, Kind, decode_record

LATENCY_METRIC = "anxin_decision_seconds"
REFRESH_SECONDS = 0.25
ASK_SECONDS = 0.1
LINES_SECONDS = 5.0
MEASURE_SECONDS = 2.0


@dataclass
class Watch:
    """Feeds a board from the log at `reader` and the metrics at `port`, until `is_over` says so."""

    board: Board
    reader: LogReader
    port: int
    _position: int = 0
    _buckets: dict[float, float] | None = None

    def follow(self, console: Console, *, is_over: Iterator[bool], lines_above: int = 0) -> None:
        """Draw until over: a live view in a terminal, plain lines elsewhere; `lines_above` of it stay in sight."""
        if console.is_terminal:
            self.board.fit(console.height - lines_above, console.width)
            with Live(console=console, refresh_per_second=8, screen=False) as live:
                for _ in self._rounds(is_over, REFRESH_SECONDS):
                    live.update(self.board.render(_now_ms()))
            return
        for _ in self._rounds(is_over, LINES_SECONDS):
            console.print(self.line(), highlight=False, soft_wrap=True)

    def line(self) -> str:
        """Return the state of the view as one plain line."""
        counts = "  ".join(f"{WORD_OF_VERDICT[word]} {self.board.verdicts[word]}" for word in WORD_OF_VERDICT)
        latency = self.board.latency
        speed = f"p50 {latency.median_ms:.1f} ms  p99 {latency.p99_ms:.1f} ms" if latency.median_ms is not None else ""
        return f"{self.board.rate(_now_ms()):.0f}/s  {speed}  {counts}"

    def _rounds(self, is_over: Iterator[bool], pause_seconds: float) -> Iterator[None]:
        """Yield when the view is due; whether it is over is asked more often, so that Ctrl-C is obeyed at once."""
        measured_at = shown_at = -LINES_SECONDS
        for over in is_over:
            at = time.monotonic()
            if over or at - shown_at >= pause_seconds:
                shown_at = at
                self.take_new()
                if at - measured_at > MEASURE_SECONDS:
                    measured_at = at
                    self.measure()
                yield
            if over:
                return
            time.sleep(ASK_SECONDS)

    def take_new(self) -> None:
        """Give the board every decision logged since the last call."""
        try:
            if self._position == 0:
                self._position = self._end()
            for seq, kind, payload in self.reader.records(self._position):
                self._position = seq + 1
                if kind == Kind.DECISION:
                    record = decode_record(kind, payload)
                    assert isinstance(record, DecisionRecord)
                    self.board.accept(record)
        except (LogDamaged, RecordUnknown, FileNotFoundError):
            # The gateway is just making its first segment, or rolling to the next one: look again in the next round.
            return

    def _end(self) -> int:
        last = self.reader.first_seq()
        for seq, _, _ in self.reader.records(last):
            last = seq + 1
        return last

    def measure(self) -> None:
        """Read the latency of the decisions since the last measure."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
            connection.close()
        except (OSError, http.client.HTTPException):
            return
        buckets = read_buckets(text)
        before = self._buckets or {}
        recent = {bound: count - before.get(bound, 0.0) for bound, count in buckets.items()}
        self._buckets = buckets
        if recent and max(recent.values()) > 0:
            self.board.latency = Latency(quantile_ms(recent, 0.5), quantile_ms(recent, 0.99))


def read_buckets(metrics: str) -> dict[float, float]:
    """Return the cumulative counts of the latency histogram by upper bound in seconds."""
    found: dict[float, float] = {}
    for family in text_string_to_metric_families(metrics):
        if family.name == LATENCY_METRIC:
            for sample in family.samples:
                if sample.name.endswith("_bucket"):
                    bound = float(sample.labels["le"])
                    found[bound] = found.get(bound, 0.0) + sample.value
    return found


def quantile_ms(cumulative: dict[float, float], share: float) -> float:
    """Return the quantile of a cumulative histogram in ms, interpolated in its bucket."""
    bounds = sorted(cumulative)
    wanted = cumulative[bounds[-1]] * share
    below, below_count = 0.0, 0.0
    for bound in bounds:
        count = cumulative[bound]
        if count >= wanted and bound != float("inf"):
            width = (wanted - below_count) / (count - below_count) if count > below_count else 1.0
            return 1000 * (below + (bound - below) * width)
        if bound != float("inf"):
            below, below_count = bound, count
    return 1000 * below


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
