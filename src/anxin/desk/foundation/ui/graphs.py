"""Place a relation graph in rings around the entity that the page is about: the nearer, the closer related.

Rings read better than forces for one centre, need no start values, and the same graph always looks the same.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from anxin.desk.foundation.ui.shapes import Edge, Graph, Node
from anxin.desk.foundation.ui.vocabulary import Mark, kind_mark

RING, NODE_RADIUS = 128, 18
MARGIN_X, MARGIN_TOP, MARGIN_BOTTOM = 76, 26, 46
STRETCH = 1.35
"""Screens are wider than high, and so are labels."""


@dataclass(frozen=True)
class PlacedNode:
    """A node with its place; `icon_x`, `icon_y` is where its icon begins."""

    node: Node
    mark: Mark
    x: float
    y: float
    is_centre: bool
    links: tuple[str, ...] = ()

    @property
    def icon_x(self) -> float:
        """Return where the icon of 16 px begins across."""
        return self.x - 8

    @property
    def icon_y(self) -> float:
        """Return where the icon of 16 px begins downwards."""
        return self.y - 8

    @property
    def text_y(self) -> float:
        """Return the baseline of the label."""
        return self.y + NODE_RADIUS + 15


@dataclass(frozen=True)
class PlacedEdge:
    """An edge between two places, with its words in the middle."""

    edge: Edge
    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def middle(self) -> tuple[float, float]:
        """Return where the words stand: nearer the outer end, where edges are further apart."""
        return round(self.x1 + (self.x2 - self.x1) * 0.55, 1), round(self.y1 + (self.y2 - self.y1) * 0.55 - 3, 1)


@dataclass(frozen=True)
class PlacedGraph:
    """A graph ready for its template; nodes in the order in which the keyboard walks them."""

    width: int
    height: int
    nodes: tuple[PlacedNode, ...]
    edges: tuple[PlacedEdge, ...]


def place_graph(graph: Graph) -> PlacedGraph:
    """Place every node that can be reached from the centre; what hangs on nothing is put in the outermost ring."""
    children, depths = _tree(graph)
    angles = _angles(graph.centre, children)
    rings = {key: (depth * RING, angles[key]) for key, depth in depths.items()}
    raw = {
        key: (radius * STRETCH * math.cos(angle), radius * math.sin(angle)) for key, (radius, angle) in rings.items()
    }
    left, top = min(x for x, _ in raw.values()), min(y for _, y in raw.values())
    places = {key: (round(x - left + MARGIN_X, 1), round(y - top + MARGIN_TOP, 1)) for key, (x, y) in raw.items()}
    by_key = {each.key: each for each in graph.nodes}
    return PlacedGraph(
        width=round(max(x for x, _ in places.values()) + MARGIN_X),
        height=round(max(y for _, y in places.values()) + MARGIN_BOTTOM),
        nodes=tuple(_placed(by_key[key], places[key], graph) for key in depths),
        edges=tuple(PlacedEdge(each, *places[each.one], *places[each.other]) for each in graph.edges),
    )


def _placed(node: Node, place: tuple[float, float], graph: Graph) -> PlacedNode:
    labels = {each.key: each.label for each in graph.nodes}
    links = tuple(
        labels[each.other if each.one == node.key else each.one]
        for each in graph.edges
        if node.key in (each.one, each.other)
    )
    return PlacedNode(node, kind_mark(node.kind), *place, node.key == graph.centre, links)


def _tree(graph: Graph) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Return the children of each node and its distance from the centre, walking breadth first in the given order."""
    neighbours: dict[str, list[str]] = defaultdict(list)
    for each in graph.edges:
        neighbours[each.one].append(each.other)
        neighbours[each.other].append(each.one)
    children: dict[str, list[str]] = defaultdict(list)
    depths = {graph.centre: 0}
    waiting = [graph.centre]
    while waiting:
        here = waiting.pop(0)
        for key in neighbours[here]:
            if key not in depths:
                depths[key] = depths[here] + 1
                children[here].append(key)
                waiting.append(key)
    loose = [each.key for each in graph.nodes if each.key not in depths]
    depths.update(dict.fromkeys(loose, max(depths.values(), default=0) or 1))
    children[graph.centre].extend(loose)
    return children, depths


def _angles(centre: str, children: dict[str, list[str]]) -> dict[str, float]:
    """Share the circle among branches by how many ends each has."""
    angles = {centre: 0.0}

    def share(key: str, start: float, span: float) -> None:
        ends = _ends(key, children)
        for each in children[key]:
            part = span * _ends(each, children) / ends
            angles[each] = start + part / 2
            share(each, start, part)
            start += part

    share(centre, -math.pi / 2 - math.pi / 6, 2 * math.pi)
    return angles


def _ends(key: str, children: dict[str, list[str]]) -> int:
    return sum(_ends(each, children) for each in children[key]) or 1
