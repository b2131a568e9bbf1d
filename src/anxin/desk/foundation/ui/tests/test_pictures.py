"""Where bars, points and nodes stand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.desk.foundation.ui.charts import axis_steps, draw_distribution, draw_trend, number_text
from anxin.desk.foundation.ui.graphs import place_graph
from anxin.desk.foundation.ui.shapes import Bar, Distribution, Edge, Graph, Node, Point, Trend
from anxin.desk.foundation.ui.words import Words

TITLE = Words("图", "chart")


@pytest.mark.parametrize(
    ("highest", "steps"),
    [(1, (0, 0.25, 0.5, 0.75, 1)), (4210, (0, 2000, 4000, 6000)), (14, (0, 5, 10, 15)), (100, (0, 25, 50, 75, 100))],
)
def test_axes_carry_round_numbers(highest: float, steps: tuple[float, ...]) -> None:
    assert axis_steps(highest) == steps


@given(st.floats(min_value=1e-9, max_value=1e12))
def test_axes_reach_over_the_highest(highest: float) -> None:
    steps = axis_steps(highest)
    assert steps[-1] >= highest * 0.999999
    assert 3 <= len(steps) <= 6


def test_bars_at_or_above_the_threshold_are_marked() -> None:
    bars = tuple(Bar(lower, lower + 10, 10) for lower in (0.0, 10.0, 20.0))
    picture = draw_distribution(Distribution(TITLE, bars, threshold=10))
    assert [each.is_over for each in picture.bars] == [False, True, True]
    assert (picture.line_text, picture.line) == ("10", picture.bars[1].x - 1)


def test_nothing_measured_draws_nothing() -> None:
    assert draw_distribution(Distribution(TITLE, ())).bars == ()
    assert draw_trend(Trend(TITLE, (Point("1", None),))).points == ()


def test_course_breaks_where_nothing_was_measured() -> None:
    picture = draw_trend(Trend(TITLE, tuple(Point(str(place), value) for place, value in enumerate((4, 2, None, 1)))))
    assert [part[0] for part in picture.course.split(" ") if part[0].isalpha()] == ["M", "L", "M"]


@pytest.mark.parametrize(("is_lower_better", "bad"), [(True, [True, False]), (False, [False, True])])
def test_points_that_miss_the_target_are_marked(is_lower_better: bool, bad: list[bool]) -> None:
    chart = Trend(TITLE, (Point("1", 9), Point("2", 1)), target=5, is_lower_better=is_lower_better)
    assert [each.is_bad for each in draw_trend(chart).points] == bad


@pytest.mark.parametrize(("value", "text"), [(1234567, "1,234,567"), (0.25, "0.25"), (12.5, "12.5"), (0, "0")])
def test_numbers_stand_without_needless_decimals(value: float, text: str) -> None:
    assert number_text(value) == text


def graph(edges: list[tuple[int, int]], count: int) -> Graph:
    nodes = tuple(Node(str(each), "user", f"u{each}", f"#{each}") for each in range(count))
    return Graph("0", nodes, tuple(Edge(str(one), str(other), TITLE) for one, other in edges))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_every_node_gets_a_place_inside_and_the_centre_comes_first(edges: list[tuple[int, int]]) -> None:
    placed = place_graph(graph(edges, 10))
    assert placed.nodes[0].is_centre
    assert sorted(each.node.key for each in placed.nodes) == [str(each) for each in range(10)]
    assert all(0 < each.x < placed.width and 0 < each.y < placed.height for each in placed.nodes)


def test_neighbours_stand_apart() -> None:
    placed = place_graph(graph([(0, each) for each in range(1, 9)], 9))
    places = [(each.x, each.y) for each in placed.nodes]
    assert min(math.dist(a, b) for i, a in enumerate(places) for b in places[:i]) > 60


def test_one_node_alone_is_drawn() -> None:
    assert len(place_graph(graph([], 1)).nodes) == 1


def test_links_of_a_node_are_named_for_those_who_hear() -> None:
    placed = place_graph(graph([(0, 1), (1, 2)], 3))
    assert [each.links for each in placed.nodes] == [("u1",), ("u0", "u2"), ("u1",)]
