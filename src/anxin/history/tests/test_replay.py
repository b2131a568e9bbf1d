from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from anxin.engine.arrival import Arrival
from anxin.history import charts
from anxin.history.errors import ExtraMissing, ValueUnfit
from anxin.history.metrics import Confusion, MoneyOutcome
from anxin.history.replay import decisions_file, history_engine, report_head, run_backtest
from anxin.history.report import render_report
from anxin.history.summary import RuleOutcome, Summary
from anxin.history.tests.builders import DAY, START, payment, shop_days, small_policy

BURST = [Arrival(payment(number, START + number, amount=6000), number + 1, label=number > 2) for number in range(6)]


def backtested(arrivals: list[Arrival]) -> Summary:
    return run_backtest(history_engine(small_policy()), arrivals)


def test_a_burst_is_held_from_the_fourth_payment_on() -> None:
    found = backtested(BURST)
    assert found.verdicts == {"allow": 3, "hold": 3}
    assert found.confusion() == Confusion(3, 0, 0, 3)
    assert found.rules == {"TX01": RuleOutcome(hits=3, fraud=3)}
    assert found.money() == (MoneyOutcome("EUR", 18_000, 0, 0),)
    assert found.curve().average_precision == 1.0
    assert (found.first_t, found.last_t) == (START, START + 5)


def test_unlabelled_refused_and_repeated_events_are_told_apart() -> None:
    arrivals = [*BURST[:2], BURST[0], Arrival(b"{}", 9), Arrival(payment(9, START + DAY, currency="USD"), 10)]
    found = backtested(arrivals)
    assert (found.events, found.duplicates, found.refused, found.labelled, found.frauds) == (3, 1, 1, 2, 0)
    (refused,) = found.refusals.values()
    assert (refused.row, refused.zh, refused.count) == (9, "字段 event_type 不正确：缺少必填字段", 1)
    assert found.currencies == ["EUR", "USD"]


def test_refusals_are_gathered_by_reason_and_place() -> None:
    unfit = ValueUnfit(row=2, column="amount", reason="'x' is not an amount", reason_zh="'x' 不是金额")
    arrivals = [Arrival(b"{}", 1), *(Arrival(b"", row, unfit=unfit) for row in (2, 3)), Arrival(b"nope", 4), *BURST]
    found = backtested(arrivals)
    assert (found.events, found.refused, found.stopped_at) == (6, 4, None)
    assert [(each.row, each.count) for each in found.refusals.values()] == [(1, 1), (2, 2), (4, 1)]
    assert found.refusals["history.value_unfit", "amount"].en == "Row 2, column amount: 'x' is not an amount"


def test_events_too_late_to_be_counted_are_told() -> None:
    ahead = Arrival(payment(8, START + 400 * DAY), 1)
    engine = history_engine(small_policy())
    found = run_backtest(engine, [ahead, *BURST])
    assert (found.too_late, found.verdicts) == (6, {"allow": 7})
    page = render_report(report_head(engine, source="a", mapping=None, made_at=START), found)
    assert '<b>6</b><span class="zh">过迟而未计数</span>' in page
    assert "过迟" not in render_report(report_head(engine, source="a", mapping=None, made_at=START), backtested(BURST))


@pytest.mark.parametrize(("most", "found"), [(0, (1, 1, 2)), (1, (2, 2, 4)), (2, (4, 2, None))])
def test_too_many_refusals_end_it(most: int, found: tuple[int, int, int | None]) -> None:
    arrivals = [BURST[0], Arrival(b"{}", 2), BURST[1], Arrival(b"{}", 4), *BURST[2:4]]
    summary = run_backtest(history_engine(small_policy()), arrivals, most_refused=most)
    assert (summary.events, summary.refused, summary.stopped_at) == found


