"""Events with texts, signatures, and what a gateway keeps and says of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import DecisionRecord, Kind, decode_record
from tests.journeys.shop import Shop, journal, new_id

PATIENT = {"decision_budget_ms": 60_000}
SMUGGLED = "加薇❤ abc12345 便宜，退款点 http://taoba0.com/login 付款"
ORDER: dict[str, Any] = {
    "set": "own",
    "version": "1",
    "put": [
        {
            "kind": "link",
            "id": "LK-1",
            "owner": "intelligence",
            "source": "reports",
            "valid_from": "2020-01-01",
            "valid_until": "2099-01-01",
            "confidence": "high",
            "values": ["evil-one.example"],
            "tests": {"positive": ["http://evil-one.example/a"], "negative": ["http://harmless.example/"]},
        },
        {
            "kind": "phone",
            "id": "PH-1",
            "owner": "intelligence",
            "source": "reports",
            "valid_from": "2020-01-01",
            "valid_until": "2099-01-01",
            "marks": 20,
            "values": ["13912345678"],
            "tests": {"positive": ["139 1234 5678"], "negative": ["110"]},
        },
    ],
}


def message(text: str | None = SMUGGLED, **fields: object) -> dict[str, Any]:
    event = {
        "event_id": new_id(),
        "event_type": "message.sent",
        "occurred_at": time.time_ns() // 1_000_000,
        "actor_id": new_id(),
        "is_stranger": True,
        "conv_message_no": 1,
        "text": text,
    }
    return {name: value for name, value in (event | fields).items() if value is not None}


def records(data: Path) -> dict[str, DecisionRecord]:
    reader = LogReader(data / "organisations" / "demo" / "log", FileKeyRing(data / "master.key"), organisation="demo")
    decoded = (decode_record(kind, payload) for _, kind, payload in reader.records(1) if kind == Kind.DECISION)
    return {each.event_id: each for each in decoded if isinstance(each, DecisionRecord)}


def noted(data: Path, word: str) -> list[dict[str, Any]]:
    return [each for each in journal(data) if each["word"] == word]


def rules(decision: dict[str, Any]) -> set[str]:
    return {each["rule"] for each in decision["reasons"]}


def is_black(shop: Shop, link: str) -> bool:
    answer = shop.post("/v1/checks/link", {"link": link}).json
    return "link.list.black" in [each["code"] for each in answer["reasons"]]
