"""A small policy, and events on it, for tests."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from anxin.engine.explain.rules import RuleExplainer
from anxin.engine.lists.entry import Entry, EntryKind
from anxin.engine.lists.store import ListStore
from anxin.engine.policy.definition import Expression, Policy, Rule
from anxin.engine.policy.interpreter import Interpreter, Situation
from anxin.engine.policy.language.check import check_expression
from anxin.engine.policy.language.runtime import Tokens
from anxin.engine.policy.language.types import Type
from anxin.engine.policy.loader import parse_policy
from anxin.engine.policy.scopes import RuleScope, Vocabulary
from anxin.engine.schema.decoder import EventDecoder

EVENT = "payment.attempted"
AT = 1_767_268_800_000
POLICY = """
name: shop
version: "1"
owner: risk
values:
  high: {value: CNY(3000), overrides: [{business_line: local_life, region: "31", value: CNY(800)}]}
  few: 3
  many: {value: 9, text: {zh: 短时间付款次数, en: payments in a short time}}
"""
FEATURES = """
features:
  tries_30m:
    {aggregate: count, of: payment.attempted, by: user, over: 30m,
     text: {zh: 30分钟内付款尝试次数, en: payment attempts in 30 minutes}}
  usual:
    {aggregate: quantile, q: 0.95, value: amount, of: payment.succeeded, by: user, over: 30d,
     text: {zh: 平时付款金额, en: usual payment}}
  last_card:
    {aggregate: last, value: pm_token, of: payment.attempted, by: user, over: 7d, text: {zh: 上次的卡, en: last card}}
  declines:
    {aggregate: count, of: payment.declined, by: device, over: 1h,
     text: {zh: 设备1小时内拒付数, en: declines of the device in 1 hour}}
  share: {compute: declines / tries_30m, text: {zh: 拒付占比, en: share of declines}}
"""
RULES = """
rules:
  RT01:
    area: TXN
    title: {zh: 向新收款方大额付款, en: Large payment to a new payee}
    on: payment.attempted
    when: new_payee and amount >= usual and (screen_sharing or tries_30m >= 5)
    verdict: hold
    severity: 1
    score: 60
    reasons:
      agent: {zh: "金额 {amount}，平时 {usual}", en: "Amount {amount}, usually {usual}, phone {phone}"}
      user: {zh: 请再次确认, en: Please confirm again}
      auditor: {zh: "阈值 {high}", en: "Attempts {tries_30m}, bound {high}"}
    owner: risk
    expires: 2030-01-01
    tests:
      fires: [{event: {amount: 1, currency: CNY}}, {event: {amount: 2, currency: CNY}}]
      quiet: [{event: {amount: 1, currency: CNY}}, {event: {amount: 2, currency: CNY}}]
"""
LISTS = "lists:\n  cards: {colour: black, text: {zh: 盗刷卡, en: stolen cards}}\n"
FILES = {"policy.yaml": POLICY, "lists/all.yaml": LISTS, "features/all.yaml": FEATURES, "rules/all.yaml": RULES}
NAMES = ("tries_30m", "usual", "last_card", "declines")
POSITIONS = {EVENT: {name: place for place, name in enumerate(NAMES)}}


@functools.cache
def policy() -> Policy:
    """Return the policy with one rule, RT01."""
    return parse_policy(FILES)


@functools.cache
def interpreter() -> Interpreter:
    """Return the policy's interpreter; texts have their length as token."""
    return Interpreter(policy(), tokens=Tokens(b"k" * 32), text_token=len, positions=POSITIONS)


@functools.cache
def decoder() -> EventDecoder:
    """Return the decoder of the policy's events."""
    return EventDecoder(policy().schema)


def rule(when: str) -> Rule:
    """Return RT01 with another condition."""
    words = Vocabulary(policy().schema, dict(policy().features), dict(policy().computes), dict(policy().values))
    tree, problems = check_expression(when, RuleScope(words, (EVENT,)), Type.BOOL)
    assert tree is not None, problems
    first = policy().rules[0]
    return type(first)(**{**first.__dict__, "when": Expression(when, tree)})


def lists() -> ListStore:
    """Return the lists: a network, a phone by its token, a card."""
    store = ListStore()
    store.define("bad", "black")
    store.put("bad", Entry("10.0.0.0/8", EntryKind.NETWORK, reason="hosting", added_by="lin"))
    store.put("bad", Entry(Tokens(b"k" * 32).personal("phone", "+8613800000000"), reason="reported", source="case 7"))
    store.put("cards", Entry("c1", expires_at=AT + 1))
    return store


def situation(fields: Mapping[str, object] | None = None, **answers: object) -> Situation:
    """Return the situation of a payment of CNY 2,800 with these fields and feature answers."""
    event = {"event_type": EVENT, "event_id": "e1", "occurred_at": AT, "amount": 280_000, "currency": "CNY"}
    received = decoder().decode_mapping({**event, **(fields or {})})
    vector = [answers.get(name) for name in NAMES]
    return Situation(EVENT, received.event, AT, vector, lists())


def explainer(fields: Mapping[str, object] | None = None, **answers: object) -> RuleExplainer:
    """Return the explainer of that situation."""
    return RuleExplainer(interpreter(), situation(fields, **answers))
