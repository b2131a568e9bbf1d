"""Draw distributions and trends as inline SVG: coordinates here, colours in the stylesheet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anxin.desk.foundation.ui.shapes import Bar, Distribution, Trend

WIDTH, HEIGHT = 480, 216
LEFT, RIGHT, TOP, BOTTOM = 52, 20, 24, 28
INNER_WIDTH, INNER_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_LABELS = 8


@dataclass(frozen=True)
class Tick:
    """One mark on an axis: where, and what it says."""

    place: float
    text: str


@dataclass(frozen=True)
class DrawnBar:
    """One bar; `is_over` says that it lies at or above the threshold."""

    x: float
    y: float
    width: float
    height: float
    is_over: bool
    text: str


@dataclass(frozen=True)
class DrawnPoint:
    """One measured point; `is_bad` says that it misses the target."""

    x: float
    y: float
    is_bad: bool
    text: str


@dataclass(frozen=True)
class Picture:
    """A chart ready for its template. `line` is the threshold or target: x for bars, y for a course; None without.

    `is_line_text_left`: the target's words stand at the left, where the course is further away from it.
    """

    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    bars: tuple[DrawnBar, ...] = ()
    points: tuple[DrawnPoint, ...] = ()
    course: str = ""
    line: float | None = None
    line_text: str = ""
    is_line_text_left: bool = False


def draw_distribution(chart: Distribution) -> Picture:
    """Place the bars of a distribution and its threshold."""
    if not chart.bars:
        return Picture((), ())
    lowest, highest = chart.bars[0].lower, chart.bars[-1].upper
    y_steps = axis_steps(max(max(each.count for each in chart.bars), 1))
    top = y_steps[-1]

    def across(value: float) -> float:
        return round(LEFT + (value - lowest) / (highest - lowest) * INNER_WIDTH, 1)

    bars = tuple(_bar(each, across, top, chart.threshold) for each in chart.bars)
    edges = [*(each.lower for each in chart.bars), highest]
    every = math.ceil(len(edges) / (_MOST_LABELS + 3))
    threshold = chart.threshold
    return Picture(
        x_ticks=tuple(Tick(across(edge), number_text(edge)) for edge in edges[::every]),
        y_ticks=tuple(Tick(_up(step, top), number_text(step)) for step in y_steps),
        bars=bars,
        line=None if threshold is None else across(threshold),
        line_text="" if threshold is None else number_text(threshold),
    )


def _bar(bar: Bar, across: Callable[[float], float], top: float, threshold: float | None) -> DrawnBar:
    left, right, y = across(bar.lower), across(bar.upper), _up(bar.count, top)
    is_over = threshold is not None and bar.lower >= threshold
    text = f"{number_text(bar.lower)}–{number_text(bar.upper)}: {bar.count:,}"
    return DrawnBar(left + 1, y, max(round(right - left - 2, 1), 1), round(TOP + INNER_HEIGHT - y, 1), is_over, text)


def draw_trend(chart: Trend) -> Picture:
    """Place the points of a course and its target; a gap is drawn where nothing was measured."""
    known = [each.value for each in chart.points if each.value is not None]
    if not known:
        return Picture((), ())
    y_steps = axis_steps(max(*known, chart.target or 0, 1e-9))
    top = y_steps[-1]
    step = INNER_WIDTH / max(len(chart.points) - 1, 1)
    xs = [round(LEFT + place * step, 1) for place in range(len(chart.points))]
    every = math.ceil(len(xs) / _MOST_LABELS)
    placed = list(zip(xs, chart.points, strict=True))
    points = tuple(
        DrawnPoint(x, _up(each.value, top), _is_bad(each.value, chart), f"{each.label}: {number_text(each.value)}")
        for x, each in placed
        if each.value is not None
    )
    course = _course([(x, None if each.value is None else _up(each.value, top)) for x, each in placed])
    return Picture(
        x_ticks=tuple(Tick(x, each.label) for x, each in placed[::every]),
        y_ticks=tuple(Tick(_up(value, top), number_text(value)) for value in y_steps),
        points=points,
        course=course,
        line=None if chart.target is None else _up(chart.target, top),
        line_text="" if chart.target is None else number_text(chart.target),
        is_line_text_left=abs(known[0] - (chart.target or 0)) > abs(known[-1] - (chart.target or 0)),
    )


def _is_bad(value: float, chart: Trend) -> bool:
    if chart.target is None:
        return False
    return value > chart.target if chart.is_lower_better else value < chart.target


def _course(places: Sequence[tuple[float, float | None]]) -> str:
    parts, is_open = [], False
    for x, y in places:
        if y is not None:
            parts.append(f"{'L' if is_open else 'M'}{x} {y}")
        is_open = y is not None
    return " ".join(parts)


def _up(value: float, top: float) -> float:
    return round(TOP + INNER_HEIGHT * (1 - value / top), 1)


def axis_steps(highest: float) -> tuple[float, ...]:
    """Return three to six round numbers from 0 to at least `highest`."""
    rough = highest / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in _NICE if nice * power >= rough * 0.999999)
    return tuple(round(step * place, 10) for place in range(math.ceil(highest / step - 1e-9) + 1))


def number_text(value: float) -> str:
    """Return a number as axes and tables show it: thousands parted, no needless decimals."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"