def test_missing_features_are_counted_by_event_type() -> None:
    rule = """
rules:
  TX09:
    area: TXN
    title: {zh: 文, en: text}
    on: [payment.attempted]
    when: amount > last_amount
    verdict: review
    severity: 3
    reasons: {agent: {zh: 文, en: t}, user: {zh: 文, en: t}, auditor: {zh: 文, en: t}}
    owner: tests
    expires: 2099-01-01
    tests:
      fires:
        - {event: {event_type: payment.attempted, amount: 2, currency: EUR}, given: {last_amount: 1}}
        - {event: {event_type: payment.attempted, amount: 9, currency: EUR}, given: {last_amount: 1}}
      quiet:
        - {event: {event_type: payment.attempted, amount: 1, currency: EUR}, given: {last_amount: 1}}
        - {event: {event_type: payment.attempted, amount: 1, currency: EUR}, given: {last_amount: 9}}
"""
    engine = history_engine(small_policy(**{"rules/b.yaml": rule}))
    found = run_backtest(engine, BURST[:4])
    assert found.missing_shares() == [("payment.attempted", "last_amount", 0.25)]
    assert found.unknown == {"TX09": 1}
    assert found.undecided() == [("TX09", 1)]


def test_decisions_are_written_with_row_and_label(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.jsonl.gz"):
        path = tmp_path / name
        with decisions_file(path) as write:
            run_backtest(history_engine(small_policy()), [*BURST[:1], Arrival(payment(8, START), 8)], write=write)
        content = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
        lines = [json.loads(line) for line in content.splitlines()]
        assert [(each["event_id"], each["row"], each["is_fraud"]) for each in lines] == [
            ("e0", 1, False),
            ("e8", 8, None),
        ]


@pytest.fixture(scope="module")
def report() -> str:
    engine = history_engine(small_policy())
    summary = run_backtest(engine, shop_days(800))
    return render_report(report_head(engine, source="<days>.csv", mapping="m", made_at=START), summary)


def test_report_stands_alone(report: str) -> None:
    assert "<script" not in report
    assert "default-src 'none'" in report
    addresses = set(re.findall(r"https?://[\w./-]+", report))
    assert {each for each in addresses if "www.w3.org" not in each} == set()
    assert "&lt;days&gt;.csv" in report
    assert "<days>" not in report


def test_report_speaks_both_languages_and_draws(report: str) -> None:
    assert report.count('class="zh"') == report.count('class="en"') > 20
    assert report.count("<svg") >= 6
    assert "currentColor" in report
    assert 'TX01 <span class="zh">文</span><span class="en" lang="en">text</span>' in report
    assert '<dt><span class="zh">策略指纹</span><span class="en" lang="en">policy sha256</span></dt>' in report
    for word in ("small@1", "TX01", "PR-AUC", "m", "2026-01-01"):
        assert word in report


def test_report_without_the_extra_has_tables_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_spec: object) -> str:
        raise ExtraMissing(package="vl_convert", extra="report")

    monkeypatch.setattr(charts, "render", missing)
    engine = history_engine(small_policy())
    head = report_head(engine, source="a.csv", mapping=None, made_at=START)
    found = render_report(head, run_backtest(engine, BURST))
    assert "<svg" not in found
    assert "没有图表。需要可选组件 report（vl_convert）：请先运行 make full。" in found
    assert "There are no charts. This needs the extra “report”" in found
    assert "TX01" in found


def test_report_of_nothing_is_still_a_page() -> None:
    engine = history_engine(small_policy())
    assert "</html>" in render_report(report_head(engine, source="a", mapping=None, made_at=START), backtested([]))


@pytest.mark.parametrize(("days", "hours"), [(4, 1), (30, 24), (200, 24 * 7), (1000, 24 * 14)])
def test_time_buckets_widen_with_the_span(days: int, hours: int) -> None:
    summary = Summary({})
    summary.first_t, summary.last_t = START, START + days * DAY
    assert charts.bucket_hours(summary) == hours
