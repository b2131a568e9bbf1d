"""What the gateway answered, `anxin backtest` answers again: same arrivals, same policy, same words."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
from benchmarks.serving import serve_gateway
from click.testing import CliRunner

from anxin.cli.main import root
from anxin.simulator.simulator import Simulator, Surroundings
from anxin.starter.folder import starter_folder
from tests.journeys.shop import Shop

EVENTS = 4_000
CALLERS = 3
START_AT = 1_760_000_000_000
SURROUNDINGS = Surroundings(labels_after_days=(0.01, 0.2))


def deliveries() -> list[bytes]:
    """Return bodies as they arrive, late ones and retries among them."""
    stream = Simulator(11, start_at=START_AT, events=EVENTS, attack_share=0.2, surroundings=SURROUNDINGS).stream()
    return [msgspec.json.encode(item.event) for item in stream]


def batches(bodies: Sequence[bytes], seed: int) -> Iterator[list[bytes]]:
    """Yield runs of 1 to 200 bodies; some runs come twice, as after a lost answer."""
    chance = random.Random(seed)
    at = 0
    while at < len(bodies):
        size = chance.choice((1, 2, 7, 40, 200))
        run = list(bodies[at : at + size])
        yield run
        if chance.random() < 0.2:
            yield run
        at += size


def send(shop: Shop, bodies: Sequence[bytes], seed: int) -> list[dict[str, Any]]:
    """Send a part of the traffic as single events, arrays and JSON lines in turn."""
    answers: list[dict[str, Any]] = []
    for number, run in enumerate(batches(bodies, seed)):
        if len(run) == 1:
            answers.append(shop.post("/v1/decisions", run[0]).json)
        elif number % 2:
            answers += shop.post("/v1/decisions:batch", b"[" + b",".join(run) + b"]").json
        else:
            answers += shop.post("/v1/decisions:batch", b"\n".join(run), content_type="application/x-ndjson").json
    return answers


def without_duplicates(answers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first answers in log order; a repeated one must say the same."""
    first: dict[str, dict[str, Any]] = {}
    for answer in answers:
        said = {name: value for name, value in answer.items() if name != "duplicate"}
        assert first.setdefault(answer["event_id"], said) == said
    return sorted(first.values(), key=lambda answer: int(answer["seq"]))


def test_backtest_gives_the_answers_of_the_gateway(tmp_path: Path) -> None:
    bodies = deliveries()
    patient = {"decision_budget_ms": 60_000}
    with (
        serve_gateway(tmp_path / "data", starter_folder(), **patient) as served,
        ThreadPoolExecutor(CALLERS) as callers,
    ):
        parts = [bodies[each::CALLERS] for each in range(CALLERS)]
        sent = callers.map(send, [Shop(served)] * CALLERS, parts, range(CALLERS))
        online = without_duplicates([answer for part in sent for answer in part])
    body_of = {json.loads(body)["event_id"]: body for body in bodies}
    events, out = tmp_path / "events.jsonl", tmp_path / "out.jsonl"
    events.write_bytes(b"\n".join(body_of[each["event_id"]] for each in online))
    result = CliRunner().invoke(root(), ["backtest", "--events", str(events), "--out", str(out)])
    assert result.exit_code == 0, result.output
    again = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(again) == len(online) == len(body_of)
    for number, (said, says) in enumerate(zip(online, again, strict=True), start=1):
        assert {**said, "seq": number} == {name: says[name] for name in says if name not in ("row", "is_fraud")}
    assert sum(bool(each["reasons"]) for each in online) > 100
