"""Bad places are refused before anything is counted; large numbers and odd texts are exact."""

from __future__ import annotations

import pytest

from anxin.engine.windows.choice import Implementation, new_windows
from anxin.engine.windows.contract import Place, Windows
from anxin.engine.windows.plan import (
    Aggregate,
    ColumnKind,
    FeatureSpec,
    ReaderSpec,
    StreamSpec,
    WindowPlan,
)
from anxin.engine.windows.tests.implementations import IMPLEMENTATIONS
from anxin.engine.windows.tests.traffic import KEY

TOP = 2**63 - 1
HOUR = 3_600_000
FILTERS = tuple(f"f{at}" for at in range(63))
STREAM = StreamSpec(
    ("user",), has_currency=True, filters=FILTERS, columns=(("n", ColumnKind.INTEGER), ("ip", ColumnKind.TEXT))
)
KINDS = [Aggregate.SUM, Aggregate.AVG, Aggregate.MIN, Aggregate.MAX, Aggregate.MEDIAN, Aggregate.MAD]


def plan_over(window: int) -> WindowPlan:
    features = [FeatureSpec(kind.name, 0, kind, 62, 0, window) for kind in KINDS]
    features += [
        FeatureSpec("ips", 0, Aggregate.DISTINCT, 62, 1, window),
        FeatureSpec("last", 0, Aggregate.LAST, 0, 1, HOUR),
    ]
    return WindowPlan((STREAM,), tuple(features), (ReaderSpec("event", (0,), tuple(range(len(features)))),))


@pytest.fixture(params=IMPLEMENTATIONS)
def windows(request: pytest.FixtureRequest) -> Windows:
    force: Implementation = request.param
    return new_windows(plan_over(HOUR), key=KEY, force=force)


@pytest.mark.parametrize(
    ("t", "places", "error"),
    [
        (1, ["u", "CNY", 1, 2**63, None], OverflowError),
        (1, ["u", "CNY", 1, -(2**63), None], OverflowError),
        (1, ["u", "CNY", 1, 10**40, None], OverflowError),
        (1, ["u", "CNY", 2**63, 1, None], OverflowError),
        (1, ["u", "CNY", -1, 1, None], OverflowError),
        (2**61, ["u", "CNY", 1, 1, None], OverflowError),
        (1, ["u", "CNY", 1, "1", None], TypeError),
        (1, ["u", "CNY", 1, 1.5, None], TypeError),
        (1, ["u", "CNY", 1, 1, 1], TypeError),
        (1, ["u", "CNY", None, 1, None], TypeError),
        (1, [7, "CNY", 1, 1, None], TypeError),
        (1, ["u", "CNY", 1, 1], ValueError),
        (1, ["u\ud800", "CNY", 1, 1, None], UnicodeEncodeError),
    ],
)
def test_bad_places_change_nothing(windows: Windows, t: int, places: list[Place], error: type[Exception]) -> None:
    windows.observe(0, 0, ["u", "CNY", 1, 5, "x"])
    before = windows.digest()
    with pytest.raises(error):
        windows.observe(0, t, places)
    assert (windows.digest(), windows.watermark) == (before, 0)


@pytest.mark.parametrize("force", IMPLEMENTATIONS)
@pytest.mark.parametrize("window", [HOUR, 0, 40 * 24 * HOUR])
def test_sums_beyond_64_bits_are_exact(force: Implementation, window: int) -> None:
    plan = plan_over(window if window < 40 * 24 * HOUR else HOUR)
    windows = new_windows(plan, key=KEY, force=force)
    for at in range(99):
        answers = windows.observe(0, at, ["u", "CNY", 2**62, TOP - at % 2, None])
    total = sum(TOP - at % 2 for at in range(99))
    assert answers[:4] == [total, total / 99, TOP - 1, TOP]
    for at in range(200):
        answers = windows.observe(0, 100 + at, ["u", "CNY", 2**62, -TOP, None])
    total -= 200 * TOP
    assert answers[:2] == [total, total / 299]


@pytest.mark.parametrize("force", IMPLEMENTATIONS)
def test_averages_are_rounded_once(force: Implementation) -> None:
    windows = new_windows(plan_over(HOUR), key=KEY, force=force)
    total = 0
    for at, value in enumerate([2**53, 1, 1, 2**61 + 3, -7, 2**52 + 1]):
        total += value
        answers = windows.observe(0, at, ["u", "CNY", 2**62, value, None])
        assert answers[1] == total / (at + 1)


def test_distances_wider_than_63_bits(windows: Windows) -> None:
    for at, value in enumerate([-TOP, -TOP, TOP, TOP, TOP]):
        windows.observe(0, at, ["u", "CNY", 2**62, value, None])
    assert windows.observe(0, 9, ["u", "CNY", 0, None, None])[4:6] == [TOP, 0]
    windows.observe(0, 9, ["u", "CNY", 2**62, -TOP, None])
    windows.observe(0, 9, ["u", "CNY", 2**62, 0, None])
    assert windows.observe(0, 9, ["u", "CNY", 0, None, None])[4:6] == [0, TOP]


def test_empty_and_long_texts_are_keys_and_values(windows: Windows) -> None:
    long = "长" * 100_000
    for at, key in enumerate(["", long, "\x00", "u"]):
        answers = windows.observe(0, at, [key, "", 1 | 2**62, 1, long])
        assert answers[6:] == [1, None]
    assert windows.observe(0, 9, [long, "", 2**62, 1, ""])[6:] == [2, windows.token(long)]
    assert windows.observe(0, 9, [long, "CNY", 2**62, 1, ""])[6:] == [1, None]


def test_a_missing_key_part_answers_missing(windows: Windows) -> None:
    assert windows.observe(0, 0, ["u", None, 1, 1, None]) == [None] * 8
    assert windows.watermark == 0
    assert windows.stats()[0].entities == 0


def test_booleans_are_numbers(windows: Windows) -> None:
    windows.observe(0, 0, ["u", "CNY", 2**62, True, None])
    assert windows.observe(0, 1, ["u", "CNY", 2**62, False, None])[:4] == [1, 0.5, 0, 1]


def test_tokens_are_the_same_everywhere() -> None:
    tokens = {new_windows(plan_over(HOUR), key=KEY, force=each).token("10.0.0.1") for each in IMPLEMENTATIONS}
    assert len(tokens) == 1
    assert tokens != {new_windows(plan_over(HOUR), key=bytes(16)).token("10.0.0.1")}


@pytest.mark.parametrize(
    ("feature", "problem"),
    [
        (FeatureSpec("x", 0, Aggregate.LAST, 0, 0, 31 * 24 * HOUR), "limited to 30 days"),
        (FeatureSpec("x", 0, Aggregate.COUNT, 63, -1, HOUR), "unknown filter"),
        (FeatureSpec("x", 0, Aggregate.SUM, 0, -1, HOUR), "unknown column"),
        (FeatureSpec("x", 0, Aggregate.COUNT, 0, -1, 0, 5), "must fit"),
        (FeatureSpec("x", 0, Aggregate.SEQUENCE, 0, -1, HOUR), "1 to 16 steps"),
        (FeatureSpec("x", 0, Aggregate.ABSENCE, 0, -1, HOUR), "without"),
    ],
)
def test_features_that_windows_cannot_keep_are_refused(feature: FeatureSpec, problem: str) -> None:
    for force in IMPLEMENTATIONS:
        with pytest.raises(ValueError, match=problem):
            new_windows(WindowPlan((STREAM,), (feature,), ()), key=KEY, force=force)
