"""Small policies for tests."""

from __future__ import annotations

import json
from dataclasses import replace

from anxin.engine.policy.definition import Policy
from anxin.engine.policy.loader import parse_policy
from anxin.engine.schema.schema import Schema

INDEX_KEY = b"0123456789abcdef0123456789abcdef"

SETTINGS = """
name: sample
version: "1"
owner: risk
timezone: Asia/Shanghai
model: small
values:
  high_order:
    value: CNY(3000)
    overrides: [{business_line: local_life, value: CNY(800)}, {region: "31", value: CNY(900)}]
  few: 3
  patience: minutes(30)
"""
FEATURES = """
features:
  tries_1h: {aggregate: count, of: payment.attempted, by: user, over: 1h}
  risky_tries_1h:
    {aggregate: count, of: payment.attempted, where: new_payee and step_up != "sms", by: [user, device], over: 1h}
  paid_24h: {aggregate: sum, value: amount, of: payment.succeeded, by: user, over: 24h}
  usual_amount: {aggregate: quantile, q: 0.95, min_rows: 5, value: amount, of: payment.succeeded, by: user, over: 30d}
  usual_paid: {aggregate: avg, value: amount, of: payment.succeeded, by: user, over: 7d}
  cards_24h: {aggregate: distinct, value: pm_token, of: [payment.attempted, payment.declined], by: user, over: 24h}
  last_card: {aggregate: last, value: pm_token, of: payment.attempted, by: user, over: 7d}
  last_login: {aggregate: since, of: account.login, by: user, over: 30d}
  takeover:
    aggregate: sequence
    steps: [{of: account.reset_done}, {of: account.contact_changed, where: field == "phone"}]
    by: user
    over: 24h
  unconfirmed: {aggregate: absence, of: account.login, without: {of: account.mfa_passed}, by: user, over: 1h}
  ratio: {compute: tries_1h / cards_24h}
  ratio_twice: {compute: ratio + paid_24h / usual_amount if few > 2 else 0}
"""
MODEL = """{"name": "small", "version": "7",
"inputs": ["amount", "tries_1h", "ratio", "step_up", "new_payee", "high_order", "bin"],
"event_types": ["payment.attempted"], "categories": {"step_up": ["sms", "face"]}, "tables": {"kind": "trees",
"roots": [-1], "features": [], "thresholds": [], "flags": [], "left": [], "right": [], "expected": [],
"leaf_values": [0.0]}}"""

RULE = """  {id}:
    area: TXN
    title: {{zh: 标题, en: Title}}
    on: {on}
    when: {when}
    verdict: hold
    severity: 1
    reasons:
      agent: {{zh: 原因, en: "Because {{amount}}"}}
      user: {{zh: 原因, en: Because}}
      auditor: {{zh: 原因, en: Because}}
    owner: payments-risk
    expires: 2027-02-20
    tests:
      fires: [{{event: {{amount: 1}}}}, {{event: {{amount: 2}}}}]
      quiet: [{{event: {{amount: 1}}}}, {{event: {{amount: 2}}}}]
"""


def rule(when: str = "new_payee", *, rule_id: str = "RT01", on: str = "payment.attempted") -> str:
    """Return a rule's YAML."""
    return RULE.format(id=rule_id, on=on, when=json.dumps(when, ensure_ascii=False))


def files(*rules: str, **other: str) -> dict[str, str]:
    """Return the files of a policy with these rules; `other` replaces whole files by key."""
    found = {
        "policy.yaml": SETTINGS,
        "features/all.yaml": FEATURES,
        "rules/all.yaml": "rules:\n" + "".join(rules or (rule(),)),
        "models/small.json": MODEL,
    }
    return found | {key.replace("__", "/") + ".yaml": text for key, text in other.items()}


def policy(*whens: str) -> Policy:
    """Return a policy with one rule per condition."""
    return parse_policy(files(*(rule(when, rule_id=f"R{index:03}") for index, when in enumerate(whens))))


def small_schema(schema: Schema, *names: str) -> Schema:
    """Return the schema with only a few event types, to compile faster."""
    return replace(schema, events={name: schema.events[name] for name in names})
