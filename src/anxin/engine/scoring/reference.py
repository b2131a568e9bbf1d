"""The pure-Python walk over tree tables: the kernel's twin, with the same sums in the same order."""

from __future__ import annotations

from collections.abc import Sequence

from anxin.engine.scoring.tables import (
    CATEGORICAL,
    DEFAULT_LEFT,
    MISSING_NAN,
    MISSING_ZERO,
    WORD_BITS,
    ZERO_THRESHOLD,
    TreeTables,
)


class TreeWalk:
    """Raw scores and path contributions of one set of trees."""

    def __init__(self, tables: TreeTables, inputs: int) -> None:
        """Take checked tables that read `inputs` numbers."""
        self.inputs = inputs
        self._tables = tables
        self._roots = tables.roots
        self._nodes = list(
            zip(tables.features, tables.thresholds, tables.flags, tables.left, tables.right, strict=True)
        )
        self._members = [
            frozenset(bit for bit in range(len(words) * WORD_BITS) if words[bit // WORD_BITS] >> bit % WORD_BITS & 1)
            for words in tables.sets
        ]

    def raw(self, values: Sequence[float]) -> float:
        """Return the raw score of `inputs` numbers, NaN for missing."""
        nodes, leaves, step = self._nodes, self._tables.leaf_values, self._goes_left
        total = 0.0
        for place in self._roots:
            while place >= 0:
                feature, threshold, flags, left, right = nodes[place]
                place = left if step(values[feature], threshold, flags) else right
            total += leaves[~place]
        return total / len(self._roots) if self._tables.average else total

    def contributions(self, values: Sequence[float]) -> tuple[float, list[float]]:
        """Return the mean raw score, and by input how far its splits moved the score away from that mean."""
        tables = self._tables
        base, parts = 0.0, [0.0] * self.inputs
        for place in self._roots:
            value = self._value(place)
            base += value
            while place >= 0:
                feature, threshold, flags, left, right = self._nodes[place]
                place = left if self._goes_left(values[feature], threshold, flags) else right
                reached = self._value(place)
                parts[feature] += reached - value
                value = reached
        if tables.average:
            count = len(self._roots)
            return base / count, [part / count for part in parts]
        return base, parts

    def _value(self, place: int) -> float:
        return self._tables.expected[place] if place >= 0 else self._tables.leaf_values[~place]

    def _goes_left(self, value: float, threshold: float, flags: int) -> bool:
        if flags & CATEGORICAL:
            return value > -1 and value < 1 << WORD_BITS and int(value) in self._members[int(threshold)]
        is_missing = value != value
        if is_missing and not flags & MISSING_NAN:
            value, is_missing = 0.0, False
        if is_missing or (flags & MISSING_ZERO and -ZERO_THRESHOLD < value <= ZERO_THRESHOLD):
            return bool(flags & DEFAULT_LEFT)
        return value <= threshold
