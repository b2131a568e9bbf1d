"""A model of random trees over the workload's features, as large as a trained one."""

from __future__ import annotations

import random

from anxin.engine.scoring.model import ModelFile, dump_model
from anxin.engine.scoring.tables import TreeTables
from benchmarks.workload import features


class _Growing:
    def __init__(self, inputs: int, seed: int) -> None:
        self.draw = random.Random(seed)
        self.inputs = inputs
        self.tables = TreeTables([], [], [], [], [], [], [], [])

    def grow(self, leaves: int) -> int:
        """Append a tree of `leaves` leaves and return its root; a leaf is numbered below 0."""
        tables = self.tables
        if leaves == 1:
            tables.leaf_values.append(self.draw.gauss(0, 0.02))
            return ~(len(tables.leaf_values) - 1)
        node = len(tables.features)
        tables.features.append(self.draw.randrange(self.inputs))
        tables.thresholds.append(self.draw.lognormvariate(2, 2))
        tables.flags.append(0)
        tables.expected.append(0.0)
        tables.left.append(0)
        tables.right.append(0)
        left = self.draw.randint(1, leaves - 1)
        tables.left[node] = self.grow(left)
        tables.right[node] = self.grow(leaves - left)
        return node


def random_trees(trees: int, leaves: int, *, seed: int) -> str:
    """Return the model file's text."""
    names = [each.name for each in features()]
    growing = _Growing(len(names), seed)
    for _ in range(trees):
        growing.tables.roots.append(growing.grow(leaves))
    return dump_model(ModelFile(name="bench", version="1", inputs=names, tables=growing.tables)).decode()
