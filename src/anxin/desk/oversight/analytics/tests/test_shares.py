"""Wilson's interval: known figures, and what holds for every share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.desk.oversight.analytics.shares import Share, share_of


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_published_intervals(hits: int, n: int, low: float, high: float) -> None:
    share = share_of(hits, n)
    assert (round(share.low or 0, 4), round(share.high or 0, 4)) == (low, high)


def test_nothing_has_no_share() -> None:
    assert share_of(0, 0).value is None
    with pytest.raises(ValueError, match="2 of 1"):
        share_of(2, 1)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_the_share_and_mirrors(hits: int, misses: int) -> None:
    share, mirrored = share_of(hits, hits + misses), share_of(misses, hits + misses)
    if share.value is None or share.low is None or share.high is None:
        assert hits == misses == 0
        return
    assert 0 <= share.low <= share.value <= share.high <= 1
    assert mirrored.high == pytest.approx(1 - share.low)


def width(share: Share) -> float:
    return (share.high or 0) - (share.low or 0)


@given(st.integers(0, 100), st.integers(1, 100), st.integers(2, 9))
def test_more_of_the_same_says_more(hits: int, misses: int, times: int) -> None:
    few, many = share_of(hits, hits + misses), share_of(hits * times, (hits + misses) * times)
    assert width(many) < width(few)
