"""Exact measures of a score or a verdict against labels, without a numeric library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class Confusion:
    """Counts of labelled events: fraud stopped, ordinary stopped, fraud missed, ordinary let through."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def precision(self) -> float | None:
        """Return the share of fraud among the stopped; None when nothing was stopped."""
        return _ratio(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float | None:
        """Return the share of fraud that was stopped; None without fraud."""
        return _ratio(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float | None:
        """Return the harmonic mean of precision and recall; None when there is neither fraud nor a stop."""
        return _ratio(2 * self.true_positives, 2 * self.true_positives + self.false_positives + self.false_negatives)

    @property
    def false_positive_rate(self) -> float | None:
        """Return the share of ordinary events that were stopped; None without ordinary events."""
        return _ratio(self.false_positives, self.false_positives + self.true_negatives)


def confusion_of(pairs: Iterable[tuple[bool, bool]]) -> Confusion:
    """Return the counts of `(stopped, is_fraud)` pairs."""
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for stopped, is_fraud in pairs:
        counts[stopped, is_fraud] += 1
    return Confusion(counts[True, True], counts[True, False], counts[False, True], counts[False, False])


@dataclass(frozen=True)
class CurvePoint:
    """What happens when every event with `score >= threshold` is stopped; counts are cumulative."""

    threshold: float
    true_positives: int
    false_positives: int

    @property
    def precision(self) -> float:
        """Return the share of fraud among the stopped."""
        return self.true_positives / (self.true_positives + self.false_positives)


@dataclass(frozen=True)
class Curve:
    """All thresholds of a score, highest first, one point per different score."""

    points: tuple[CurvePoint, ...]
    positives: int
    negatives: int

    @staticmethod
    def of(scores: Sequence[float], labels: Sequence[bool | int]) -> Curve:
        """Return the curve of scores with labels (true or 1: fraud); raise ValueError when the lengths differ."""
        ranked = sorted(zip(scores, labels, strict=True), key=_score, reverse=True)
        points: list[CurvePoint] = []
        caught = stopped = 0
        for threshold, tied in groupby(ranked, key=_score):
            for _, is_fraud in tied:
                stopped += 1
                caught += bool(is_fraud)
            points.append(CurvePoint(threshold, caught, stopped - caught))
        return Curve(tuple(points), caught, stopped - caught)

    @property
    def average_precision(self) -> float | None:
        """Return the area under precision over recall as the sum of steps (PR-AUC); None without fraud."""
        if not self.positives:
            return None
        area = 0.0
        before = 0
        for point in self.points:
            area += (point.true_positives - before) * point.precision
            before = point.true_positives
        return area / self.positives

    @property
    def auc(self) -> float | None:
        """Return the chance that a fraud outranks an ordinary event, ties counted half; None without both."""
        if not self.positives or not self.negatives:
            return None
        doubled = before_fraud = before_ordinary = 0
        for point in self.points:
            ordinary = point.false_positives - before_ordinary
            doubled += ordinary * (before_fraud + point.true_positives)
            before_fraud, before_ordinary = point.true_positives, point.false_positives
        return doubled / (2 * self.positives * self.negatives)

    def recall_at(self, *, false_positive_rate: float) -> float | None:
        """Return the best recall while at most that share of ordinary events is stopped; None without fraud."""
        if not self.positives:
            return None
        allowed = false_positive_rate * self.negatives
        within = [point.true_positives for point in self.points if point.false_positives <= allowed]
        return max(within, default=0) / self.positives

    def precision_at(self, capacity: int) -> float | None:
        """Return the expected precision of the `capacity` highest scores, ties drawn at random; None without events."""
        capacity = min(capacity, self.positives + self.negatives)
        if capacity <= 0:
            return None
        caught = stopped = 0
        for point in self.points:
            size = point.true_positives + point.false_positives - stopped
            if stopped + size >= capacity:
                share = (capacity - stopped) / size
                return (caught + share * (point.true_positives - caught)) / capacity
            caught, stopped = point.true_positives, stopped + size
        return caught / capacity

    def best_f1(self) -> tuple[float, float] | None:
        """Return the highest F1 over all thresholds, and the highest threshold that gives it; None without fraud."""
        if not self.positives:
            return None
        best = max(self.points, key=self.f1_at)
        return self.f1_at(best), best.threshold

    def best_f1_if(self, *, fraud_share: float) -> float | None:
        """Return the highest F1 if that share (0–1) were fraud, each kind scored as here; None without both kinds."""
        if not self.positives or not self.negatives:
            return None
        weight = self._ordinary_weight(fraud_share)
        weighted = ((point.true_positives, weight * point.false_positives) for point in self.points)
        return max(2 * caught / (caught + wrong + self.positives) for caught, wrong in weighted)

    def average_precision_if(self, *, fraud_share: float) -> float | None:
        """Return PR-AUC if that share (0–1) were fraud and each kind scored as here; None without both kinds."""
        if not self.positives or not self.negatives:
            return None
        weight = self._ordinary_weight(fraud_share)
        area, before = 0.0, 0
        for point in self.points:
            stopped = point.true_positives + weight * point.false_positives
            area += (point.true_positives - before) * point.true_positives / stopped
            before = point.true_positives
        return area / self.positives

    def _ordinary_weight(self, fraud_share: float) -> float:
        return self.positives * (1 - fraud_share) / (fraud_share * self.negatives)

    def confusion_at(self, threshold: float) -> Confusion:
        """Return the counts when every event with `score >= threshold` is stopped."""
        caught = wrong = 0
        for point in self.points:
            if point.threshold < threshold:
                break
            caught, wrong = point.true_positives, point.false_positives
        return Confusion(caught, wrong, self.positives - caught, self.negatives - wrong)

    def f1_at(self, point: CurvePoint) -> float:
        """Return the F1 at a point."""
        return 2 * point.true_positives / (point.true_positives + point.false_positives + self.positives)


@dataclass(frozen=True)
class MoneyOutcome:
    """Money of one currency in minor units: of fraud stopped, of fraud missed, of ordinary events stopped."""

    currency: str
    saved_minor: int
    lost_minor: int
    disturbed_minor: int


def money_outcomes(rows: Iterable[tuple[bool, bool, str, int]]) -> tuple[MoneyOutcome, ...]:
    """Return the outcome per currency of `(stopped, is_fraud, currency, amount_minor)` rows, by currency code."""
    sums: dict[str, list[int]] = {}
    for stopped, is_fraud, currency, amount in rows:
        saved_lost_disturbed = sums.setdefault(currency, [0, 0, 0])
        if is_fraud:
            saved_lost_disturbed[0 if stopped else 1] += amount
        elif stopped:
            saved_lost_disturbed[2] += amount
    return tuple(MoneyOutcome(currency, *parts) for currency, parts in sorted(sums.items()))


def _score(pair: tuple[float, bool | int]) -> float:
    return pair[0]


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
