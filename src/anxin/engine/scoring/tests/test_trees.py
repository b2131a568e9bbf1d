from __future__ import annotations

import importlib
import math
import os
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.engine.scoring import reference
from anxin.engine.scoring.choice import TreeWalk
from anxin.engine.scoring.lightgbm_import import slope_from_lightgbm, tables_from_lightgbm
from anxin.engine.scoring.model import logistic
from anxin.engine.scoring.tables import (
    CATEGORICAL,
    DEFAULT_LEFT,
    MISSING_NAN,
    MISSING_ZERO,
    ModelInvalid,
    TreeTables,
)

os.environ["OMP_NUM_THREADS"] = "1"
numpy = importlib.import_module("numpy")

NAN = float("nan")
STUMP = TreeTables(
    roots=[0, ~2],
    features=[0],
    thresholds=[1.5],
    flags=[0],
    left=[~0],
    right=[~1],
    expected=[0.25],
    leaf_values=[1.0, -0.5, 0.125],
)


@pytest.fixture(params=[reference.TreeWalk, TreeWalk], ids=["reference", "chosen"])
def walk(request: pytest.FixtureRequest) -> type[TreeWalk]:
    return request.param


def stump(flags: int, threshold: float = 1.5, sets: tuple[tuple[int, ...], ...] = ()) -> TreeTables:
    return msgspec.structs.replace(STUMP, flags=[flags], thresholds=[threshold], sets=[list(words) for words in sets])


@pytest.mark.parametrize(
    ("flags", "threshold", "value", "is_left"),
    [
        (0, 1.5, 1.5, True),
        (0, 1.5, 1.5000001, False),
        (0, 1.5, NAN, True),
        (0, -1.5, NAN, False),
        (DEFAULT_LEFT, -1.5, NAN, False),
        (MISSING_NAN, 1.5, NAN, False),
        (MISSING_NAN | DEFAULT_LEFT, -1.5, NAN, True),
        (MISSING_NAN | DEFAULT_LEFT, -1.5, 0.0, False),
        (MISSING_ZERO, 1.5, 0.0, False),
        (MISSING_ZERO, 1.5, NAN, False),
        (MISSING_ZERO | DEFAULT_LEFT, -1.5, -0.0, True),
        (MISSING_ZERO | DEFAULT_LEFT, -1.5, 1e-35, True),
        (MISSING_ZERO | DEFAULT_LEFT, -1.5, -1e-35, False),
        (CATEGORICAL, 0, 1.0, True),
        (CATEGORICAL, 0, 33.0, True),
        (CATEGORICAL, 0, 2.0, False),
        (CATEGORICAL, 0, 64.0, False),
        (CATEGORICAL, 0, -1.0, False),
        (CATEGORICAL, 0, NAN, False),
        (CATEGORICAL, 0, math.inf, False),
    ],
)
def test_a_split_sends_a_value(walk: type[TreeWalk], flags: int, threshold: float, value: float, is_left: bool) -> None:
    core = walk(stump(flags, threshold, ((0b10, 0b10),)), 1)
    assert core.raw([value]) == (1.125 if is_left else -0.375)
    assert core.contributions([value]) == (0.375, [0.75 if is_left else -0.75])


def test_averaged_trees_divide_by_their_number(walk: type[TreeWalk]) -> None:
    core = walk(msgspec.structs.replace(STUMP, average=True), 1)
    assert core.raw([0.0]) == 0.5625
    assert core.contributions([0.0]) == (0.1875, [0.375])


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"left": [0]}, "goes back"),
        ({"right": [~3]}, "does not exist"),
        ({"roots": [1]}, "does not exist"),
        ({"roots": []}, "no tree"),
        ({"features": [1]}, "input"),
        ({"thresholds": [math.inf]}, "finite"),
        ({"thresholds": []}, "length"),
        ({"flags": [16]}, "flags"),
        ({"flags": [CATEGORICAL]}, "set"),
    ],
)
def test_broken_tables_are_refused(broken: dict[str, list[int]], said: str) -> None:
    with pytest.raises(ModelInvalid, match=said):
        msgspec.structs.replace(STUMP, **broken).check(1)


def test_a_wrong_number_of_inputs_is_refused() -> None:
    with pytest.raises((ValueError, IndexError)):
        TreeWalk(STUMP, 1).raw([])


def rows(count: int, seed: int) -> numpy.ndarray:
    random = numpy.random.default_rng(seed)
    values = random.normal(size=(count, 6))
    values[:, 1] = numpy.round(values[:, 1] * 4)
    values[:, 4] = random.integers(-1, 70, count)
    values[:, 5] = random.integers(0, 5, count)
    values[random.random((count, 6)) < 0.15] = NAN
    values[random.random((count, 6)) < 0.15] = 0.0
    return values


