"""The one workload of all speed figures: 40 features over 6 entities, 50 rules, payments of a busy shop."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

START_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000

FIELD_OF_ENTITY = {
    "user": "actor_id",
    "device": "device_id",
    "ip": "ip",
    "card": "pm_token",
    "address": "addr_token",
    "merchant": "seller_id",
}
WINDOWS = {"10m": 10 * MINUTE, "1h": HOUR, "24h": DAY, "7d": 7 * DAY}


@dataclass(frozen=True)
class BenchFeature:
    """One feature of the workload: `value` is an event field, or None for a count."""

    name: str
    aggregate: str
    value: str | None
    entity: str
    window: str

    @property
    def window_ms(self) -> int:
        """Return the window's length."""
        return WINDOWS[self.window]


def features() -> list[BenchFeature]:
    """Return the 40 features: counts, sums, extremes and distinct values over four windows."""
    table = [
        ("user", "count", None, ("10m", "1h", "24h", "7d")),
        ("user", "sum", "amount", ("1h", "24h", "7d")),
        ("user", "max", "amount", ("24h", "7d")),
        ("user", "distinct", "device_id", ("24h", "7d")),
        ("user", "distinct", "pm_token", ("24h",)),
        ("device", "count", None, ("10m", "1h", "24h", "7d")),
        ("device", "distinct", "actor_id", ("24h", "7d")),
        ("device", "sum", "amount", ("24h",)),
        ("ip", "count", None, ("10m", "1h", "24h")),
        ("ip", "distinct", "actor_id", ("1h", "24h")),
        ("card", "count", None, ("10m", "1h", "24h")),
        ("card", "distinct", "actor_id", ("24h", "7d")),
        ("card", "sum", "amount", ("24h",)),
        ("address", "count", None, ("24h", "7d")),
        ("address", "distinct", "actor_id", ("24h", "7d")),
        ("merchant", "count", None, ("1h", "24h")),
        ("merchant", "sum", "amount", ("1h", "24h")),
        ("merchant", "max", "amount", ("1h",)),
        ("merchant", "min", "amount", ("1h",)),
    ]
    found = [
        BenchFeature(f"{entity}_{aggregate}_{value or 'rows'}_{window}", aggregate, value, entity, window)
        for entity, aggregate, value, windows in table
        for window in windows
    ]
    assert len(found) == 40, len(found)
    return found


def policy_files(rules: int = 50, *, with_model: bool = False) -> dict[str, str]:
    """Return the workload as a policy folder with `rules` rules over its features."""
    chosen = features()
    lines = ["features:"]
    for each in chosen:
        value = f", value: {each.value}" if each.value else ""
        lines.append(
            f"  {each.name}: {{aggregate: {each.aggregate}, of: payment.attempted, by: {each.entity}, "
            f"over: {each.window}{value}, text: {{zh: 特征, en: feature}}}}"
        )
    blocks = ["rules:", *(_rule(index, chosen) for index in range(rules))]
    head = 'name: bench\nversion: "1"\nowner: bench\ntimezone: Asia/Shanghai\n'
    head += "score_levels: {challenge: 30, review: 60, hold: 80}\n" + ("model: bench\n" if with_model else "")
    return {
        "policy.yaml": head,
        "features/all.yaml": "\n".join(lines) + "\n",
        "rules/all.yaml": "\n".join(blocks) + "\n",
    }


def changed_files(number: int) -> dict[str, str]:
    """Return the workload's policy with two features more for every entity, over a condition of their own."""
    files = policy_files(50)
    lines = [
        f"  {entity}_published_{number}_{kind}: {{aggregate: {kind}, of: payment.attempted, by: {entity}, over: 6h, "
        f"where: 'ip_country == \"C{number}\"'{value}, text: {{zh: 特征, en: feature}}}}"
        for entity in FIELD_OF_ENTITY
        for kind, value in (("count", ""), ("sum", ", value: amount"))
    ]
    files["features/all.yaml"] += "\n".join(lines) + "\n"
    files["policy.yaml"] = files["policy.yaml"].replace('version: "1"', f'version: "{number + 2}"')
    return files


def _rule(index: int, chosen: list[BenchFeature]) -> str:
    counts = [each for each in chosen if each.aggregate in ("count", "distinct")]
    sums = [each for each in chosen if each.value == "amount"]
    first, second = counts[index % len(counts)], counts[(index * 7 + 3) % len(counts)]
    money = sums[index % len(sums)]
    guard = (f'ip_country == "C{index % 20}" and ', "not new_payee and ", f'goods_class == "g{index % 9}" and ', "")[
        index % 4
    ]
    when = (
        f"{guard}{first.name} >= {20 + index % 30} and "
        f"({second.name} > {40 + index} or {money.name} >= CNY({90000 + index * 100}))"
    )
    event = "{event: {event_type: payment.attempted, amount: 1, currency: CNY}}"
    sentence = "{zh: 测试, en: test}"
    return (
        f"  B{index:03d}:\n    area: TXN\n    title: {sentence}\n    on: payment.attempted\n    when: '{when}'\n"
        f"    verdict: review\n    severity: 3\n    score: 5\n"
        f"    reasons: {{agent: {sentence}, user: {sentence}, auditor: {sentence}}}\n"
        f"    owner: bench\n    expires: 2099-01-01\n    source: bench\n"
        f"    tests: {{fires: [{event}, {event}], quiet: [{event}, {event}]}}"
    )


def payments(
    count: int, *, seed: int = 7, users: int = 20_000, per_second: float = 200.0
) -> Iterator[dict[str, object]]:
    """Yield `count` payment events in time order, with the skew of real traffic."""
    draw = random.Random(seed)
    at = float(START_MS)
    for index in range(count):
        at += draw.expovariate(per_second) * 1000
        user = int(users * draw.random() ** 2)
        yield {
            "event_id": f"e{index:012d}",
            "event_type": "payment.attempted",
            "occurred_at": int(at),
            "platform": "app",
            "business_line": "goods",
            "terminal": "ios",
            "region": f"{11 + user % 30}0000",
            "actor_type": "user",
            "actor_id": f"u{user}",
            "device_id": f"d{user}" if draw.random() < 0.9 else f"d{draw.randrange(users)}",
            "ip": f"10.{user % 200}.{draw.randrange(16)}.{draw.randrange(250)}",
            "ip_country": f"C{user % 40}",
            "amount": int(draw.lognormvariate(9, 1)),
            "currency": "CNY",
            "pm_token": f"c{user}-{draw.randrange(2)}",
            "addr_token": f"a{user // 3}",
            "seller_id": f"s{int(500 * draw.random() ** 2)}",
            "payee_id": f"p{draw.randrange(4000)}",
            "new_payee": draw.random() < 0.1,
            "goods_class": f"g{draw.randrange(12)}",
            "since_login_s": draw.randrange(4000),
        }


def payment_bodies(count: int, *, seed: int = 7, users: int = 20_000) -> list[bytes]:
    """Return the same events as JSON bodies."""
    return [json.dumps(each, separators=(",", ":")).encode() for each in payments(count, seed=seed, users=users)]
