"""Two entities side by side, line by line, and which lines differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from anxin.desk.decisioning.decisions.wording import place_words, terminal_words
from anxin.desk.decisioning.entities import graph as links
from anxin.desk.decisioning.entities.panels import (
    RISKS,
    count_facts,
    entity_card,
    entity_href,
    entity_label,
    money_facts,
)
from anxin.desk.decisioning.entities.panels import EntityCard as Card
from anxin.desk.decisioning.entities.profile import EntityName, EntityView
from anxin.desk.decisioning.entities.queries import Comparison
from anxin.desk.foundation.ui.words import Words, say

MOST_CANDIDATES = 12


@dataclass(frozen=True)
class ComparedLine:
    """One line of the comparison."""

    label: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        """Return whether the two are not the same."""
        return self.one != self.other


@dataclass(frozen=True)
class SharedPanel:
    """Something both are linked with."""

    kind: str
    words: Words
    label: str
    href: str
    compare_href: str = ""


@dataclass(frozen=True)
class ComparisonPanels:
    """Both at their heads, the lines, what they share, and how often they met directly."""

    one: Card
    other: Card
    lines: tuple[ComparedLine, ...]
    shared: tuple[SharedPanel, ...]
    met: int


def comparison_panels(found: Comparison) -> ComparisonPanels:
    """Return a comparison in words."""
    one, other = (dict(_said(view)) for view in (found.one, found.other))
    labels = dict.fromkeys((*one, *other))
    return ComparisonPanels(
        one=entity_card(found.one),
        other=entity_card(found.other),
        lines=tuple(ComparedLine(label, one.get(label, "—"), other.get(label, "—")) for label in labels),
        shared=tuple(_shared(name) for name in found.shared),
        met=found.met,
    )


def _said(view: EntityView) -> Iterable[tuple[str, str]]:
    yield say(Words("风险", "risk")), f"{say(RISKS[view.risk.level].words)} {view.risk.score:.0f}"
    yield say(Words("首次出现", "first seen")), _day(view.first_seen)
    yield say(Words("最近出现", "last seen")), _day(view.last_seen)
    yield say(Words("最近 IP 属地", "latest IP region")), place_words(view.place) or "—"
    yield say(Words("最近终端", "latest terminal")), terminal_words(view.terminal) or "—"
    yield say(Words("平台", "platform")), view.platform or "—"
    yield say(Words("关联对象", "linked with")), f"{view.links + view.unlinked:,}"
    yield say(Words("生效中的措施与名单", "measures and lists in force")), str(len(view.orders))
    for fact in (*count_facts(view), *money_facts(view)):
        yield say(fact.label), fact.value


def _day(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def candidates(found: links.Graph) -> tuple[SharedPanel, ...]:
    """Return others of the same kind that are linked over something shared, the riskiest first."""
    kind = found.nodes[0].name.kind
    alike = [node for node in found.nodes[1:] if node.name.kind == kind]
    alike.sort(key=lambda node: (-int(node.level), node.step))
    one = found.nodes[0].name
    return tuple(_candidate(one, node.name) for node in alike[:MOST_CANDIDATES])


def _candidate(one: EntityName, other: EntityName) -> SharedPanel:
    href = reverse("entities_compared", args=[one.kind, one.key, other.kind, other.key])
    return replace(_shared(other), compare_href=href)


def _shared(name: EntityName) -> SharedPanel:
    return SharedPanel(name.kind, name.words, entity_label(name), entity_href(name))
