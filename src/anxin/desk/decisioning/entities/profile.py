"""What an entity is, in short: name, risk with reasons, counts, money, what people ordered about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db.models import Q

from anxin.desk.decisioning.decisions.models import Entity, EntityOrder
from anxin.desk.decisioning.decisions.risk import Risk, RiskLevel, RiskReason, decode_reasons, fades_below, risk_now
from anxin.desk.decisioning.decisions.scope import Scope
from anxin.desk.decisioning.decisions.sealed_body import open_displays, open_words
from anxin.desk.decisioning.decisions.wording import kind_words
from anxin.desk.decisioning.entities.kinds import TOKEN_KINDS
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import from_ms, to_ms
from anxin.desk.foundation.privacy.showing import Shown, show
from anxin.desk.foundation.ui.words import Words
from anxin.engine.verdict import Verdict

_read_money = msgspec.json.Decoder(dict[str, dict[str, int]])
_REASONS = {
    "verdict.challenge": Words("要求额外验证（{detail}）", "asked for more proof ({detail})"),
    "verdict.review": Words("转人工审核（{detail}）", "sent to review ({detail})"),
    "verdict.hold": Words("被暂缓（{detail}）", "held ({detail})"),
    "verdict.freeze": Words("被冻结（{detail}）", "frozen ({detail})"),
    "verdict.block": Words("被拦截（{detail}）", "blocked ({detail})"),
    "label.fraud": Words("已定性为欺诈（{detail}）", "labelled as fraud ({detail})"),
    "label.cleared": Words("已澄清（{detail}）", "cleared ({detail})"),
    "label.disputed": Words("付款有争议", "a payment is disputed"),
    "label.chargeback": Words("付款被拒付", "a payment was charged back"),
    "reported": Words("被他人举报", "reported by others"),
}


@dataclass(frozen=True)
class EntityName:
    """Which entity, and what it is shown as. `title` is the key; for personal kinds `shown` stands in its place."""

    kind: str
    key: str
    words: Words
    title: str
    shown: Shown | None


@dataclass(frozen=True)
class ReasonLine:
    """Why a risk is as it is: a sentence to say with `detail`, how often, when last, and the record that says so."""

    code: str
    words: Words
    detail: str
    count: int
    at: datetime
    seq: int


@dataclass(frozen=True)
class RiskView:
    """A risk at one moment. `falls_at` is when the level falls by itself, None while it does not."""

    level: RiskLevel
    score: float
    reasons: tuple[ReasonLine, ...]
    falls_at: datetime | None


@dataclass(frozen=True)
class OrderLine:
    """A hold or list entry in force; `verdict` is empty for list entries, `list_name` for holds. `until` None: open."""

    verdict: str
    list_name: str
    colour: str
    measure: str
    reason: str
    placed_by: str
    source: str
    at: datetime
    until: datetime | None


@dataclass(frozen=True)
class Counts:
    """How often what happened."""

    events: int
    challenged: int
    reviewed: int
    held: int
    frozen: int
    blocked: int
    frauds: int
    clearances: int
    disputes: int
    reports: int


@dataclass(frozen=True)
class Sum:
    """Money in one currency, in minor units."""

    currency: str
    paid: int
    refunded: int
    disputed: int


@dataclass(frozen=True)
class EntityView:
    """One entity. `counts` and `money` are None for people who see only some of its sites.

    `last_seq` is the place in the log where it was named last.
    """

    name: EntityName
    first_seen: datetime
    last_seen: datetime
    risk: RiskView
    orders: tuple[OrderLine, ...]
    counts: Counts | None
    money: tuple[Sum, ...] | None
    platform: str
    terminal: str
    place: str
    links: int
    unlinked: int
    last_seq: int


def name_entities(rows: Iterable[Entity], scope: Scope, *, by: Actor) -> dict[int, EntityName]:
    """Return how each entity is called and shown, by row id."""
    rows = list(rows)
    sealed = {(row.kind, row.key): bytes(row.display_sealed) for row in rows if row.display_sealed is not None}
    clear = open_displays(scope.organisation_id, sealed)
    return {row.pk: _name(row, clear.get((row.kind, row.key)), by) for row in rows}


def view_risk(risk: Risk, at: datetime, orders: Sequence[OrderLine]) -> RiskView:
    """Return a folded risk as it is at a moment, under the orders in force."""
    in_force = [Verdict.from_word(order.verdict) for order in orders if order.verdict]
    level, score = risk_now(risk, to_ms(at), in_force=in_force)
    falls = fades_below(risk, level)
    is_own = not in_force and falls is not None
    return RiskView(
        level, score, tuple(_reason(each) for each in risk.reasons), from_ms(falls or 0) if is_own else None
    )


def risk_of(row: Entity) -> Risk:
    """Return the risk as it was folded last."""
    return Risk(row.risk_score, row.risk_at, decode_reasons(row.risk_reasons))


def view_reasons(text: str) -> tuple[ReasonLine, ...]:
    """Return the reasons of a stored point."""
    return tuple(_reason(each) for each in decode_reasons(text))


def orders_in_force(rows: Iterable[Entity], scope: Scope, at: datetime) -> Mapping[int, tuple[OrderLine, ...]]:
    """Return by entity row the holds and exact list entries in force at a moment, strongest first."""
    by_key: dict[str, list[Entity]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    now = to_ms(at)
    orders = EntityOrder.objects.filter(
        Q(until_at=None) | Q(until_at__gt=now), projection_id=scope.projection_id, key__in=list(by_key), ended_seq=None
    )
    held = list(orders.order_by("-verdict", "-id"))
    words = open_words(scope.organisation_id, {order.pk: bytes(order.sealed) for order in held})
    found: dict[int, list[OrderLine]] = {}
    for order in held:
        for row in by_key[order.key]:
            if order.entity_kind in ("", row.kind):
                found.setdefault(row.pk, []).append(_order(order, words[order.pk]))
    return {row: tuple(lines) for row, lines in found.items()}


def view_entity(
    row: Entity, name: EntityName, orders: tuple[OrderLine, ...], at: datetime, *, whole: bool
) -> EntityView:
    """Return the view of an entity."""
    return EntityView(
        name=name,
        first_seen=from_ms(row.first_at),
        last_seen=from_ms(row.last_at),
        risk=view_risk(risk_of(row), at, orders),
        orders=orders,
        counts=_counts(row) if whole else None,
        money=_money(row.money) if whole else None,
        platform=row.platform,
        terminal=row.terminal,
        place=row.place,
        links=row.links,
        unlinked=row.unlinked,
        last_seq=row.last_seq,
    )


def _name(row: Entity, clear: str | None, by: Actor) -> EntityName:
    words = kind_words(row.kind)
    if row.kind not in TOKEN_KINDS:
        return EntityName(row.kind, row.key, words, row.key, None)
    shown = show(row.kind, clear or "", by=by, pseudonym=row.key)
    return EntityName(row.kind, row.key, words, row.key[:8], shown)


def _reason(reason: RiskReason) -> ReasonLine:
    words = _REASONS.get(reason.code, Words(reason.code, reason.code))
    return ReasonLine(reason.code, words, reason.detail, reason.count, from_ms(reason.at), reason.seq)


def _order(order: EntityOrder, words: Mapping[str, str]) -> OrderLine:
    return OrderLine(
        verdict=Verdict(order.verdict).word if order.verdict is not None else "",
        list_name=order.list_name,
        colour=order.colour,
        measure=order.measure,
        reason=words.get("reason", ""),
        placed_by=words.get("by", ""),
        source=words.get("source", ""),
        at=from_ms(order.at),
        until=from_ms(order.until_at) if order.until_at is not None else None,
    )


def _counts(row: Entity) -> Counts:
    return Counts(
        row.events,
        row.challenged,
        row.reviewed,
        row.held,
        row.frozen,
        row.blocked,
        row.frauds,
        row.clearances,
        row.disputes,
        row.reports,
    )


def _money(text: str) -> tuple[Sum, ...]:
    sums = _read_money.decode(text) if text else {}
    return tuple(
        Sum(currency, each.get("paid", 0), each.get("refunded", 0), each.get("disputed", 0))
        for currency, each in sorted(sums.items())
    )
