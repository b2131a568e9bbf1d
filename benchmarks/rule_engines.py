"""Thirty rules beside zen-engine and beside rules written by hand: the same rules, events and answers."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from typing import Any

import zen

from anxin.engine.lists.entry import Entry
from anxin.engine.lists.store import ListStore
from anxin.engine.policy.compiler.program import compile_policies
from anxin.engine.policy.loader import parse_policy
from anxin.engine.schema.decoder import EventDecoder
from benchmarks.rules import EVENT, SETS, SETTINGS, best_microseconds, by_hand, cases, features, rule
from benchmarks.tables import print_table

# The shapes of benchmarks/rules.py in zen's language; thresholds in minor units. A list look-up becomes a comparison.
SHAPES = (
    "tries_10m >= {n} and declines_10m >= 3",
    "new_payee and currency == 'CNY' and amount >= {minor}00 and (screen_sharing or remote_app)",
    "goods_class == 'class_{c}' and currency == 'CNY' and amount > {minor}0 and tries_1h > 4",
    "amount > {n} * paid_24h and new_address and not step_up_passed",
    "goods_class in ['class_{c}', 'gift_card'] and cards_24h >= 3",
    "since_login_s < {n} and new_payee and devices_24h > 2",
    "business_line == 'line_{c}' and declines_1h >= 2 and cards_1h >= {n}",
    "pm_token == 'card63' and currency == 'CNY' and amount >= {minor}",
    "payees_24h >= {n} and currency == 'CNY' and paid_24h >= 300000 and actor_age_days < 7",
    "ip_asn_type in ['hosting', 'proxy'] and tries_24h > {n} and step_up == null",
)
FIELDS = (
    *("amount", "currency", "new_payee", "screen_sharing", "remote_app", "goods_class", "new_address"),
    *("step_up_passed", "since_login_s", "business_line", "pm_token", "actor_age_days", "ip_asn_type", "step_up"),
)


def expressions(count: int) -> list[str]:
    """Return the rules in zen's language."""
    return [
        SHAPES[index % len(SHAPES)].format(n=5 + index % 17, c=index // len(SHAPES), minor=(5 + index % 17) * 100)
        for index in range(count)
    ]


def decision_table(count: int) -> dict[str, Any]:
    """Return a decision graph with one table that collects the rules that hit."""
    rows = [{"_id": str(index), "when": text, "rule": str(index)} for index, text in enumerate(expressions(count))]
    place = {"x": 0, "y": 0}
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": "when", "name": "when", "field": ""}],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": rows,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": place},
        {"id": "table", "type": "decisionTableNode", "name": "table", "position": place, "content": table},
        {"id": "out", "type": "outputNode", "name": "out", "position": place},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    return {"nodes": nodes, "edges": edges}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="CPU seconds for each figure")
    parser.add_argument("--rules", type=int, default=30)
    given = parser.parse_args(arguments)
    shapes, hand_shapes = SETS["realistic"]
    files = {"policy.yaml": SETTINGS, "features/all.yaml": features()}
    files["rules/all.yaml"] = "rules:\n" + "".join(rule(index, shapes) for index in range(given.rules))
    policy = parse_policy(files)
    program = compile_policies([policy], policy.schema, index_key=b"bench").live
    # Events that lack something are left out: zen has no third truth value and stops at a comparison with null.
    events = [each for place, each in enumerate(cases(EventDecoder(policy.schema))) if place % 8]
    names = [name for name in program.vector_names[EVENT] if name is not None]
    vector = [index % 3 for index in range(len(names))]
    answers = dict(zip(names, vector, strict=True))
    lists, stolen = ListStore(), {"card63"}
    lists.put("stolen_cards", Entry("card63"))
    hand, evaluate = by_hand(given.rules, hand_shapes), program.evaluate[EVENT]
    contexts = [{name: getattr(each.event, name) for name in FIELDS} | answers for each in events]
    table = zen.ZenEngine().create_decision(json.dumps(decision_table(given.rules)))
    compiled = [zen.compile_expression(text) for text in expressions(given.rules)]
    ways: dict[str, Callable[[int], object]] = {
        "Anxin, generated": lambda i: evaluate(events[i].event, events[i].t, vector, lists, None),
        "by hand, no third truth value": lambda i: hand(events[i].event, answers, stolen),
        "zen-engine, compiled expressions": lambda i: [each.evaluate(contexts[i]) for each in compiled],
        "zen-engine, decision table": lambda i: table.evaluate(contexts[i]),
    }
    for place in range(len(events)):
        expected = hand(events[place].event, answers, stolen)
        assert ways["Anxin, generated"](place)[0] == expected  # type: ignore[index]  # fired, unknown
        assert [i for i, hit in enumerate(ways["zen-engine, compiled expressions"](place)) if hit] == expected  # type: ignore[arg-type, var-annotated]  # bools
    figures = {
        name: best_microseconds(lambda way=way: [way(i) for i in range(len(events))], len(events), given.seconds)  # type: ignore[misc]  # bound now
        for name, way in ways.items()
    }
    ours = figures["Anxin, generated"]
    rows = [(name, f"{cost:.1f}", f"{cost / ours:.1f}×") for name, cost in figures.items()]
    print_table(f"{given.rules} rules on one event", ("way", "µs CPU", "of Anxin's"), rows)


if __name__ == "__main__":
    main()