def booster(**params: object) -> Any:
    lightgbm = importlib.import_module("lightgbm")  # here, as every process of a run collects this module
    table = rows(1500, 1)
    filled = numpy.nan_to_num(table, nan=0.3)
    goal = filled[:, 0] + filled[:, 1] * (filled[:, 4] % 3 == 0) + numpy.isin(filled[:, 5], (1, 3)) > 0.6
    settings = {"objective": "binary", "num_leaves": 15, "min_data_in_leaf": 5, "min_data_per_group": 5, "verbose": -1}
    train = lightgbm.Dataset(table, goal.astype(float), categorical_feature=[4, 5], params={**settings, **params})
    return lightgbm.train({**settings, "num_threads": 1, "seed": 3, **params}, train, num_boost_round=30)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"zero_as_missing": True},
        {"use_missing": False},
        {"sigmoid": 2.5, "boost_from_average": False, "max_cat_to_onehot": 8},
        {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
        {"boosting": "dart"},
        {"objective": "regression"},
    ],
    ids=lambda params: "-".join(map(str, params)) or "default",
)
def test_an_imported_model_scores_as_lightgbm(params: dict[str, object]) -> None:
    model = booster(**params)
    probe = rows(300, 2)
    dump = model.dump_model()
    tables = tables_from_lightgbm(dump)
    tables.check(6)
    assert any(flag & CATEGORICAL for flag in tables.flags)
    slow, chosen = reference.TreeWalk(tables, 6), TreeWalk(tables, 6)
    expected = model.predict(probe, raw_score=True) / (model.num_trees() if tables.average else 1)
    scores = [slow.raw(row) for row in probe.tolist()]
    for row, ours, raw in zip(probe.tolist(), scores, expected, strict=True):
        assert ours == pytest.approx(raw, abs=1e-9)
        assert chosen.raw(row) == ours
        base, parts = slow.contributions(row)
        assert chosen.contributions(row) == (base, parts)
        assert base + sum(parts) == pytest.approx(raw, abs=1e-9)
    slope = slope_from_lightgbm(dump)
    probabilities = [logistic(slope * score) if slope else score for score in scores]
    assert probabilities == pytest.approx(model.predict(probe).tolist(), abs=1e-9)


def test_the_slope_belongs_to_a_binary_objective() -> None:
    assert slope_from_lightgbm({"objective": "binary sigmoid:2.5"}) == 2.5
    assert slope_from_lightgbm({"objective": "regression"}) is None


def test_what_cannot_be_walked_is_refused() -> None:
    with pytest.raises(ModelInvalid, match="one score"):
        tables_from_lightgbm({"num_tree_per_iteration": 3, "tree_info": []})
    with pytest.raises(ModelInvalid, match="linear"):
        tables_from_lightgbm({"tree_info": [{"tree_structure": {"leaf_value": 1.0, "leaf_const": 1.0}}]})


numbers = st.sampled_from([NAN, 0.0, -0.0, 1e-35, -1.0, 0.5, 1.0, 2.0, 31.0, 32.0, 1e300, -math.inf, math.inf])


@st.composite
def forests(draw: st.DrawFn) -> TreeTables:
    tables = TreeTables([], [], [], [], [], [], [], [], [[0b110], [1 << 31, 1]])
    for _ in range(draw(st.integers(1, 11))):
        tables.roots.append(_grow(draw, tables, draw(st.integers(0, 4))))
    return tables


def _grow(draw: st.DrawFn, tables: TreeTables, depth: int) -> int:
    if depth == 0 or draw(st.booleans()):
        tables.leaf_values.append(draw(st.floats(-2, 2)))
        return ~(len(tables.leaf_values) - 1)
    place = len(tables.features)
    flags = draw(st.sampled_from([0, DEFAULT_LEFT, MISSING_NAN, MISSING_NAN | DEFAULT_LEFT, MISSING_ZERO, CATEGORICAL]))
    tables.features.append(draw(st.integers(0, 2)))
    tables.flags.append(flags)
    tables.thresholds.append(
        draw(st.integers(0, 1) if flags == CATEGORICAL else st.sampled_from([-1.0, 0.0, 0.5, 2.0]))
    )
    tables.expected.append(draw(st.floats(-2, 2)))
    tables.left.append(0)
    tables.right.append(0)
    tables.left[place] = _grow(draw, tables, depth - 1)
    tables.right[place] = _grow(draw, tables, depth - 1)
    return place


@given(forests(), st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=8))
def test_both_walks_are_bit_equal(tables: TreeTables, probes: list[tuple[float, float, float]]) -> None:
    tables.check(3)
    slow, chosen = reference.TreeWalk(tables, 3), TreeWalk(tables, 3)
    for probe in probes:
        assert chosen.raw(probe) == slow.raw(probe)
        assert chosen.contributions(probe) == slow.contributions(probe)
