"""Calibration: from a model's probability to a score that means the share of fraud, in percent."""

from __future__ import annotations

from collections.abc import Sequence

GROUPS = 16
HIGHEST = 99.9
LEAST_FRAUDS_PER_GROUP = 5


def calibration_points(probabilities: Sequence[float], labels: Sequence[int]) -> list[tuple[float, float]]:
    """Return points (probability, score) that rise strictly, so that no two scores change places.

    Rows are cut into groups of equally many frauds; a group that does not rise is joined to its neighbour. Empty when
    there are too few frauds to say anything.
    """
    frauds = sum(labels)
    size = max(LEAST_FRAUDS_PER_GROUP, -(-frauds // GROUPS))
    if frauds < 2 * size:
        return []
    groups: list[tuple[float, int, int]] = []
    for group in _groups(sorted(zip(probabilities, labels, strict=True)), size):
        groups.append(group)
        while len(groups) > 1 and not _rises(groups[-2], groups[-1]):
            upper, lower = groups.pop(), groups.pop()
            groups.append((lower[0] + upper[0], lower[1] + upper[1], lower[2] + upper[2]))
    points = [(0.0, 0.0)]
    for total, caught, rows in groups:
        point = (total / rows, min(HIGHEST, 100.0 * caught / rows))
        if point[0] > points[-1][0] and point[1] > points[-1][1]:
            points.append(point)
    if points[-1][0] < 1.0:
        points.append((1.0, 100.0))
    return points


def _groups(ranked: list[tuple[float, int]], size: int) -> list[tuple[float, int, int]]:
    """Return (sum of probabilities, frauds, rows) of groups with `size` frauds each, lowest first."""
    found = []
    total, caught, rows = 0.0, 0, 0
    for probability, label in ranked:
        total, caught, rows = total + probability, caught + label, rows + 1
        if caught == size:
            found.append((total, caught, rows))
            total, caught, rows = 0.0, 0, 0
    if rows and found:
        last = found.pop()
        found.append((last[0] + total, last[1] + caught, last[2] + rows))
    return found


def _rises(lower: tuple[float, int, int], upper: tuple[float, int, int]) -> bool:
    return lower[1] / lower[2] < upper[1] / upper[2] and lower[0] / lower[2] < upper[0] / upper[2]
