"""The live view: what it counts, keeps and shows."""

from __future__ import annotations

import io
from datetime import UTC

import msgspec
import pytest
from rich.console import Console

from anxin.cli.board import Board
from anxin.cli.watch import quantile_ms, read_buckets
from anxin.engine.decision import Decision, Reason, Text
from anxin.engine.log.records import DecisionRecord


def record(number: int, verdict: str = "allow", *, at: int = 0) -> DecisionRecord:
    reasons = () if verdict == "allow" else (Reason("RT03", 1, verdict, Text("共享屏幕", "screen shared")),)
    decision = Decision(f"e{number}", number, verdict, 12.0, reasons, (), "p@1", None, ())
    return DecisionRecord(at, f"e{number}", "account.login", b"{}", b"", msgspec.json.encode(decision), [], "p@1")


def drawn(board: Board, now_ms: int) -> str:
    console = Console(width=120, file=io.StringIO(), record=True)
    console.print(board.render(now_ms))
    return console.export_text()


def test_it_counts_verdicts_and_rules_and_the_rate_of_five_seconds() -> None:
    board = Board("en", UTC)
    for number in range(10):
        board.accept(record(number, at=number * 1000))
    board.accept(record(11, "hold", at=9_500))
    assert board.rate(9_999) == 6 / 5
    assert board.rate(20_000) == 0
    text = drawn(board, 20_000)
    assert "hold\u00a01 " in text
    assert "0 decisions/s" in text
    assert "RT03 screen shared" in text


@pytest.mark.parametrize(("language", "words"), [("zh", "RT03 共享屏幕"), ("en", "RT03 screen shared")])
def test_it_speaks_both_languages(language: str, words: str) -> None:
    board = Board(language, UTC)
    board.accept(record(1, "block"))
    assert words in drawn(board, 1)


def test_it_leaves_room_for_what_stands_above() -> None:
    board = Board("en", UTC)
    board.fit(14)
    for number in range(20):
        board.accept(record(number, "review"))
    assert len(drawn(board, 1).strip().splitlines()) <= 14


@pytest.mark.parametrize("columns", [44, 71])
def test_a_narrow_terminal_keeps_time_verdict_and_reason(columns: int) -> None:
    board = Board("zh", UTC)
    board.fit(30, columns)
    board.accept(record(1, "hold"))
    console = Console(width=columns, file=io.StringIO(), record=True)
    console.print(board.render(1))
    assert [line.split() for line in console.export_text().splitlines()][-2] == [
        *("00:00:00", "暂缓", "hold", "RT03", "共享屏幕")
    ]


def test_what_is_not_allowed_stays_longer_on_screen() -> None:
    board = Board("en", UTC, rows=6)
    board.accept(record(0, "freeze"))
    for number in range(1, 9):
        board.accept(record(number))
    assert "freeze" in drawn(board, 0).split("verdict")[-1]


def test_quantiles_come_from_the_buckets_of_all_organisations() -> None:
    lines = [
        "# TYPE anxin_decision_seconds histogram",
        'anxin_decision_seconds_bucket{organisation="a",le="0.001"} 50',
        'anxin_decision_seconds_bucket{organisation="a",le="0.002"} 100',
        'anxin_decision_seconds_bucket{organisation="a",le="+Inf"} 100',
        'anxin_decision_seconds_bucket{organisation="b",le="0.001"} 0',
        'anxin_decision_seconds_bucket{organisation="b",le="0.002"} 0',
        'anxin_decision_seconds_bucket{organisation="b",le="+Inf"} 0',
    ]
    buckets = read_buckets("\n".join(lines) + "\n")
    assert buckets == {0.001: 50.0, 0.002: 100.0, float("inf"): 100.0}
    assert quantile_ms(buckets, 0.25) == 0.5
    assert quantile_ms(buckets, 0.75) == 1.5
