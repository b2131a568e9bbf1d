"""Charts of a backtest as Vega-Lite specifications, and their inline SVG."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Iterable
from typing import Any

from anxin.engine.policy.language.currency import EXPONENTS
from anxin.engine.verdict import Verdict
from anxin.history.extras import load_extra
from anxin.history.metrics import Curve
from anxin.history.summary import HOUR_MS, Summary

Spec = dict[str, Any]
Row = dict[str, object]

WIDTH, HEIGHT = 400, 220
BINS = 50
CURVE_POINTS = 250
MOST_BUCKETS = 100
MATRIX_RULES = 12
BAR_RULES = 20

VERDICT_WORDS = {
    "allow": "放行 allow",
    "challenge": "验证 challenge",
    "review": "审核 review",
    "hold": "暂缓 hold",
    "freeze": "冻结 freeze",
    "block": "拦截 block",
}
VERDICT_COLOURS = {
    "allow": "#8fb3a3",
    "challenge": "#e3b341",
    "review": "#e07b39",
    "hold": "#b565a7",
    "freeze": "#4a7fd4",
    "block": "#c93a3a",
}
LABEL_WORDS = {1: "欺诈 fraud", 0: "正常 ordinary", -1: "未标注 unlabelled"}
LABEL_COLOURS = {1: "#c93a3a", 0: "#5b8f7b", -1: "#999999"}
EVENTS = "事件数 events"
# Vega writes the word through to the SVG, so that the page's own text colour serves in light and dark.
INK = "currentColor"
FAINT = "#88888855"
SHORT_NUMBERS = {"labelExpr": "datum.value < 1000 ? format(datum.value, ',') : format(datum.value, '.3~s')"}


def render(spec: Spec) -> str:
    """Return the SVG of a specification; raise ExtraMissing without the `report` extra."""
    svg: str = load_extra("vl_convert", extra="report").vegalite_to_svg(spec)
    return svg


def is_drawable() -> bool:
    """Return whether the `report` extra is there."""
    return importlib.util.find_spec("vl_convert") is not None


def score_distribution(summary: Summary, thresholds: Iterable[tuple[str, float]]) -> Spec:
    """Return how many events have which score, by label, with named thresholds as lines."""
    counts: Counter[tuple[int, int]] = Counter(
        (min(int(score * BINS / 100), BINS - 1), label)
        for score, label in zip(summary.scores, summary.labels, strict=True)
    )
    step = 100 / BINS
    rows: list[Row] = [
        {"from": place * step, "until": (place + 1) * step, "events": count, "label": LABEL_WORDS[label]}
        for (place, label), count in sorted(counts.items())
    ]
    present = sorted({label for _, label in counts}, reverse=True)
    ticks = [0, *(10**power for power in range(9))]
    height = {"stack": None, "scale": {"type": "symlog"}, "axis": {"title": EVENTS, "values": ticks, **SHORT_NUMBERS}}
    bars = {
        "data": {"values": rows},
        "mark": {"type": "bar", "opacity": 0.65, "binSpacing": 0},
        "encoding": {
            "x": {"field": "from", "type": "quantitative", "bin": {"binned": True}, "title": "分数 score"},
            "x2": {"field": "until"},
            "y": {"field": "events", "type": "quantitative", **height},
            "color": _colours("label", [(LABEL_WORDS[each], LABEL_COLOURS[each]) for each in present]),
        },
    }
    return _chart({"layer": [bars, *(_threshold(name, at) for name, at in thresholds)]})


def _threshold(name: str, at: float) -> Spec:
    place = {"x": {"field": "at", "type": "quantitative"}}
    text = {"type": "text", "align": "right", "dx": -3, "y": 6, "color": INK, "fontSize": 10}
    line = {"type": "rule", "strokeDash": [4, 3], "color": INK}
    return {
        "data": {"values": [{"at": at, "name": name}]},
        "layer": [
            {"mark": line, "encoding": place},
            {"mark": text, "encoding": {**place, "text": {"field": "name"}}},
        ],
    }


def precision_recall(curve: Curve, operating: tuple[float, float] | None) -> Spec:
    """Return precision over recall of the score; `operating` is (recall, precision) of the policy's verdicts."""
    keep = max(1, len(curve.points) // CURVE_POINTS)
    kept = [*curve.points[::keep], *curve.points[-1:]]
    rows = [{"recall": point.true_positives / curve.positives, "precision": point.precision} for point in kept]
    scale = {"domain": [0, 1]}
    axes = {
        "x": {"field": "recall", "type": "quantitative", "scale": scale, "title": "召回率 recall"},
        "y": {"field": "precision", "type": "quantitative", "scale": scale, "title": "精确率 precision"},
    }
    layers: list[Spec] = [
        {
            "data": {"values": rows},
            "mark": {"type": "line", "interpolate": "step-before", "color": "#4a7fd4", "strokeWidth": 2},
            "encoding": axes,
        }
    ]
    if operating is not None:
        point = [{"recall": operating[0], "precision": operating[1], "name": "策略 policy"}]
        layers.append(
            {
                "data": {"values": point},
                "mark": {"type": "point", "filled": True, "size": 90, "color": "#c93a3a"},
                "encoding": axes,
            }
        )
        text = {"type": "text", "dy": -12, "align": "right", "color": INK}
        layers.append({"data": {"values": point}, "mark": text, "encoding": {**axes, "text": {"field": "name"}}})
    return _chart({"layer": layers})


def verdicts_over_time(summary: Summary, *, currency: str | None, with_allow: bool) -> Spec:
    """Return events by verdict over time, or money in major units of `currency`."""
    hours = bucket_hours(summary)
    sums = _sums_by_bucket(summary, hours, currency)
    shown = [each for each in Verdict if with_allow or each is not Verdict.ALLOW]
    major = 1 if currency is None else 10 ** EXPONENTS.get(currency, 2)
    rows: list[Row] = [
        {"at": bucket * HOUR_MS, "amount": total / major, "verdict": VERDICT_WORDS[each.word], "rank": each.value}
        for each in shown
        for (bucket, word), total in sorted(sums.items())
        if word == each.word
    ]
    present = {word for _, word in sums}
    # A bucket without events still takes its place on the time axis.
    rows += [
        {"at": bucket * HOUR_MS, "amount": 0, "verdict": VERDICT_WORDS[shown[-1].word], "rank": 0}
        for bucket in _buckets(sums, hours)
    ]
    colours = [(VERDICT_WORDS[each.word], VERDICT_COLOURS[each.word]) for each in shown if each.word in present]
    height = {"type": "quantitative", "axis": {"title": currency or EVENTS, "tickCount": 4, **SHORT_NUMBERS}}
    bars = {
        "data": {"values": rows},
        "mark": {"type": "bar", "width": {"band": 0.9}},
        "encoding": {
            "x": {"field": "at", "type": "ordinal", "timeUnit": "utcyearmonthdatehours", "axis": _time_axis(hours)},
            "y": {"field": "amount", **height},
            "color": _colours("verdict", colours),
            "order": {"field": "rank"},
        },
    }
    return _chart(bars)


def _buckets(sums: Counter[tuple[int, str]], hours: int) -> range:
    starts = [bucket for bucket, _ in sums] or [0]
    return range(min(starts), max(starts) + 1, hours)


def _sums_by_bucket(summary: Summary, hours: int, currency: str | None) -> Counter[tuple[int, str]]:
    """Return events, or minor units of a currency, by (first hour of the bucket, verdict word)."""
    sums: Counter[tuple[int, str]] = Counter()
    if currency is None:
        for (hour, word), count in summary.volumes.items():
            sums[hour // hours * hours, word] += count
        return sums
    for (hour, word, each), amount in summary.moneys.items():
        if each == currency:
            sums[hour // hours * hours, word] += amount
    return sums


def rules_by_hits(summary: Summary) -> Spec:
    """Return how often each rule fired, split by label."""
    top = sorted(summary.rules.items(), key=lambda each: (-each[1].hits, each[0]))[:BAR_RULES]
    rows: list[Row] = []
    for rule, outcome in top:
        parts = {1: outcome.fraud, 0: outcome.ordinary, -1: outcome.hits - outcome.fraud - outcome.ordinary}
        rows += [{"rule": rule, "hits": hits, "label": LABEL_WORDS[label]} for label, hits in parts.items() if hits]
    spec = {
        "data": {"values": rows},
        "mark": "bar",
        "height": {"step": 16},
        "encoding": {
            "y": {"field": "rule", "type": "nominal", "sort": [rule for rule, _ in top], "title": None},
            "x": {
                "field": "hits",
                "type": "quantitative",
                "axis": {"title": "命中 hits", "format": "~s", "tickCount": 5},
            },
            "color": _colours("label", [(LABEL_WORDS[each], LABEL_COLOURS[each]) for each in (1, 0, -1)]),
        },
    }
    return _chart(spec)


def rule_overlap(summary: Summary) -> Spec:
    """Return for each pair of rules how many of the row rule's hits the column rule shared."""
    top = [rule for rule, _ in sorted(summary.rules.items(), key=lambda each: (-each[1].hits, each[0]))[:MATRIX_RULES]]
    rows: list[Row] = []
    for row in top:
        for column in top:
            both = summary.rules[row].hits if row == column else summary.overlaps[min(row, column), max(row, column)]
            rows.append({"rule": row, "also": column, "share": both / summary.rules[row].hits})
    axes = {
        "y": {"field": "rule", "type": "nominal", "sort": top, "title": None},
        "x": {"field": "also", "type": "nominal", "sort": top, "title": None, "axis": {"labelAngle": -60}},
    }
    shade = {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": [0, 1], "range": ["#4a7fd40a", "#4a7fd4ff"]},
        "legend": {"format": "%", "title": None},
    }
    number = {**axes, "text": {"field": "share", "format": ".0%"}}
    layers = [
        {"mark": "rect", "encoding": {**axes, "color": shade}},
        {
            "transform": [{"filter": "datum.share >= 0.005"}],
            "mark": {"type": "text", "fontSize": 9, "color": INK},
            "encoding": number,
        },
    ]
    return _chart({"data": {"values": rows}, "layer": layers, "height": {"step": 22}})


def bucket_hours(summary: Summary) -> int:
    """Return the width of a time bucket in hours: an hour, a day, a week or whole weeks, for at most 100 buckets."""
    span = ((summary.last_t or 0) - (summary.first_t or 0)) // HOUR_MS + 1
    if span <= MOST_BUCKETS:
        return 1
    if span <= MOST_BUCKETS * 24:
        return 24
    weeks = -(-span // (MOST_BUCKETS * 24 * 7))
    return 24 * 7 * weeks


def _time_axis(hours: int) -> Spec:
    pattern = "%m-%d %H:00" if hours < 24 else "%Y-%m-%d"
    return {"title": None, "format": pattern, "labelAngle": -40, "labelOverlap": "greedy", "labelSeparation": 20}


def _colours(field: str, pairs: list[tuple[str, str]]) -> Spec:
    scale = {"domain": [word for word, _ in pairs], "range": [colour for _, colour in pairs]}
    return {"field": field, "type": "nominal", "scale": scale, "legend": {"title": None, "orient": "top", "columns": 3}}


def _chart(spec: Spec) -> Spec:
    axis = {"labelColor": INK, "titleColor": INK, "gridColor": FAINT, "domainColor": FAINT, "tickColor": FAINT}
    fonts = {"labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal"}
    config = {
        "font": "system-ui, sans-serif",
        "view": {"stroke": None},
        "axis": {**axis, **fonts},
        "legend": {"labelColor": INK, "titleColor": INK, "labelFontSize": 11},
    }
    frame = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "background": None, "config": config}
    return {**frame, "width": WIDTH, "height": HEIGHT, **spec}
