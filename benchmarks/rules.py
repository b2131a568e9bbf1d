"""How long the rules of one event take: generated code beside hand-written Python, for 50 and 500 rules."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

from anxin.engine.lists.entry import Entry
from anxin.engine.lists.store import ListStore
from anxin.engine.policy.compiler.program import compile_policies
from anxin.engine.policy.loader import parse_policy
from anxin.engine.schema.decoder import EventDecoder

EVENT = "payment.attempted"
SETTINGS = 'name: bench\nversion: "1"\nowner: bench\nvalues: {high_order: CNY(3000)}\n'
COUNTED = ("tries", "declines", "cards", "devices", "payees")
WINDOWS = ("10m", "1h", "24h", "7d")
# Each line is one realistic kind of rule; {n} varies thresholds, {c} the class of goods or the type of payment.
SHAPES = (
    "tries_10m >= {n} and declines_10m >= 3",
    "new_payee and amount >= CNY({n}00) and (screen_sharing or remote_app)",
    'goods_class == "class_{c}" and amount > CNY({n}0) and tries_1h > 4',
    "amount > {n} * paid_24h and new_address and not step_up_passed",
    'goods_class in ("class_{c}", "gift_card") and cards_24h >= 3',
    "since_login_s < {n} and new_payee and devices_24h > 2",
    'business_line == "line_{c}" and declines_1h >= 2 and cards_1h >= {n}',
    'pm_token in list("stolen_cards") and amount >= CNY({n})',
    "payees_24h >= {n} and paid_24h >= high_order and actor_age_days < 7",
    'ip_asn_type in ("hosting", "proxy") and tries_24h > {n} and step_up is missing',
)


def features() -> str:
    """Return the features' file."""
    kinds = {
        "tries": "{aggregate: count, of: payment.attempted",
        "declines": "{aggregate: count, of: payment.declined",
        "cards": "{aggregate: distinct, value: pm_token, of: payment.attempted",
        "devices": "{aggregate: distinct, value: device_id, of: payment.attempted",
        "payees": "{aggregate: distinct, value: payee_id, of: payment.attempted",
    }
    lines = [f"  {name}_{window}: {kinds[name]}, by: user, over: {window}}}" for name in COUNTED for window in WINDOWS]
    lines.append("  paid_24h: {aggregate: sum, value: amount, of: payment.succeeded, by: user, over: 24h}")
    return "features:\n" + "\n".join(lines) + "\n"


