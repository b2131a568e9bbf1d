"""The edges that the semantics name, each with the answer written out: no oracle that could share a mistake."""

from __future__ import annotations

import pytest

from anxin.engine.windows.choice import Implementation, new_windows
from anxin.engine.windows.contract import Windows
from anxin.engine.windows.plan import Aggregate, ColumnKind, FeatureSpec, ReaderSpec, StreamSpec, WindowPlan
from anxin.engine.windows.tests.implementations import IMPLEMENTATIONS
from anxin.engine.windows.tests.traffic import KEY

T, W, D, L = 1_790_000_000_000, 1_000, 100, 600_000
COLUMNS = (("n", ColumnKind.INTEGER),)
EACH = pytest.mark.parametrize("force", IMPLEMENTATIONS)


def windows_of(force: Implementation, *features: FeatureSpec, **limits: int) -> Windows:
    stream = StreamSpec(("user",), has_currency=False, filters=("all",), columns=COLUMNS)
    reader = ReaderSpec("event", (0,), tuple(range(len(features))))
    return new_windows(WindowPlan((stream,), features, (reader,), **limits), key=KEY, force=force)


def feature(aggregate: Aggregate, window: int = W, delay: int = 0) -> FeatureSpec:
    column = 0 if aggregate in {Aggregate.SUM, Aggregate.LAST, Aggregate.MIN} else -1
    return FeatureSpec("f", 0, aggregate, 0, column, window, delay)


def see(windows: Windows, t: int, n: int = 1, *, user: str = "u", counts: bool = True) -> list[object]:
    return list(windows.observe(0, t, [user, int(counts), n]))


@EACH
@pytest.mark.parametrize(("window", "age", "count"), [(W, W - 1, 2), (W, W, 1), (1, 0, 2), (1, 1, 1), (2, 1, 2)])
def test_a_window_is_open_where_it_begins_and_closed_where_it_ends(
    force: Implementation, window: int, age: int, count: int
) -> None:
    windows = windows_of(force, feature(Aggregate.COUNT, window))
    assert see(windows, T - age) == [1]
    assert see(windows, T) == [count]


@EACH
@pytest.mark.parametrize(("age", "count"), [(D - 1, 0), (D, 1), (D + W - 1, 1), (D + W, 0)])
def test_a_delayed_window_ends_where_the_delay_begins(force: Implementation, age: int, count: int) -> None:
    windows = windows_of(force, feature(Aggregate.COUNT, W, D))
    see(windows, T - age)
    assert see(windows, T) == [count]


@EACH
@pytest.mark.parametrize(("behind", "is_counted"), [(L, True), (L + 1, False)])
def test_an_event_may_come_exactly_as_late_as_is_allowed(force: Implementation, behind: int, is_counted: bool) -> None:
    windows = windows_of(force, feature(Aggregate.COUNT, 2 * L), feature(Aggregate.SUM, 2 * L))
    see(windows, T - L - 1, 10)
    see(windows, T, 20)
    assert see(windows, T - behind, 40) == ([2, 50] if is_counted else [1, 10])
    assert (windows.too_late, windows.watermark) == (not is_counted, T)
    assert see(windows, T, 80) == ([4, 150] if is_counted else [3, 110])


@EACH
def test_the_latest_late_event_sees_all_of_its_window(force: Implementation) -> None:
    windows = windows_of(force, feature(Aggregate.COUNT))
    for at in (T - L - W, T - L - W + 1, T):
        see(windows, at)
    assert see(windows, T - L) == [2]
    see(windows, T + 1)
    assert (see(windows, T - L + 1), windows.too_late) == ([2], False)


@EACH
def test_what_excludes_the_event_itself_sees_those_of_its_time_that_came_before(force: Implementation) -> None:
    windows = windows_of(force, *map(feature, (Aggregate.LAST, Aggregate.SINCE, Aggregate.FIRST_SEEN, Aggregate.COUNT)))
    assert see(windows, T, 7) == [None, None, None, 1]
    assert see(windows, T, 8) == [7, 0, 0, 2]
    assert see(windows, T + 5, 9) == [8, 5, 5, 3]
    # A late event comes behind all that have its time.
    assert see(windows, T, 6) == [8, 0, 0, 3]
    assert see(windows, T + 5, 5) == [9, 0, 5, 5]


@EACH
def test_an_event_that_enters_no_row_is_answered_all_the_same(force: Implementation) -> None:
    windows = windows_of(force, feature(Aggregate.COUNT), feature(Aggregate.MIN))
    assert see(windows, T, 3, counts=False) == [0, None]
    assert see(windows, T, 4) == [1, 4]
    assert see(windows, T + W - 1, 3, counts=False) == [1, 4]
    assert see(windows, T + W, 3, counts=False) == [0, None]
    assert [each.entities for each in windows.stats()] == [1]


@EACH
def test_the_one_touched_least_recently_goes_and_no_late_event_saves_it(force: Implementation) -> None:
    windows = windows_of(force, feature(Aggregate.COUNT, 2 * L), entity_cap=3)
    for at, user in enumerate("abc"):
        see(windows, T + at, user=user)
    see(windows, T + 3, user="a", counts=False)
    see(windows, T + 3 - L - 1, user="b")
    assert windows.too_late
    see(windows, T + 4, user="d")
    assert [(each.entities, each.evicted) for each in windows.stats()] == [(3, 1)]
    assert [see(windows, T + 5, user=each, counts=False) for each in "abcd"] == [[1], [0], [1], [1]]
