"""The live view of a running gateway: verdicts, reasons, rate and latency, drawn in the terminal."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

import msgspec
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as RichText

from anxin.engine.decision import Decision
from anxin.engine.log.records import DecisionRecord

STYLE_OF_VERDICT = {
    "allow": "green",
    "challenge": "yellow",
    "review": "dark_orange",
    "hold": "magenta",
    "freeze": "red",
    "block": "bold white on red",
}
WORD_OF_VERDICT = {
    "allow": "放行 allow",
    "challenge": "验证 challenge",
    "review": "审核 review",
    "hold": "暂缓 hold",
    "freeze": "冻结 freeze",
    "block": "拦截 block",
}
RATE_SECONDS = 5
LINES_BESIDE = 7
FEWEST_ROWS = 4
LEAST_COLUMNS = 72
QUIET_FLAGS = {"approximate"}
_decision_decoder = msgspec.json.Decoder(Decision)


@dataclass(frozen=True)
class Latency:
    """Time from arrival to durable answer, in milliseconds; None while nothing was measured."""

    median_ms: float | None = None
    p99_ms: float | None = None


@dataclass
class Board:
    """What the view shows: counts by verdict, the rate of the last seconds, and the latest decisions.

    `language` is "zh" or "en"; `rows` is how many decisions stay on screen.
    """

    language: str
    zone: tzinfo
    rows: int = 14
    verdicts: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    latency: Latency = field(default_factory=Latency)
    _is_narrow: bool = False
    _latest: deque[tuple[DecisionRecord, Decision]] = field(default_factory=deque)
    _arrivals: deque[int] = field(default_factory=deque)

    def accept(self, record: DecisionRecord) -> None:
        """Take in one decided event; decisions other than allow stay on screen longer."""
        decision = _decision_decoder.decode(record.answer)
        self.verdicts[decision.verdict] += 1
        self.rules.update(reason.rule for reason in decision.reasons)
        self._arrivals.append(record.received_at)
        self._latest.appendleft((record, decision))
        if len(self._latest) > self.rows:
            self._drop_one()

    def rate(self, now_ms: int) -> float:
        """Return decisions per second over the last seconds."""
        while self._arrivals and self._arrivals[0] <= now_ms - RATE_SECONDS * 1000:
            self._arrivals.popleft()
        return len(self._arrivals) / RATE_SECONDS

    def render(self, now_ms: int) -> RenderableType:
        """Draw the whole view."""
        return Group(self._headline(now_ms), self._table(), self._busiest_rules())

    def _drop_one(self) -> None:
        for index in range(len(self._latest) - 1, self.rows // 2, -1):
            if self._latest[index][1].verdict == "allow":
                del self._latest[index]
                return
        self._latest.pop()

    def fit(self, lines: int, columns: int = LEAST_COLUMNS) -> None:
        """Take at most this many lines of the terminal: fewer decisions stay on screen, at least four.

        Where columns are few, the event and its score make room for the reason.
        """
        self._is_narrow = columns < LEAST_COLUMNS
        self.rows = min(self.rows, max(FEWEST_ROWS, lines - LINES_BESIDE))

    def _word(self, verdict: str) -> str:
        """Return a verdict in the view's language; the API's word is the English one."""
        return WORD_OF_VERDICT[verdict] if self.language == "zh" else verdict

    def _headline(self, now_ms: int) -> RenderableType:
        line = RichText()
        rate = (
            f"每秒 {self.rate(now_ms):,.0f} 个决策"
            if self.language == "zh"
            else f"{self.rate(now_ms):,.0f} decisions/s"
        )
        line.append(rate, style="bold")
        if self.latency.median_ms is not None and self.latency.p99_ms is not None:
            line.append(f"  p50 {self.latency.median_ms:.1f} ms  p99 {self.latency.p99_ms:.1f} ms")
        for word, style in STYLE_OF_VERDICT.items():
            line.append("  ")
            line.append(f"{self._word(word)}\u00a0{self.verdicts[word]:,}", style=style)
        return Panel(line, title="Anxin 安心", title_align="left", border_style="cyan")

    def _table(self) -> RenderableType:
        is_zh = self.language == "zh"
        table = Table(expand=True, box=None, pad_edge=False, header_style="dim")
        table.add_column("时间" if is_zh else "time", no_wrap=True, width=8)
        if not self._is_narrow:
            table.add_column("事件" if is_zh else "event", no_wrap=True, max_width=24)
        table.add_column("结论" if is_zh else "verdict", no_wrap=True, width=14 if is_zh else 9)
        if not self._is_narrow:
            table.add_column("分数" if is_zh else "score", justify="right", no_wrap=True, width=5)
        table.add_column("理由" if is_zh else "reason", ratio=1, no_wrap=True, overflow="ellipsis")
        for record, decision in self._latest:
            table.add_row(*self._cells(record, decision))
        return table

    def _cells(self, record: DecisionRecord, decision: Decision) -> tuple[RenderableType, ...]:
        at = datetime.fromtimestamp(record.received_at / 1000, UTC).astimezone(self.zone)
        reason = decision.reasons[0] if decision.reasons else None
        sentence = getattr(reason.text, self.language) if reason else ""
        why = f"{reason.rule} {sentence}" if reason else ", ".join(set(decision.flags) - QUIET_FLAGS)
        moment, verdict = at.strftime("%H:%M:%S"), RichText(self._word(decision.verdict))
        verdict.stylize(STYLE_OF_VERDICT[decision.verdict])
        told = RichText(why, style="" if reason else "dim")
        if self._is_narrow:
            return (moment, verdict, told)
        return (moment, record.event_type, verdict, f"{decision.score:.0f}", told)

    def _busiest_rules(self) -> RenderableType:
        words = "命中最多的规则  " if self.language == "zh" else "busiest rules  "
        return RichText(
            words + "  ".join(f"{rule} {count:,}" for rule, count in self.rules.most_common(9)), style="dim"
        )
