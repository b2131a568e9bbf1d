"""Tree tables from the dump of a LightGBM model, without LightGBM itself."""

from __future__ import annotations

import re
from typing import Any

from anxin.engine.scoring.tables import (
    CATEGORICAL,
    DEFAULT_LEFT,
    MISSING_NAN,
    MISSING_ZERO,
    WORD_BITS,
    ModelInvalid,
    TreeTables,
)

MISSING_FLAGS = {"None": 0, "Zero": MISSING_ZERO, "NaN": MISSING_NAN}
SLOPE = re.compile(r"^binary\b.*?sigmoid:([0-9.eE+-]+)")

Dump = dict[str, Any]


def tables_from_lightgbm(dump: Dump) -> TreeTables:
    """Return the tables of `Booster.dump_model()`; raise ModelInvalid for multi-class models and linear leaves."""
    if dump.get("num_tree_per_iteration", 1) != 1:
        raise ModelInvalid(reason="only one score per row is supported", reason_zh="每行只能有一个分数")
    build = _Build()
    roots = [build.tree(tree["tree_structure"]) for tree in dump["tree_info"]]
    return TreeTables(
        roots=roots,
        features=build.features,
        thresholds=build.thresholds,
        flags=build.flags,
        left=build.left,
        right=build.right,
        expected=build.expected,
        leaf_values=build.leaf_values,
        sets=build.sets,
        average=bool(dump.get("average_output", False)),
    )


def slope_from_lightgbm(dump: Dump) -> float | None:
    """Return k of the probability 1 / (1 + exp(−k · raw)), or None when the objective is not binary."""
    found = SLOPE.match(str(dump.get("objective", "")))
    return float(found[1]) if found else None


class _Build:
    """Tables under construction; parents are numbered before their children."""

    def __init__(self) -> None:
        self.features: list[int] = []
        self.thresholds: list[float] = []
        self.flags: list[int] = []
        self.left: list[int] = []
        self.right: list[int] = []
        self.expected: list[float] = []
        self.leaf_values: list[float] = []
        self.sets: list[list[int]] = []

    def tree(self, node: Dump) -> int:
        """Add a subtree; return its place."""
        return self._add(node)[0]

    def _add(self, node: Dump) -> tuple[int, float]:
        """Return place and row count of a subtree."""
        if "leaf_const" in node:
            raise ModelInvalid(reason="linear leaves are not supported", reason_zh="不支持线性叶子")
        if "split_feature" not in node:
            self.leaf_values.append(float(node["leaf_value"]))
            return ~(len(self.leaf_values) - 1), float(node.get("leaf_count", 0))
        place = len(self.features)
        self._split(node)
        self.left[place], left_rows = self._add(node["left_child"])
        self.right[place], right_rows = self._add(node["right_child"])
        rows = left_rows + right_rows
        share = left_rows / rows if rows else 0.5
        self.expected[place] = share * self._value(self.left[place]) + (1 - share) * self._value(self.right[place])
        return place, rows

    def _split(self, node: Dump) -> None:
        if node["missing_type"] not in MISSING_FLAGS:
            raise ModelInvalid(
                reason=f"unknown missing type {node['missing_type']}",
                reason_zh=f"未知的缺失类型 {node['missing_type']}",
            )
        flags = MISSING_FLAGS[node["missing_type"]] | (DEFAULT_LEFT if node["default_left"] else 0)
        threshold = node["threshold"]
        if node["decision_type"] == "==":
            self.sets.append(_words([int(category) for category in str(threshold).split("||")]))
            flags, threshold = CATEGORICAL, len(self.sets) - 1
        elif node["decision_type"] != "<=":
            raise ModelInvalid(
                reason=f"unknown decision type {node['decision_type']}",
                reason_zh=f"未知的判断类型 {node['decision_type']}",
            )
        self.features.append(int(node["split_feature"]))
        self.thresholds.append(float(threshold))
        self.flags.append(flags)
        for table in (self.left, self.right):
            table.append(0)
        self.expected.append(0.0)

    def _value(self, place: int) -> float:
        return self.expected[place] if place >= 0 else self.leaf_values[~place]


def _words(categories: list[int]) -> list[int]:
    words = [0] * (max(categories) // WORD_BITS + 1)
    for category in categories:
        words[category // WORD_BITS] |= 1 << category % WORD_BITS
    return words
