"""The figures of a backtest in words and numbers, for the terminal and the report alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from anxin.engine.policy.language.currency import EXPONENTS
from anxin.history.summary import Summary

REVIEW_SHARE = 0.01
FALSE_POSITIVE_RATE = 0.01


class Figure(NamedTuple):
    """One figure: its name in both languages and its value as text."""

    zh: str
    en: str
    value: str


def labelled_figures(summary: Summary) -> list[Figure]:
    """Return the figures that need labels; none when no event has one."""
    if not summary.labelled:
        return []
    confusion = summary.confusion()
    found = [
        Figure("已标注", "labelled", f"{summary.labelled:,}"),
        Figure("欺诈", "fraud", f"{summary.frauds:,} ({percent(summary.frauds, summary.labelled)})"),
        Figure("处置精确率", "precision of verdicts", ratio(confusion.precision)),
        Figure("处置召回率", "recall of verdicts", ratio(confusion.recall)),
        Figure("处置 F1", "F1 of verdicts", ratio(confusion.f1)),
        Figure("误伤率", "false positive rate", ratio(confusion.false_positive_rate)),
    ]
    if any(summary.scores):
        found += _score_figures(summary)
    for each in summary.money():
        if not (each.saved_minor or each.lost_minor or each.disturbed_minor):
            continue
        found += [
            Figure("挽回金额", "money saved", money_text(each.saved_minor, each.currency)),
            Figure("漏损金额", "money lost", money_text(each.lost_minor, each.currency)),
            Figure("误伤金额", "ordinary money stopped", money_text(each.disturbed_minor, each.currency)),
        ]
    return found


def _score_figures(summary: Summary) -> list[Figure]:
    curve = summary.curve()
    best = curve.best_f1()
    capacity = max(1, round(REVIEW_SHARE * summary.labelled))
    return [
        Figure("PR-AUC", "PR-AUC", ratio(curve.average_precision)),
        Figure("AUC", "AUC", ratio(curve.auc)),
        Figure("最佳 F1(分数)", "best F1 (score)", "–" if best is None else f"{best[0]:.3f} @ {best[1]:.1f}"),
        Figure(
            "1% 误伤时的召回率", "recall at 1 % FPR", ratio(curve.recall_at(false_positive_rate=FALSE_POSITIVE_RATE))
        ),
        Figure(f"前 {capacity:,} 条的精确率", f"precision of top {capacity:,}", ratio(curve.precision_at(capacity))),
    ]


def ratio(value: float | None) -> str:
    """Return a ratio with three decimals, or a dash when there is none."""
    return "–" if value is None else f"{value:.3f}"


def percent(part: int, whole: int) -> str:
    """Return a share in percent, or a dash without a whole."""
    return f"{part / whole:.2%}" if whole else "–"


def moment(t: int | None) -> str:
    """Return a moment in ms UTC as a day with hours and minutes, or a dash for None."""
    return "–" if t is None else datetime.fromtimestamp(t / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def money_text(amount_minor: int, currency: str) -> str:
    """Return an amount in major units with its currency."""
    return f"{amount_minor / 10 ** EXPONENTS.get(currency, 2):,.0f} {currency}"
