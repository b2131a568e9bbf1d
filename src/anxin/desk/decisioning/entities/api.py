"""Calls about people and things."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from anxin.desk.decisioning.decisions.queries import DecisionLine
from anxin.desk.decisioning.entities.profile import EntityName, EntityView, ReasonLine
from anxin.desk.decisioning.entities.queries import get_entity
from anxin.desk.decisioning.entities.search import find_entities
from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.ui.words import say

router = Router(tags=["entities"])


class SearchIn(Given, json_schema_extra={"examples": [{"query": "u1001"}]}):
    """What to search for: an id, phone, e-mail, order, link, or words of a text. It comes in a body, never in a URL."""

    query: str


class NameOut(Schema):
    """Which entity; `shown` is its masked form where it is personal."""

    kind: str
    key: str
    shown: str


class RiskReasonOut(Schema):
    """Why a risk is as it is."""

    code: str
    sentence: str
    count: int
    at: datetime


class OrderOut(Schema):
    """A hold or list entry in force."""

    verdict: str
    list_name: str
    measure: str
    until: datetime | None


class EntityOut(Schema):
    """A person or thing in short."""

    name: NameOut
    first_seen: datetime
    last_seen: datetime
    risk_level: str
    risk_score: float
    reasons: list[RiskReasonOut]
    orders: list[OrderOut]
    links: int


class SearchOut(Schema):
    """What was found; `is_whole` false when common words left older texts unread."""

    entities: list[EntityOut]
    decision: DecisionLine | None
    is_whole: bool


@router.post("/entities:search", response=SearchOut)
def search(request: HttpRequest, body: SearchIn) -> dict[str, object]:
    """Search for a person or thing."""
    by, at = caller(request)
    found = find_entities(body.query, by=by, at=at)
    return {
        "entities": [_entity(each) for each in found.entities],
        "decision": asdict(found.decision) if found.decision is not None else None,
        "is_whole": found.is_whole,
    }


@router.get("/entities/{slug:kind}/{str:key}", response=EntityOut)
def get(request: HttpRequest, kind: str, key: str) -> dict[str, object]:
    """Return a person or thing in short."""
    by, at = caller(request)
    return _entity(get_entity(kind=kind, key=key, by=by, at=at))


def _entity(view: EntityView) -> dict[str, object]:
    return {
        "name": _name(view.name),
        "first_seen": view.first_seen,
        "last_seen": view.last_seen,
        "risk_level": view.risk.level.name.lower(),
        "risk_score": view.risk.score,
        "reasons": [_reason(each) for each in view.risk.reasons],
        "orders": [asdict(each) for each in view.orders],
        "links": view.links,
    }


def _name(name: EntityName) -> dict[str, str]:
    return {"kind": name.kind, "key": name.key, "shown": name.shown.text if name.shown else name.title}


def _reason(reason: ReasonLine) -> dict[str, object]:
    sentence = say(reason.words, None, detail=reason.detail)
    return {"code": reason.code, "sentence": sentence, "count": reason.count, "at": reason.at}
