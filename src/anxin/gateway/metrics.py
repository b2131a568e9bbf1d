"""What the gateway counts, as plain integers on the hot path and as Prometheus text on demand."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

EXPOSITION_MEDIA = b"text/plain; version=0.0.4; charset=utf-8"
BUCKETS_US = (50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000)


class Histogram:
    """Counts of durations in microseconds by bucket."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS_US) + 1)
        self.total = 0

    def observe(self, microseconds: int) -> None:
        """Count one duration."""
        self.counts[bisect_left(BUCKETS_US, microseconds)] += 1
        self.total += microseconds

    def cumulative(self) -> list[tuple[str, float]]:
        """Return (upper bound in seconds, count at or below it) pairs, ending with +Inf."""
        bounds = [*(f"{each / 1e6:g}" for each in BUCKETS_US), "+Inf"]
        running, found = 0, []
        for bound, count in zip(bounds, self.counts, strict=True):
            running += count
            found.append((bound, float(running)))
        return found


class Counts:
    """Counters of one organisation."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.latency = Histogram()
        self.duplicates = 0
        self.labels = 0
        self.faults = 0
        self.filled = 0
        self.unchecked = 0
        self.checks: Counter[tuple[str, str]] = Counter()
        self.signature_hits: Counter[str] = Counter()
        self.control_applied = 0
        self.control_rejected = 0
        self.brakes: Counter[str] = Counter()


Gauges = Callable[[], Iterable[tuple[str, str, dict[str, str], float]]]


class Metrics(Collector):
    """All counters; `gauges` yields (name, sentence, labels, value) of what is measured only when asked."""

    def __init__(self) -> None:
        self.refused: Counter[str] = Counter()
        self.organisations: dict[str, Counts] = {}
        self.gauges: Gauges = tuple

    def of(self, organisation: str) -> Counts:
        """Return the counters of one organisation."""
        return self.organisations.setdefault(organisation, Counts())

    def collect(self) -> Iterator[Metric]:
        """Yield every family."""
        refused = CounterMetricFamily("anxin_refused", "Calls refused, by problem code.", labels=["code"])
        for code, count in self.refused.items():
            refused.add_metric([code], count)
        yield refused
        yield from self._decided()
        yield from self._plain()
        yield from self._checked()
        yield from self._measured()

    def _decided(self) -> Iterator[Metric]:
        verdicts = CounterMetricFamily("anxin_decisions", "Decisions, by verdict.", labels=["organisation", "verdict"])
        latency = HistogramMetricFamily(
            "anxin_decision_seconds", "Time from whole body to durable answer.", labels=["organisation"]
        )
        brakes = CounterMetricFamily("anxin_brakes", "Budgets breached, by rule.", labels=["organisation", "rule"])
        for name, counts in self.organisations.items():
            for verdict, count in counts.verdicts.items():
                verdicts.add_metric([name, verdict], count)
            latency.add_metric([name], counts.latency.cumulative(), sum_value=counts.latency.total / 1e6)
            for rule, count in counts.brakes.items():
                brakes.add_metric([name, rule], count)
        yield from (verdicts, latency, brakes)

    def _checked(self) -> Iterator[Metric]:
        checks = CounterMetricFamily(
            "anxin_checks", "Checks by call, by level.", labels=["organisation", "kind", "level"]
        )
        hits = CounterMetricFamily(
            "anxin_signature_hits", "Times a published signature was hit.", labels=["organisation", "signature"]
        )
        for name, counts in self.organisations.items():
            for (kind, level), count in counts.checks.items():
                checks.add_metric([name, kind, level], count)
            for signature, count in counts.signature_hits.items():
                hits.add_metric([name, signature], count)
        yield from (checks, hits)

    def _plain(self) -> Iterator[Metric]:
        families = (
            ("duplicates", "Repeated events answered from the log."),
            ("labels", "Labels taken in."),
            ("faults", "Events on which the engine failed."),
            ("filled", "Events whose fields were filled from their text."),
            ("unchecked", "Events decided without the check of their text, which was late."),
            ("control_applied", "Control records taken into effect."),
            ("control_rejected", "Control records that could not be applied."),
        )
        for name, sentence in families:
            family = CounterMetricFamily(f"anxin_{name}", sentence, labels=["organisation"])
            for organisation, counts in self.organisations.items():
                family.add_metric([organisation], getattr(counts, name))
            yield family

    def _measured(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for name, sentence, labels, value in self.gauges():
            family = families.setdefault(name, GaugeMetricFamily(name, sentence, labels=list(labels)))
            family.add_metric(list(labels.values()), value)
        yield from families.values()


def render_metrics(metrics: Metrics) -> bytes:
    """Return the Prometheus text exposition."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(metrics)
    return generate_latest(registry)
