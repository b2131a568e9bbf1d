from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

from anxin.engine.arrival import Arrival, LaterEvent
from anxin.engine.policy.definition import Policy
from anxin.engine.policy.loader import parse_policy

START = 1_767_225_600_000
MINUTE, DAY = 60_000, 86_400_000
TEXTS = "{zh: 文, en: text}"
POLICY = """
name: small
version: "1"
owner: tests
timezone: UTC
score_levels: {challenge: 30, review: 60, hold: 80}
"""
FEATURES = """
features:
  paid_1d: {aggregate: sum, value: amount, of: payment.attempted, by: user, over: 1d}
  payments_1d: {aggregate: count, of: payment.attempted, by: user, over: 1d}
  disputes_card_30d: {aggregate: count, of: payment.disputed, by: card, over: 30d}
  last_amount: {aggregate: last, value: amount, of: payment.attempted, by: user, over: 30d}
  to_last: {compute: amount / last_amount}
"""
RULES = f"""
rules:
  TX01:
    area: TXN
    title: {TEXTS}
    on: [payment.attempted]
    when: payments_1d > 3 and amount >= EUR(50)
    verdict: hold
    severity: 2
    score: 60
    reasons: {{agent: {TEXTS}, user: {TEXTS}, auditor: {TEXTS}}}
    owner: tests
    expires: 2099-01-01
    tests:
      fires:
        - {{event: {{event_type: payment.attempted, amount: 5000, currency: EUR}}, given: {{payments_1d: 4}}}}
        - {{event: {{event_type: payment.attempted, amount: 9000, currency: EUR}}, given: {{payments_1d: 9}}}}
      quiet:
        - {{event: {{event_type: payment.attempted, amount: 10, currency: EUR}}, given: {{payments_1d: 4}}}}
        - {{event: {{event_type: payment.attempted, amount: 5000, currency: EUR}}, given: {{payments_1d: 1}}}}
"""


def small_policy(**files: str) -> Policy:
    return parse_policy(policy_files(**files))


def policy_files(**files: str) -> dict[str, str]:
    known = {"policy.yaml": POLICY, "features/a.yaml": FEATURES, "rules/a.yaml": RULES}
    return known | {name.replace("__", "/"): text for name, text in files.items()}


def payment(number: int, t: int, **fields: object) -> bytes:
    event = {"event_id": f"e{number}", "event_type": "payment.attempted", "occurred_at": t, "currency": "EUR"}
    return json.dumps({**event, "amount": 100, "actor_id": "u1", "pm_token": "c1", **fields}).encode()


def dispute(number: int, known_at: int, card: str) -> LaterEvent:
    event = {"event_id": f"e{number}:disputed", "event_type": "payment.disputed", "occurred_at": known_at}
    return LaterEvent(known_at, json.dumps({**event, "amount": 1, "currency": "EUR", "pm_token": card}).encode())


def shop_days(count: int = 3000, *, seed: int = 7) -> Iterator[Arrival]:
    """Payments of which those by a few stolen cards, and most that are far over the last one, are fraud."""
    rng = Random(seed)
    for number in range(count):
        t = START + number * 10 * MINUTE
        is_stolen = rng.random() < 0.06
        card = f"s{rng.randrange(3)}" if is_stolen else f"c{rng.randrange(40)}"
        amount = rng.randrange(5_000, 40_000) if is_stolen and rng.random() < 0.7 else rng.randrange(500, 9_000)
        raw = payment(number, t, amount=amount, actor_id=f"u{rng.randrange(30)}", pm_token=card, goods_class=card[0])
        later = (dispute(number, t + 2 * DAY, card),) if is_stolen else ()
        yield Arrival(raw, number + 1, is_stolen, later, "dev")
