"""The numbers of a model: flat tree tables, or weights."""

from __future__ import annotations

import math

import msgspec

from anxin.engine.errors import EngineError

CATEGORICAL = 1
DEFAULT_LEFT = 2
MISSING_ZERO = 4
MISSING_NAN = 8
FLAGS = CATEGORICAL | DEFAULT_LEFT | MISSING_ZERO | MISSING_NAN
ZERO_THRESHOLD = 1e-35
WORD_BITS = 32


class ModelInvalid(EngineError):
    """A model file cannot be used; says why."""

    code = "model.invalid"
    zh = "模型无法使用：{reason}"
    en = "The model cannot be used: {reason}"


class TreeTables(msgspec.Struct, frozen=True, tag="trees", tag_field="kind"):
    """All trees of a model, node by node; a child or root below 0 is leaf `~child`, and a node comes after its parent.

    A node sends a value `<= threshold` left. With `CATEGORICAL` the threshold is the number of a set in `sets` (bits in
    words of 32), and members go left, everything else right. Missing (NaN) goes left or right by `DEFAULT_LEFT` when
    `MISSING_NAN` or `MISSING_ZERO` is set (the latter also for 0 and NaN counts as 0), else it is taken as 0.
    `expected` and `leaf_values` are raw scores; `expected` is the mean over the training rows that passed the node.
    `average` divides the sum by the number of trees.
    """

    roots: list[int]
    features: list[int]
    thresholds: list[float]
    flags: list[int]
    left: list[int]
    right: list[int]
    expected: list[float]
    leaf_values: list[float]
    sets: list[list[int]] = msgspec.field(default_factory=list)
    average: bool = False

    def check(self, inputs: int) -> None:
        """Raise ModelInvalid when an index is out of range, a path has no end or a number is not finite."""
        nodes = len(self.features)
        if {len(self.thresholds), len(self.flags), len(self.left), len(self.right), len(self.expected)} != {nodes}:
            raise ModelInvalid(reason="node tables differ in length", reason_zh="各节点表长度不一")
        if not self.roots:
            raise ModelInvalid(reason="there is no tree", reason_zh="没有树")
        if not all(map(math.isfinite, [*self.thresholds, *self.expected, *self.leaf_values])):
            raise ModelInvalid(reason="a number is not finite", reason_zh="有数字不是有限值")
        for root in self.roots:
            self._check_child(root, -1)
        for node in range(nodes):
            self._check_node(node, inputs)
        if any(not 0 <= word < 1 << WORD_BITS for words in self.sets for word in words):
            raise ModelInvalid(reason="a category word is out of range", reason_zh="类别位超出范围")

    def _check_node(self, node: int, inputs: int) -> None:
        if not 0 <= self.features[node] < inputs:
            raise ModelInvalid(
                reason=f"node {node} reads an input that does not exist", reason_zh=f"节点 {node} 读取了不存在的输入"
            )
        if self.flags[node] & ~FLAGS:
            raise ModelInvalid(reason=f"node {node} has unknown flags", reason_zh=f"节点 {node} 有未知标志")
        if self.flags[node] & CATEGORICAL and self.thresholds[node] not in range(len(self.sets)):
            raise ModelInvalid(
                reason=f"node {node} names a set that does not exist", reason_zh=f"节点 {node} 引用了不存在的集合"
            )
        self._check_child(self.left[node], node)
        self._check_child(self.right[node], node)

    def _check_child(self, child: int, parent: int) -> None:
        inside = parent < child < len(self.features) if child >= 0 else ~child < len(self.leaf_values)
        if not inside:
            raise ModelInvalid(
                reason=f"child {child} of node {parent} does not exist or goes back",
                reason_zh=f"节点 {parent} 的子节点 {child} 不存在或往回指",
            )


class LinearTables(msgspec.Struct, frozen=True, tag="linear", tag_field="kind"):
    """Raw score = bias + Σ weight × (value − mean); a missing value is taken as the mean."""

    weights: list[float]
    means: list[float]
    bias: float

    def check(self, inputs: int) -> None:
        """Raise ModelInvalid when the tables do not fit the inputs or a number is not finite."""
        if not len(self.weights) == len(self.means) == inputs:
            raise ModelInvalid(
                reason="weights, means and inputs differ in length", reason_zh="weights、means 与输入的个数不一"
            )
        if not all(map(math.isfinite, [*self.weights, *self.means, self.bias])):
            raise ModelInvalid(reason="a number is not finite", reason_zh="有数字不是有限值")
