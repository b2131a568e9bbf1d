"""Entities while a batch is folded: read once, changed in memory, written once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from operator import attrgetter

import msgspec
from django.db import connections

from anxin.desk.decisioning.decisions.models import Entity
from anxin.desk.decisioning.decisions.projection.reading import EntityName
from anxin.desk.decisioning.decisions.projection.tables import PROJECTION, Row, columns_of
from anxin.desk.decisioning.decisions.risk import Risk, decode_reasons, encode_reasons
from anxin.engine.verdict import Verdict

KEPT_STATES = 60_000
MOST_ORIGINS = 24
MANY_ORIGINS = "*"
_STEP = 400
COLUMNS = columns_of(Entity)
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM {Entity._meta.db_table} WHERE projection_id = %s AND key IN"
_row_of: Callable[[object], Row] = attrgetter(*COLUMNS)
_COUNTS = {
    Verdict.CHALLENGE: "challenged",
    Verdict.REVIEW: "reviewed",
    Verdict.HOLD: "held",
    Verdict.FREEZE: "frozen",
    Verdict.BLOCK: "blocked",
}
_WORDS = ("money", "risk_reasons", "platform", "terminal", "place", "origins")
_BLANK = dict.fromkeys(COLUMNS, 0) | dict.fromkeys(_WORDS, "") | {"display_sealed": None, "is_new": True}
Money = dict[str, dict[str, int]]
_read_money = msgspec.json.Decoder(Money).decode


class EntityState:
    """One entity, changed in place; `is_new` until written. Its attributes are the table's columns and three more."""

    id: int
    projection_id: int
    kind: str
    key: str
    first_at: int
    last_at: int
    last_seq: int
    events: int
    frauds: int
    clearances: int
    disputes: int
    reports: int
    links: int
    unlinked: int
    money: str
    risk_level: int
    risk_score: float
    risk_at: int
    risk_reasons: str
    platform: str
    terminal: str
    place: str
    origins: str
    display_sealed: bytes | None
    is_new: bool
    risk: Risk
    sums: Money

    def count_verdict(self, verdict: Verdict) -> None:
        """Count a decision that was not to allow."""
        name = _COUNTS[verdict]
        setattr(self, name, getattr(self, name) + 1)

    def see_origin(self, number: int) -> None:
        """Remember where it was seen."""
        text = str(number)
        if self.origins == text or self.origins == MANY_ORIGINS:
            return
        known = self.origins.split(",")
        if text in known:
            return
        many = len(known) >= MOST_ORIGINS
        self.origins = MANY_ORIGINS if many else f"{self.origins},{text}" if self.origins else text

    def add_money(self, currency: str, meaning: str, amount_minor: int) -> None:
        """Add to a sum."""
        sums = self.sums.setdefault(currency, {})
        sums[meaning] = sums.get(meaning, 0) + amount_minor

    def row(self) -> Row:
        """Return the columns in the table's order."""
        if self.sums:
            self.money = msgspec.json.encode(self.sums).decode()
        self.risk_level, self.risk_score, self.risk_at = int(self.risk.level), self.risk.score, self.risk.at
        self.risk_reasons = encode_reasons(self.risk.reasons) if self.risk.reasons else ""
        return _row_of(self)


def new_state(entity_id: int, projection_id: int, entity: EntityName, *, at: int, seq: int) -> EntityState:
    """Return an entity first named now."""
    state = EntityState()
    state.__dict__.update(_BLANK)
    state.id, state.projection_id, (state.kind, state.key) = entity_id, projection_id, entity
    state.first_at = state.last_at = at
    state.last_seq = seq
    state.risk, state.sums = Risk(), {}
    return state


class EntityBook:
    """The entities of one projection, the recent ones kept in memory: valid as long as nobody else writes."""

    def __init__(self, projection_id: int) -> None:
        self._projection_id = projection_id
        self._young: dict[EntityName, EntityState] = {}
        self._old: dict[EntityName, EntityState] = {}

    def load(self, names: Iterable[EntityName]) -> None:
        """Bring the known ones of the names into memory."""
        if len(self._young) > KEPT_STATES:
            self._young, self._old = {}, self._young
        young, old = self._young, self._old
        unknown = [name for name in set(names) if name not in young and (name not in old or self.find(name) is None)]
        wanted = set(unknown)
        keys = iter(dict.fromkeys(key for _, key in unknown))
        while some := list(islice(keys, _STEP)):
            for state in self._read(some):
                name = (state.kind, state.key)
                if name in wanted:
                    self._young[name] = state

    def find(self, name: EntityName) -> EntityState | None:
        """Return a loaded one."""
        state = self._young.get(name)
        if state is None and (state := self._old.pop(name, None)) is not None:
            self._young[name] = state
        return state

    def add(self, state: EntityState) -> None:
        """Take in a new one."""
        self._young[state.kind, state.key] = state

    def _read(self, keys: list[str]) -> Iterator[EntityState]:
        places = ", ".join(["%s"] * len(keys))
        with connections[PROJECTION].cursor() as cursor:
            cursor.execute(f"{_SELECT} ({places})", (self._projection_id, *keys))
            rows = cursor.fetchall()
        for row in rows:
            state = EntityState()
            state.__dict__.update(zip(COLUMNS, row, strict=True))
            state.is_new = False
            state.risk = Risk(state.risk_score, state.risk_at, decode_reasons(state.risk_reasons))
            state.sums = _read_money(state.money) if state.money else {}
            yield state
