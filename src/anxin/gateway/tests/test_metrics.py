from anxin.gateway.metrics import BUCKETS_US, Metrics, render_metrics


def lines(metrics: Metrics) -> dict[str, str]:
    text = render_metrics(metrics).decode()
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def test_counts_appear_by_organisation() -> None:
    metrics = Metrics()
    counts = metrics.of("shop")
    counts.verdicts["allow"] += 3
    counts.duplicates += 2
    counts.brakes["R1"] += 1
    metrics.refused["key.refused"] += 4
    shown = lines(metrics)
    assert shown['anxin_decisions_total{organisation="shop",verdict="allow"}'] == "3.0"
    assert shown['anxin_duplicates_total{organisation="shop"}'] == "2.0"
    assert shown['anxin_brakes_total{organisation="shop",rule="R1"}'] == "1.0"
    assert shown['anxin_refused_total{code="key.refused"}'] == "4.0"


def test_the_histogram_is_cumulative() -> None:
    metrics = Metrics()
    latency = metrics.of("shop").latency
    for microseconds in (1, 50, 51, 900_000, 2_000_000):
        latency.observe(microseconds)
    assert [count for _, count in latency.cumulative()] == [2, 3] + [3] * (len(BUCKETS_US) - 3) + [4, 5]
    shown = lines(metrics)
    assert shown['anxin_decision_seconds_count{organisation="shop"}'] == "5.0"
    assert float(shown['anxin_decision_seconds_sum{organisation="shop"}']) == 2.900102


def test_gauges_are_measured_when_asked() -> None:
    metrics = Metrics()
    metrics.gauges = lambda: [("anxin_x", "X.", {"organisation": name}, 2.0) for name in ("a", "b")]
    shown = lines(metrics)
    assert (shown['anxin_x{organisation="a"}'], shown['anxin_x{organisation="b"}']) == ("2.0", "2.0")
