"""What an entity is linked with, as a picture and as a table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from anxin.desk.decisioning.decisions.reveals import MaskedField
from anxin.desk.decisioning.decisions.risk import RiskLevel
from anxin.desk.decisioning.entities import graph as links
from anxin.desk.decisioning.entities.panels import RISKS, entity_href, entity_label, masked_name
from anxin.desk.foundation.ui.shapes import Edge, Graph, Node
from anxin.desk.foundation.ui.vocabulary import Mark
from anxin.desk.foundation.ui.words import Words

NEW_FOR = timedelta(days=3)
"""A device met first so shortly ago is new for somebody known for longer."""
SKETCH = 8
"""Neighbours drawn beside a page; the page of links draws all that were read."""
PERSONAL_KINDS = ("phone", "email", "ip", "device")
MOST_PERSONAL = 3
_LONGEST_LABEL = 12
_TONES = {RiskLevel.ELEVATED: "warning", RiskLevel.HIGH: "danger", RiskLevel.CRITICAL: "danger"}


@dataclass(frozen=True)
class LinkPanel:
    """One direct neighbour: how often and since when they were met together."""

    kind: str
    words: Words
    label: str
    href: str
    risk: Mark
    count: int
    first_at: datetime
    last_at: datetime
    links: int
    is_new: bool
    masked: MaskedField | None


def link_panels(found: links.Graph, at: datetime, *, known_since: datetime) -> tuple[LinkPanel, ...]:
    """Return the direct neighbours, the latest first; `known_since` is when the entity itself was met first."""
    edges = {each.other if each.one == 0 else each.one: each for each in found.edges if 0 in (each.one, each.other)}
    near = [(found.nodes[place], edge) for place, edge in edges.items()]
    near.sort(key=lambda pair: (pair[1].last_at, pair[0].name.kind, pair[0].name.key), reverse=True)
    return tuple(_panel(node, edge, at, known_since) for node, edge in near)


def _panel(node: links.Node, edge: links.Edge, at: datetime, known_since: datetime) -> LinkPanel:
    is_new = node.name.kind == "device" and edge.first_at > max(at - NEW_FOR, known_since)
    return LinkPanel(
        kind=node.name.kind,
        words=node.name.words,
        label=entity_label(node.name),
        href=entity_href(node.name),
        risk=RISKS[node.level],
        count=edge.count,
        first_at=edge.first_at,
        last_at=edge.last_at,
        links=node.links,
        is_new=is_new,
        masked=masked_name(node.name),
    )


def personal_panels(near: tuple[LinkPanel, ...]) -> tuple[LinkPanel, ...]:
    """Return the latest phones, mail addresses, IPs and devices, a few of each."""
    found: list[LinkPanel] = []
    for kind in PERSONAL_KINDS:
        found += [each for each in near if each.kind == kind][:MOST_PERSONAL]
    return tuple(found)


def whole_picture(found: links.Graph) -> Graph:
    """Return everything that was read, drawn."""
    return _picture(found, set(range(len(found.nodes))))


def sketch(found: links.Graph) -> Graph:
    """Return the riskiest and latest direct neighbours, drawn."""
    near = [place for place, node in enumerate(found.nodes) if node.step == 1]
    near.sort(key=lambda place: -int(found.nodes[place].level))
    return _picture(found, {0, *near[:SKETCH]})


def _picture(found: links.Graph, kept: set[int]) -> Graph:
    nodes = tuple(_node(found.nodes[place], place) for place in sorted(kept))
    edges = tuple(
        Edge(str(each.one), str(each.other), _met(each)) for each in found.edges if {each.one, each.other} <= kept
    )
    return Graph("0", nodes, edges)


def _node(node: links.Node, place: int) -> Node:
    label = entity_label(node.name)
    short = label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 5] + "…" + label[-4:]
    return Node(str(place), node.name.kind, short, entity_href(node.name), _TONES.get(node.level, ""))


def _met(edge: links.Edge) -> Words:
    return Words(f"{edge.count} 次", f"{edge.count}×")
