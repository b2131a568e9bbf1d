"""The pure-Python walk over tree tables: the kernel's twin, with the same sums in the same order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from anxin.engine.scoring.tables import (
    CATEGORICAL,
    DEFAULT_LEFT,
    MISSING_NAN,
    MISSING_ZERO,
    WORD_BITS,
    ZERO_THRESHOLD,
    TreeTables,
)

Place = int
Away = Callable[[float], Place]


class TreeWalk:
    """Raw scores and path contributions of one set of trees."""

    def __init__(self, tables: TreeTables, inputs: int) -> None:
        """Take checked tables that read `inputs` numbers."""
        self.inputs = inputs
        self._tables = tables
        self._nodes = [_node(tables, place) for place in range(len(tables.features))]

    def raw(self, values: Sequence[float]) -> float:
        """Return the raw score of `inputs` numbers, NaN for missing."""
        nodes, leaves, roots = self._nodes, self._tables.leaf_values, self._tables.roots
        total = 0.0
        for place in roots:
            while place >= 0:
                feature, threshold, left, right, away = nodes[place]
                value = values[feature]
                if value <= threshold:
                    place = left
                elif value > threshold:
                    place = right
                else:
                    place = away(value)
            total += leaves[~place]
        return total / len(roots) if self._tables.average else total

    def contributions(self, values: Sequence[float]) -> tuple[float, list[float]]:
        """Return the mean raw score, and by input how far its splits moved the score away from that mean."""
        base, parts = 0.0, [0.0] * self.inputs
        for place in self._tables.roots:
            value = self._value(place)
            base += value
            while place >= 0:
                feature = self._nodes[place][0]
                place = self._next(place, values[feature])
                reached = self._value(place)
                parts[feature] += reached - value
                value = reached
        if self._tables.average:
            count = len(self._tables.roots)
            return base / count, [part / count for part in parts]
        return base, parts

    def _next(self, place: Place, value: float) -> Place:
        _, threshold, left, right, away = self._nodes[place]
        if value <= threshold:
            return left
        return right if value > threshold else away(value)

    def _value(self, place: Place) -> float:
        return self._tables.expected[place] if place >= 0 else self._tables.leaf_values[~place]


def _node(tables: TreeTables, place: Place) -> tuple[int, float, Place, Place, Away]:
    """Return (feature, threshold, left, right, away); `away` decides values that neither compare as below nor above.

    Nodes with a set, or with 0 as missing, get the threshold NaN, so that `away` decides everything.
    """
    feature, threshold, flags = tables.features[place], tables.thresholds[place], tables.flags[place]
    left, right = tables.left[place], tables.right[place]
    default = left if flags & DEFAULT_LEFT else right
    if flags & CATEGORICAL:
        return feature, math.nan, left, right, _member(tables.sets[int(threshold)], left, right)
    if flags & MISSING_ZERO:
        return feature, math.nan, left, right, _nonzero(threshold, left, right, default)
    missing = default if flags & MISSING_NAN else (left if threshold >= 0.0 else right)
    return feature, threshold, left, right, lambda _value: missing


def _member(words: list[int], left: Place, right: Place) -> Away:
    bits = range(len(words) * WORD_BITS)
    members = frozenset(bit for bit in bits if words[bit // WORD_BITS] >> bit % WORD_BITS & 1)
    return lambda value: left if -1 < value < len(bits) and int(value) in members else right


def _nonzero(threshold: float, left: Place, right: Place, default: Place) -> Away:
    def away(value: float) -> Place:
        if value != value or -ZERO_THRESHOLD < value <= ZERO_THRESHOLD:
            return default
        return left if value <= threshold else right

    return away
