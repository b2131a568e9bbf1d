from __future__ import annotations

import math

import msgspec
import pytest

from anxin.engine.scoring.model import Model, ModelFile, dump_model, load_model, logistic
from anxin.engine.scoring.tables import LinearTables, ModelInvalid, TreeTables

LINEAR = ModelFile(
    name="risk",
    version="1",
    inputs=["a", "b"],
    tables=LinearTables(weights=[2.0, -1.0], means=[1.0, 10.0], bias=0.5),
    metrics={"pr_auc": 0.78},
)
TREES = ModelFile(
    name="risk",
    version="2",
    inputs=["channel", "amount"],
    categories={"channel": ["web", "ios"]},
    tables=TreeTables([0], [0], [0], [1], [~0], [~1], [0.0], [3.0, -3.0], [[0b10]]),
)


def test_a_linear_model_takes_missing_as_its_mean() -> None:
    model = Model(LINEAR)
    assert model.raw([3.0, 9.0]) == 5.5
    assert model.contributions([3.0, math.nan]) == (0.5, [4.0, 0.0])
    assert model.probability([1.0, 10.0]) == pytest.approx(0.6224593312018546, abs=1e-15)
    assert model.score([1.0, 10.0]) == pytest.approx(62.24593312018546, abs=1e-12)


def test_texts_enter_by_their_place() -> None:
    model = Model(TREES)
    assert model.encode(["ios", 7]) == [1.0, 7.0]
    assert model.encode(["web", True]) == [0.0, 1.0]
    assert all(math.isnan(value) for value in (*model.encode(["android", None]), *model.encode([None, "7"])))
    assert [model.raw(model.encode([text, 0])) for text in ("ios", "web", "android", None)] == [3.0, -3.0, -3.0, -3.0]


def test_calibration_joins_its_points() -> None:
    file = msgspec.structs.replace(LINEAR, calibration=[(0.25, 10.0), (0.5, 30.0), (0.75, 90.0)])
    model = Model(file)
    scores = [model.score([1.0 + (raw - 0.5) / 2, 10.0]) for raw in (-50.0, 0.0, math.log(0.6 / 0.4), 50.0)]
    assert scores == pytest.approx([10.0, 30.0, 54.0, 90.0], abs=1e-9)


def test_a_file_comes_back_whole() -> None:
    for file in (LINEAR, TREES):
        model = load_model(dump_model(file))
        assert model.file == file
    assert model.title == "risk@2"
    assert model.score(model.encode(["ios", 0])) == pytest.approx(95.25741268224334, abs=1e-12)


@pytest.mark.parametrize("x", [0.0, 5.0, -5.0, 800.0, -800.0])
def test_the_logistic_never_overflows(x: float) -> None:
    assert logistic(x) + logistic(-x) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "anxin.model/2"},
        {"slope": 0.0},
        {"inputs": ["a", "a"]},
        {"inputs": ["a"]},
        {"categories": {"b": ["x"]}},
        {"categories": {"c": ["x"]}},
        {"calibration": [(0.5, 10.0), (0.5, 20.0)]},
        {"calibration": [(0.1, 20.0), (0.5, 10.0)]},
        {"calibration": [(0.1, 101.0)]},
        {"tables": LinearTables([1.0, math.nan], [0.0, 0.0], 0.0)},
    ],
)
def test_a_file_that_does_not_fit_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ModelInvalid):
        Model(msgspec.structs.replace(LINEAR, **change))


@pytest.mark.parametrize("document", [b"", b"{}", b'{"name": 1}', dump_model(LINEAR)[:-1]])
def test_a_document_that_is_no_model_is_refused(document: bytes) -> None:
    with pytest.raises(ModelInvalid):
        load_model(document)


def test_a_refusal_speaks_both_languages() -> None:
    with pytest.raises(ModelInvalid) as caught:
        load_model(
            b'{"name": "m", "version": "1", "inputs": ["a", "a"], "tables": {"kind": "linear", '
            b'"weights": [1.0, 1.0], "means": [0.0, 0.0], "bias": 0.0}}'
        )
    assert caught.value.sentence("zh") == "模型无法使用：有输入重名"
    assert caught.value.sentence("en") == "The model cannot be used: an input is named twice"
