from __future__ import annotations

import hashlib
from array import array
from itertools import pairwise
from random import Random

import msgspec
import pytest

from anxin.engine.backtest import DecidedArrival, backtest
from anxin.engine.scoring.model import calibrated
from anxin.history.calibration import calibration_points
from anxin.history.dataset import Dataset, choose_inputs, collect, with_categories
from anxin.history.errors import RowRefused, TrainingImpossible, ValueUnfit
from anxin.history.replay import history_engine
from anxin.history.tests.builders import POLICY, shop_days, small_policy
from anxin.history.train_events import Trained, TrainingOrder, train_events
from anxin.history.training import FitSettings, labelled_rows, measure, split_by_time

SETTINGS = FitSettings(rounds=40, least_rows_per_leaf=10, ordinary_per_fraud=10)
TRAINED_AT = 1_793_000_000_000
ORDER = TrainingOrder(
    name="card_risk",
    event_types=["payment.attempted"],
    trained_at=TRAINED_AT,
    fields=("amount", "goods_class"),
    without=("paid_1d",),
    settings=SETTINGS,
)


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train_events(small_policy(), lambda: shop_days(), ORDER)


def test_history_of_disputes_beats_the_event_alone(trained: Trained) -> None:
    assert trained.baseline is not None
    assert trained.model.rows == 750
    assert trained.model.pr_auc > 0.9
    assert trained.file.inputs == [
        "amount",
        "goods_class",
        "payments_1d",
        "disputes_card_30d",
        "last_amount",
        "to_last",
    ]
    assert trained.file.categories == {"goods_class": ["c", "s"]}


def test_online_scores_are_the_offline_scores(trained: Trained) -> None:
    """A policy that names the trained model scores every event exactly as the training replay measured it."""
    policy = small_policy(
        **{"policy.yaml": POLICY + "model: card_risk\n", "models/card_risk.json": trained.document.decode()}
    )
    choice = choose_inputs(policy, event_types=ORDER.event_types, fields=ORDER.fields, without=ORDER.without)
    choice = type(choice)(choice.names, choice.event_types, trained.file.categories)
    dataset = collect(small_policy(), choice, shop_days(600))
    engine = history_engine(policy)
    online = [each.decided.judged for each in backtest(engine, shop_days(600)) if isinstance(each, DecidedArrival)]
    model, width = engine.working.live.model, len(choice.names)
    assert model is not None
    offline = [model.score(dataset.values[row * width : (row + 1) * width]) for row in range(len(dataset))]
    assert [each.model_score for each in online] == offline
    assert len(set(offline)) > 100


def test_training_again_gives_the_same_file(trained: Trained) -> None:
    assert train_events(small_policy(), lambda: shop_days(), ORDER).document == trained.document


def test_card_names_data_figures_limits_and_hash(trained: Trained) -> None:
    expected = hashlib.sha256(trained.document).hexdigest()
    for word in (
        expected,
        "small@1",
        f"{trained.model.pr_auc:.4f}",
        "`disputes_card_30d`",
        "Known limits",
        "2026-01-01",
    ):
        assert word in trained.card
    assert trained.file.metrics["pr_auc"] == pytest.approx(trained.model.pr_auc, abs=1e-6)
    assert trained.file.trained_at == TRAINED_AT


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"event_types": ["payment.dreamt"]}, "no event type payment.dreamt"),
        ({"fields": ("colour",)}, "no field colour"),
        ({"valid_share": 0.0}, "no rows are left"),
        ({"parts": ("held",)}, "no rows are left"),
    ],
)
def test_orders_that_cannot_be_followed(change: dict[str, object], reason: str) -> None:
    order = TrainingOrder(**{**vars(ORDER), **change})  # type: ignore[arg-type]
    with pytest.raises(TrainingImpossible, match=reason):
        train_events(small_policy(), lambda: shop_days(60), order)


def test_too_few_frauds_are_refused() -> None:
    with pytest.raises(TrainingImpossible, match="at least 10 of each"):
        train_events(small_policy(), lambda: shop_days(60), ORDER)


def test_a_row_the_engine_refuses_is_named() -> None:
    broken = [msgspec.structs.replace(each, raw=b"[]") if each.row == 7 else each for each in shop_days(10)]
    choice = choose_inputs(small_policy(), event_types=["payment.attempted"], fields=["amount"])
    with pytest.raises(RowRefused, match="Row 7"):
        collect(small_policy(), choice, broken)


def test_a_value_that_does_not_fit_is_named_also_where_words_are_gathered() -> None:
    unfit = ValueUnfit(row=7, column="amount", reason="'x' is not an amount", reason_zh="'x' 不是金额")
    broken = [msgspec.structs.replace(each, raw=b"", unfit=unfit) if each.row == 7 else each for each in shop_days(10)]
    for fields in (["amount"], ["goods_class"]):
        choice = choose_inputs(small_policy(), event_types=["payment.attempted"], fields=fields)
        with pytest.raises(ValueUnfit, match="Row 7, column amount"):
            collect(small_policy(), with_categories(choice, small_policy(), lambda: broken), broken)
    refused = [msgspec.structs.replace(each, raw=b"[]") if each.row == 7 else each for each in shop_days(10)]
    with pytest.raises(RowRefused) as told:
        with_categories(choice, small_policy(), lambda: refused)
    assert told.value.sentence("zh") == "第 7 行的事件未被接受：请求内容不是有效的 JSON：应为一个 JSON 对象"


def test_rows_by_label_part_and_time() -> None:
    dataset = Dataset(("a",), labels=array("b", [1, -1, 0, 0, 1]), parts=["dev", "dev", "dev", "held", "held"])
    assert labelled_rows(dataset) == [0, 2, 3, 4]
    assert labelled_rows(dataset, part=["held"]) == [3, 4]
    assert split_by_time([0, 2, 3, 4], 0.25) == ([0, 2, 3], [4])


def test_measures_at_a_threshold() -> None:
    found = measure([90.0, 80.0, 10.0, 5.0], [1, 0, 1, 0], threshold=50.0)
    assert (found.precision, found.recall, found.f1, found.best_f1) == (0.5, 0.5, 0.5, 0.8)


def test_calibrated_scores_mean_the_share_of_fraud_and_keep_the_order() -> None:
    rng = Random(3)
    chances = [rng.random() ** 2 for _ in range(4000)]
    labels = [int(rng.random() < chance / 2) for chance in chances]
    points = calibration_points(chances, labels)
    scores = sorted((chance, calibrated(chance, points)) for chance in chances)
    assert all(low[1] < high[1] for low, high in pairwise(scores) if low[0] < high[0])
    high = [
        (score, label)
        for chance, label in zip(chances, labels, strict=True)
        if (score := calibrated(chance, points)) > 20
    ]
    assert sum(score for score, _ in high) / len(high) == pytest.approx(
        100 * sum(label for _, label in high) / len(high), abs=3
    )


def test_calibration_needs_frauds() -> None:
    assert calibration_points([0.1, 0.9], [0, 1]) == []