def rule(index: int, shapes: Sequence[str]) -> str:
    """Return one rule's YAML."""
    when = shapes[index % len(shapes)].format(n=5 + index % 17, c=index // len(shapes), m=4 + index)
    case = "{event: {amount: 1}}"
    text = "{zh: 文, en: text}"
    return (
        f"  B{index:04}: {{area: TXN, title: {text}, on: {EVENT}, when: '{when}', verdict: review, severity: 3, "
        f"owner: bench, expires: 2030-01-01, reasons: {{agent: {text}, user: {text}, auditor: {text}}}, "
        f"tests: {{fires: [{case}, {case}], quiet: [{case}, {case}]}}}}\n"
    )


def cases(decoder: EventDecoder) -> list[Any]:
    """Return events as they come: most are ordinary, some lack fields, few are risky."""
    found = []
    for index in range(64):
        event: dict[str, object] = {
            "event_id": f"e{index}",
            "event_type": EVENT,
            "occurred_at": 1_790_000_000_000 + index,
            "actor_id": f"u{index}",
            "actor_age_days": index * 3,
            "amount": 1_000 + index * 997,
            "currency": "CNY",
            "new_payee": index % 9 == 0,
            "new_address": index % 11 == 0,
            "since_login_s": 30 + index,
            "goods_class": f"class_{index % 40}",
            "business_line": f"line_{index % 40}",
            "ip_asn_type": "residential",
            "screen_sharing": False,
            "remote_app": False,
            "step_up_passed": True,
            "pm_token": f"card{index}",
        }
        if index % 8 == 0:
            del event["since_login_s"], event["remote_app"]
        found.append(decoder.decode_mapping(event))
    return found


def by_hand(count: int, shapes: Sequence[str]) -> Callable[..., list[int]]:
    """Return the same rules as a careful person would write them for one event type: one `if` after the other."""
    lines = ["def evaluate(e, f, stolen):", "    fired = []", "    amount, currency = e.amount, e.currency"]
    for index in range(count):
        n, c = 5 + index % 17, index // len(shapes)
        condition = shapes[index % len(shapes)].format(n=n, c=c, m=4 + index, minor=n * 100)
        lines += [f"    if {condition}:", f"        fired.append({index})"]
    space: dict[str, Any] = {}
    exec("\n".join([*lines, "    return fired"]), space)
    found: Callable[..., list[int]] = space["evaluate"]
    return found


HAND = (
    "f['tries_10m'] is not None and f['tries_10m'] >= {n} and f['declines_10m'] is not None and f['declines_10m'] >= 3",
    "e.new_payee and currency == 'CNY' and amount >= {minor}00 and (e.screen_sharing or e.remote_app)",
    "e.goods_class == 'class_{c}' and currency == 'CNY' and amount > {minor}0 "
    "and f['tries_1h'] is not None and f['tries_1h'] > 4",
    "f['paid_24h'] is not None and amount > {n} * f['paid_24h'] and e.new_address and e.step_up_passed is False",
    "e.goods_class in ('class_{c}', 'gift_card') and f['cards_24h'] is not None and f['cards_24h'] >= 3",
    "e.since_login_s is not None and e.since_login_s < {n} and e.new_payee "
    "and f['devices_24h'] is not None and f['devices_24h'] > 2",
    "e.business_line == 'line_{c}' and f['declines_1h'] is not None and f['declines_1h'] >= 2 "
    "and f['cards_1h'] is not None and f['cards_1h'] >= {n}",
    "e.pm_token is not None and e.pm_token in stolen and currency == 'CNY' and amount >= {minor}",
    "f['payees_24h'] is not None and f['payees_24h'] >= {n} and f['paid_24h'] is not None and currency == 'CNY' "
    "and f['paid_24h'] >= 300000 and e.actor_age_days is not None and e.actor_age_days < 7",
    "e.ip_asn_type in ('hosting', 'proxy') and f['tries_24h'] is not None and f['tries_24h'] > {n} "
    "and e.step_up is None",
)


# No two of these rules share a condition or can be told apart by a field: neither index helps.
UNLIKE = (
    "tries_10m >= {m} and declines_10m >= {m}",
    "amount >= CNY({m}) and cards_1h > {m}",
    "amount > {m} * paid_24h and payees_24h >= {m}",
    "since_login_s < {m} and devices_24h > {m}",
    "cards_24h >= {m} and tries_7d > {m}",
)
UNLIKE_HAND = (
    "f['tries_10m'] is not None and f['tries_10m'] >= {m} "
    "and f['declines_10m'] is not None and f['declines_10m'] >= {m}",
    "currency == 'CNY' and amount >= {m}00 and f['cards_1h'] is not None and f['cards_1h'] > {m}",
    "f['paid_24h'] is not None and amount > {m} * f['paid_24h'] "
    "and f['payees_24h'] is not None and f['payees_24h'] >= {m}",
    "e.since_login_s is not None and e.since_login_s < {m} and f['devices_24h'] is not None and f['devices_24h'] > {m}",
    "f['cards_24h'] is not None and f['cards_24h'] >= {m} and f['tries_7d'] is not None and f['tries_7d'] > {m}",
)
SETS = {"realistic": (SHAPES, HAND), "all unlike": (UNLIKE, UNLIKE_HAND)}


def best_microseconds(run: Callable[[], object], events: int, seconds: float) -> float:
    """Return the least CPU time for one event over repeated rounds."""
    best, until = float("inf"), time.process_time() + seconds
    while time.process_time() < until:
        start = time.process_time_ns()
        for _ in range(20):
            run()
        best = min(best, (time.process_time_ns() - start) / 20 / events / 1000)
    return best


def measure(kind: str, count: int, seconds: float) -> tuple[float, float, float]:
    """Return microseconds an event for the generated code and by hand, and the seconds it took to compile."""
    shapes, hand_shapes = SETS[kind]
    files = {"policy.yaml": SETTINGS, "features/all.yaml": features()}
    files["rules/all.yaml"] = "rules:\n" + "".join(rule(index, shapes) for index in range(count))
    policy = parse_policy(files)
    start = time.process_time()
    program = compile_policies([policy], policy.schema, index_key=b"bench", answers_all=True).live
    compiling = time.process_time() - start
    events = cases(EventDecoder(policy.schema))
    lists = ListStore()
    lists.put("stolen_cards", Entry("card63"))
    names = [name for name in program.vector_names[EVENT] if name is not None]
    vector = [index % 3 for index in range(len(names))]
    answers = dict(zip(names, vector, strict=True))
    hand, stolen, evaluate = by_hand(count, hand_shapes), {"card63"}, program.evaluate[EVENT]
    for each in events:
        assert evaluate(each.event, each.t, vector, lists, None)[0] == hand(each.event, answers, stolen)

    def generated() -> None:
        for each in events:
            evaluate(each.event, each.t, vector, lists, None)

    def floor() -> None:
        for each in events:
            hand(each.event, answers, stolen)

    return best_microseconds(generated, 64, seconds), best_microseconds(floor, 64, seconds), compiling


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="CPU seconds for each figure")
    seconds = parser.parse_args(arguments).seconds
    print(f"{'rules':>6} {'kind':<11} {'generated µs':>13} {'by hand µs':>11} {'ratio':>6} {'compile s':>10}")
    for kind, count in ((kind, count) for kind in SETS for count in (50, 500)):
        generated, floor, compiling = measure(kind, count, seconds)
        print(f"{count:>6} {kind:<11} {generated:>13.2f} {floor:>11.2f} {floor / generated:>6.2f} {compiling:>10.3f}")


if __name__ == "__main__":
    main()
