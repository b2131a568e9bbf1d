"""Decisions for analysts: whom they are about as pseudonyms, when and how much only roughly.

Two exports of the same rows cannot be joined by what they say: pseudonyms have another key each time, rows stand in the
order of their pseudonyms, times are cut to the hour and money to two figures.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import datetime

import msgspec

from anxin.desk.decisioning.decisions.ids import row_id
from anxin.desk.decisioning.decisions.queries import DecisionFilter, DecisionLine, bodies_of, list_decisions
from anxin.desk.decisioning.decisions.scope import get_scope
from anxin.desk.foundation.edge.actor import Actor

MOST_ROWS = 5_000
_PAGE = 200
_TOKEN = 12


class Names(msgspec.Struct, frozen=True):
    """Whom an event names, as far as an analyst groups by it."""

    actor_id: str | None = None
    device_id: str | None = None
    pm_token: str | None = None
    payee_id: str | None = None
    seller_id: str | None = None
    addr_token: str | None = None


@dataclass(frozen=True)
class ExportRow:
    """One decision. `hour` is UTC, `amount_minor` rough; empty where the event said nothing."""

    decision: str
    user: str
    device: str
    card: str
    payee: str
    merchant: str
    address: str
    hour: str
    event_type: str
    verdict: str
    score: float
    rules: str
    policy: str
    platform: str
    business_line: str
    region: str
    terminal: str
    amount_minor: str
    currency: str
    flags: str

    def cells(self) -> tuple[object, ...]:
        """Return the columns in their order."""
        return astuple(self)


COLUMNS = tuple(ExportRow.__dataclass_fields__)
_read_names = msgspec.json.Decoder(Names, strict=False).decode


def pseudonymous_rows(chosen: DecisionFilter, *, by: Actor, secret: bytes) -> tuple[ExportRow, ...]:
    """Return up to MOST_ROWS of the newest chosen decisions in the order of their pseudonyms; raise Forbidden."""
    rows = [_row(line, names, secret) for line, names in _lines(chosen, by)]
    return tuple(sorted(rows, key=lambda row: row.decision))


def pseudonym(secret: bytes, kind: str, value: str | None) -> str:
    """Return the value's name within one export; nothing stays nothing."""
    if not value:
        return ""
    digest = hmac.digest(secret, f"{kind}\0{value}".encode(), hashlib.sha256)
    return f"{kind[:1]}_{base64.b32encode(digest)[:_TOKEN].decode().lower()}"


def _lines(chosen: DecisionFilter, by: Actor) -> Iterator[tuple[DecisionLine, Names]]:
    cursor, count = None, 0
    while count < MOST_ROWS:
        page = list_decisions(chosen, by=by, cursor=cursor, limit=min(_PAGE, MOST_ROWS - count))
        count += len(page.lines)
        yield from _named(page.lines, by)
        if page.cursor is None:
            return
        cursor = page.cursor


def _named(lines: tuple[DecisionLine, ...], by: Actor) -> Iterator[tuple[DecisionLine, Names]]:
    if not lines:
        return
    scope = get_scope(by)
    ids = {line.seq: row_id(scope.projection_id, line.seq) for line in lines}
    bodies = bodies_of(scope, ids.values())
    for line in lines:
        body = bodies.get(ids[line.seq])
        yield line, _names(body.event) if body is not None else Names()


def _names(event: bytes) -> Names:
    try:
        return _read_names(event)
    except msgspec.ValidationError:
        # A policy may give these names to fields of another type: then they name nobody.
        return Names()


def _row(line: DecisionLine, names: Names, secret: bytes) -> ExportRow:
    return ExportRow(
        decision=pseudonym(secret, "decision", line.event_id),
        user=pseudonym(secret, "user", names.actor_id),
        device=pseudonym(secret, "hardware", names.device_id),
        card=pseudonym(secret, "card", names.pm_token),
        payee=pseudonym(secret, "payee", names.payee_id),
        merchant=pseudonym(secret, "merchant", names.seller_id),
        address=pseudonym(secret, "address", names.addr_token),
        hour=_hour(line.occurred_at),
        event_type=line.event_type,
        verdict=line.verdict,
        score=round(line.score),
        rules=" ".join(line.rules),
        policy=line.policy,
        platform=line.platform,
        business_line=line.business_line,
        region=line.region,
        terminal=line.terminal,
        amount_minor="" if line.amount_minor is None else str(_rough(line.amount_minor)),
        currency=line.currency,
        flags=" ".join(line.flags),
    )


def _hour(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:00Z")


def _rough(amount: int) -> int:
    """Return an amount to two figures."""
    return int(float(f"{amount:.2g}"))
