from __future__ import annotations

import random

import pytest

from anxin.history.metrics import Confusion, Curve, MoneyOutcome, confusion_of, money_outcomes

SCORES = [9.0, 8.0, 8.0, 5.0, 1.0]
LABELS = [1, 1, 0, 0, 1]


def test_confusion_counts_and_ratios() -> None:
    pairs = [(True, True), (True, True), (True, False), (False, True), (False, False)]
    found = confusion_of(pairs)
    assert found == Confusion(2, 1, 1, 1)
    assert (found.precision, found.recall, found.f1, found.false_positive_rate) == (2 / 3, 2 / 3, 2 / 3, 0.5)


def test_ratios_without_a_base_are_none() -> None:
    nothing = confusion_of([])
    assert (nothing.precision, nothing.recall, nothing.f1, nothing.false_positive_rate) == (None, None, None, None)
    empty = Curve.of([], [])
    assert (empty.average_precision, empty.auc, empty.best_f1(), empty.precision_at(5)) == (None, None, None, None)


def test_curve_by_hand() -> None:
    curve = Curve.of(SCORES, LABELS)
    assert curve.average_precision == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)
    assert curve.best_f1() == (0.75, 1.0)
    assert curve.confusion_at(8.0) == Confusion(2, 1, 1, 1)
    assert curve.confusion_at(9.5) == Confusion(0, 0, 3, 2)
    assert curve.recall_at(false_positive_rate=0.0) == 1 / 3
    assert curve.recall_at(false_positive_rate=0.5) == 2 / 3


def test_another_share_of_fraud_weighs_ordinary_events_by_hand() -> None:
    curve = Curve.of(SCORES, LABELS)
    # A quarter of fraud: each of the 2 ordinary events counts as 4.5 beside 3 frauds.
    assert curve.best_f1_if(fraud_share=0.25) == pytest.approx(2 * 1 / (1 + 3))
    assert curve.average_precision_if(fraud_share=0.25) == pytest.approx((1 + 2 / 6.5 + 3 / 12) / 3)
    assert curve.best_f1_if(fraud_share=0.6) == pytest.approx(0.75)
    assert curve.average_precision_if(fraud_share=0.6) == pytest.approx(curve.average_precision)


@pytest.mark.parametrize("labels", [[], [1, 1], [0, 0]])
def test_another_share_needs_both_kinds(labels: list[int]) -> None:
    curve = Curve.of([1.0] * len(labels), labels)
    assert curve.best_f1_if(fraud_share=0.25) is None
    assert curve.average_precision_if(fraud_share=0.25) is None


def test_ties_at_the_capacity_count_by_their_share() -> None:
    curve = Curve.of(SCORES, LABELS)
    assert [curve.precision_at(k) for k in (1, 2, 3, 99)] == [1.0, 0.75, pytest.approx(2 / 3), 0.6]


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="zip"):
        Curve.of([1.0], [])


@pytest.mark.parametrize("seed", range(6))
def test_measures_agree_with_scikit_learn(seed: int) -> None:
    # Importing it takes seconds, which no process should spend that runs other tests.
    from sklearn import metrics as oracle

    rng = random.Random(seed)
    labels = [rng.random() < 0.2 for _ in range(300)] + [True, False]
    steps = (5, 50, 10_000)[seed % 3]
    scores = [rng.randrange(steps) / steps + (0.3 if label else 0.0) for label in labels]
    curve = Curve.of(scores, labels)
    assert curve.average_precision == pytest.approx(oracle.average_precision_score(labels, scores), abs=1e-12)
    assert curve.auc == pytest.approx(oracle.roc_auc_score(labels, scores), abs=1e-12)
    rates, recalls, _ = oracle.roc_curve(labels, scores, drop_intermediate=False)
    assert curve.recall_at(false_positive_rate=0.01) == max(r for f, r in zip(rates, recalls, strict=True) if f <= 0.01)
    best = curve.best_f1()
    assert best is not None
    precisions, recalls, thresholds = oracle.precision_recall_curve(labels, scores)
    assert thresholds.tolist() == sorted(set(scores))
    threshold_free = [2 * p * r / (p + r) if p + r else 0.0 for p, r in zip(precisions, recalls, strict=True)]
    assert best[0] == pytest.approx(max(threshold_free), abs=1e-12)
    flagged = [score >= best[1] for score in scores]
    assert best[0] == pytest.approx(oracle.f1_score(labels, flagged), abs=1e-12)
    assert curve.confusion_at(best[1]).precision == pytest.approx(oracle.precision_score(labels, flagged))


def test_money_is_kept_apart_by_currency() -> None:
    rows = [(True, True, "CNY", 500), (False, True, "CNY", 70), (True, False, "CNY", 9), (True, True, "EUR", 3)]
    assert money_outcomes(rows) == (MoneyOutcome("CNY", 500, 70, 9), MoneyOutcome("EUR", 3, 0, 0))
