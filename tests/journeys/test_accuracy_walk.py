from __future__ import annotations

from benchmarks.accuracy.walking import Reader, stretches, walk_forward, walk_table

from anxin.history.dataset import UNLABELLED, Dataset, InputChoice
from anxin.history.training import FitSettings

ROWS = 1_000
MINUTE = 60_000


def told_by_one_input() -> Dataset:
    """Return a row a minute, a fifth of them fraud that `sign` tells, `noise` does not; every tenth row unlabelled."""
    found = Dataset(("sign", "noise"))
    for row in range(ROWS):
        is_fraud = row % 5 == 3
        found.values.extend((float(is_fraud), float(row * 7 % 11)))
        found.labels.append(UNLABELLED if row % 10 == 0 else int(is_fraud))
        found.times.append(row * MINUTE)
        found.parts.append("dev")
    return found


def test_stretches_fit_only_to_rows_whose_verdict_is_known() -> None:
    dataset = told_by_one_input()
    found = list(stretches(dataset, delay_ms=30 * MINUTE))
    labelled = [row for row in range(ROWS) if row % 10]
    assert [test for _, test in found] == [labelled[90 * tenth : 90 * (tenth + 1)] for tenth in range(3, 10)]
    assert all(train == [row for row in labelled if row <= test[0] - 30] for train, test in found)


def test_rows_held_back_are_in_no_stretch() -> None:
    dataset = told_by_one_input()
    dataset.parts[500:] = ["held"] * 500
    assert {row for train, test in stretches(dataset, delay_ms=0) for row in train + test} == {
        row for row in range(500) if row % 10
    }


def test_a_reader_is_measured_on_what_follows_and_at_a_quarter_of_fraud() -> None:
    settings = FitSettings(rounds=5, least_rows_per_leaf=5, input_share=1.0)
    readers = [Reader(name, InputChoice((name,), ("x",)), settings) for name in ("sign", "noise")]
    steps = walk_forward(told_by_one_input(), readers, delay_ms=0)
    assert [(step.rows, step.frauds) for step in steps] == [(90, 20)] * 7
    assert {step.reached["sign"].best_f1_at_quarter for step in steps} == {1.0}
    for step in steps:
        noise = step.reached["noise"]
        assert noise.auc < 0.7
        assert 0.4 <= noise.best_f1_at_quarter < 0.6
    table = walk_table("a set", steps)
    assert table.row_count == 9
    assert list(table.columns[3].cells)[-2].startswith("1.000 / ")


def test_steps_are_plain_values() -> None:
    dataset = told_by_one_input()
    settings = FitSettings(rounds=1, least_rows_per_leaf=5)
    step = walk_forward(dataset, [Reader("both", InputChoice(dataset.names, ("x",)), settings)], delay_ms=0)[0]
    assert step.record()["reached"] == {
        "both": dict.fromkeys(("pr_auc", "auc", "best_f1", "pr_auc_at_quarter", "best_f1_at_quarter"), 1.0)
    }
