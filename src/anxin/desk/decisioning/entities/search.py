"""Find people and things by whatever is at hand: an id, a phone, a mail address, an order, a link, words of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from anxin.checkers.links.address import parse_address
from anxin.desk.decisioning.decisions.event_fields import EventField, fields_of, texts_of
from anxin.desk.decisioning.decisions.keys import EntityKeys, keys_of, plain
from anxin.desk.decisioning.decisions.models import Decision, Entity, SearchTerm
from anxin.desk.decisioning.decisions.queries import (
    DecisionLine,
    bodies_of,
    find_decision_row,
    lines_of,
    origins_of,
)
from anxin.desk.decisioning.decisions.scope import Scope, find_scope
from anxin.desk.decisioning.entities.access import is_in_scope, is_whole
from anxin.desk.decisioning.entities.profile import EntityView, name_entities, orders_in_force, view_entity
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.permissions.authority import require

MOST_QUERY = 200
MOST_ENTITIES = 20
MOST_TEXTS = 20
_LOOKED_AT = 60
_SCANNED = 20_000
"""Texts of the rarest word looked through, newest first."""
_STEP = 500
_SAMPLE = 200
_MOST_TERMS = 8
_PHONE = re.compile(r"\+?[\d\s().-]{7,20}")


@dataclass(frozen=True)
class TextMatch:
    """A decision whose text holds the words asked for."""

    line: DecisionLine
    fields: tuple[EventField, ...]


@dataclass(frozen=True)
class SearchAnswer:
    """What was found. `is_whole` is False when common words left older texts unread."""

    entities: tuple[EntityView, ...]
    decision: DecisionLine | None
    texts: tuple[TextMatch, ...]
    is_whole: bool


def find_entities(query: str, *, by: Actor, at: datetime) -> SearchAnswer:
    """Return what a query finds among what the actor may see; raise Forbidden."""
    require(by, "entity.search")
    asked, scope = query.strip()[:MOST_QUERY], find_scope(by)
    if not asked or scope is None:
        return SearchAnswer((), None, (), is_whole=True)
    keys = keys_of(Organisation.objects.values_list("slug", flat=True).get(pk=by.organisation_id))
    entities = _entities(list(dict.fromkeys(_possible_keys(asked, keys))), scope, by, at)
    row = find_decision_row(scope, event_id=asked)
    decision = lines_of([row], origins_of(scope))[0] if row is not None else None
    if entities or decision is not None:
        return SearchAnswer(entities, decision, (), is_whole=True)
    texts, whole = _texts(asked, keys, scope, by)
    return SearchAnswer((), None, texts, whole)


def _possible_keys(asked: str, keys: EntityKeys) -> Iterator[str]:
    """Yield every key the query may stand for: itself, and as a phone, a mail address, an address, a link."""
    yield asked
    if _PHONE.fullmatch(asked):
        yield keys.personal_key("phone", asked)
    if "@" in asked:
        yield keys.personal_key("email", asked)
    if asked.count(".") == 3 or asked.count(":") > 1:
        yield keys.personal_key("ip", asked)
    if "." in asked and " " not in asked:
        address = parse_address(asked)
        if address is not None and address.host:
            yield address.host
            yield address.host.removeprefix("www.")


def _entities(possible: Sequence[str], scope: Scope, by: Actor, at: datetime) -> tuple[EntityView, ...]:
    rows = Entity.objects.filter(projection_id=scope.projection_id, key__in=possible)[: MOST_ENTITIES * 2]
    seen = sorted((row for row in rows if is_in_scope(row, scope)), key=lambda row: (-row.risk_level, -row.last_at))
    seen = seen[:MOST_ENTITIES]
    names, orders = name_entities(seen, scope, by=by), orders_in_force(seen, scope, at)
    return tuple(
        view_entity(row, names[row.pk], orders.get(row.pk, ()), at, whole=is_whole(row, scope)) for row in seen
    )


def _texts(asked: str, keys: EntityKeys, scope: Scope, by: Actor) -> tuple[tuple[TextMatch, ...], bool]:
    terms = keys.terms(asked)
    if not terms:
        return (), True
    ids, whole = _with_all(terms, scope)
    rows = [row for row in Decision.objects.filter(pk__in=ids).order_by("-id") if scope.sees(row.origin)]
    bodies, origins = bodies_of(scope, [row.pk for row in rows]), origins_of(scope)
    matches: list[TextMatch] = []
    for row in rows:
        body = bodies.get(row.pk)
        if body is not None and _holds(body.event, asked) and len(matches) < MOST_TEXTS:
            matches.append(TextMatch(lines_of([row], origins)[0], fields_of(body.event, by=by)))
    return tuple(matches), whole


def _with_all(terms: Sequence[int], scope: Scope) -> tuple[list[int], bool]:
    """Return the newest decisions that hold all terms, and whether the rarest one was read to its end."""
    low, high = scope.rows
    ranked = _rarest_first(terms[:_MOST_TERMS], low, high)
    if not ranked:
        return [], True
    found: list[int] = []
    for _ in range(_SCANNED // _STEP):
        rows = SearchTerm.objects.filter(term=ranked[0], decision_id__gte=low, decision_id__lt=high)
        step = list(rows.order_by("-decision_id").values_list("decision_id", flat=True)[:_STEP])
        found += _holding(ranked[1:], step)
        if len(step) < _STEP:
            return found[:_LOOKED_AT], len(found) <= _LOOKED_AT
        if len(found) >= _LOOKED_AT:
            break
        high = step[-1]
    return found[:_LOOKED_AT], False


def _rarest_first(terms: Sequence[int], low: int, high: int) -> list[int]:
    """Return the terms, those with the fewest recent texts first; none when one of them is nowhere."""
    ranked = []
    for term in terms:
        rows = SearchTerm.objects.filter(term=term, decision_id__gte=low, decision_id__lt=high)
        recent = list(rows.order_by("-decision_id").values_list("decision_id", flat=True)[:_SAMPLE])
        if not recent:
            return []
        # Of two common words, that one is rarer whose sample reaches further back.
        ranked.append((len(recent), recent[-1], term))
    return [term for _, _, term in sorted(ranked)]


def _holding(terms: Sequence[int], ids: Sequence[int]) -> list[int]:
    """Return those of the decisions, newest first, that hold all the terms."""
    kept = set(ids)
    for term in terms:
        if not kept:
            break
        kept &= set(SearchTerm.objects.filter(term=term, decision_id__in=kept).values_list("decision_id", flat=True))
    return sorted(kept, reverse=True)


def _holds(event: bytes, asked: str) -> bool:
    """Return whether a text of the event holds each part of the query, as written but for case and width."""
    texts = [plain(text) for text in texts_of(event)]
    return any(all(part in text for part in plain(asked).split()) for text in texts)
