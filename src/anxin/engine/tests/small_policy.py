"""A policy small enough to hold in the head, for the tests of the engine as a whole."""

from __future__ import annotations

import json

from anxin.engine.control import Role
from anxin.engine.decide import Engine
from anxin.engine.log.records import ControlRecord
from anxin.engine.policy.loader import parse_policy
from anxin.engine.scoring.model import ModelFile, dump_model
from anxin.engine.scoring.tables import LinearTables

INDEX_KEY, WINDOWS_KEY = b"i" * 32, b"w" * 16
T0 = 1_790_000_000_000

HEAD = """
name: small
version: "{version}"
owner: tests
timezone: Asia/Shanghai
score_levels: {{challenge: 30, review: 60, hold: 80}}
{model}
"""
FEATURES = """
features:
  paid_1h: {aggregate: sum, value: amount, of: payment.succeeded, by: user, over: 1h, text: {zh: 已付, en: paid}}
  failures_10m: {aggregate: count, of: account.login_failed, by: user, over: 10m, text: {zh: 失败次数, en: failures}}
"""
RULE = """
  {id}:
    area: TXN
    title: {{zh: 标题, en: title}}
    on: {on}
    when: {when}
    verdict: {verdict}
    severity: 2
    score: {score}
    on_unknown: {on_unknown}
    reasons:
      agent: {{zh: "{text}", en: "{text}"}}
      user: {{zh: 用户, en: user}}
      auditor: {{zh: 审计, en: auditor}}
    owner: tests
    expires: 2099-01-01
    source: tests
    budget: {budget}
    tests: {{fires: [{event}, {event}], quiet: [{event}, {event}]}}
"""
LISTS = "lists: {bad_devices: {text: {zh: 名单, en: list}, entries: [{value: d-evil, reason: known}]}}"
EVENT = "{event: {event_type: payment.attempted, amount: 1, currency: CNY}}"


def rule(
    id_: str,
    when: str,
    verdict: str = "review",
    *,
    on: str = "payment.attempted",
    score: int = 0,
    on_unknown: str = "open",
    text: str = "because",
    budget: str = "{}",
) -> str:
    return RULE.format(
        id=id_,
        when=when,
        verdict=verdict,
        on=on,
        score=score,
        on_unknown=on_unknown,
        text=text,
        budget=budget,
        event=EVENT,
    )


RULES = (
    rule("S1", "paid_1h >= CNY(100)", "hold", score=50, text="{paid_1h} paid"),
    rule("S2", "failures_10m >= 2 and new_payee", "challenge"),
    rule("S3", 'device_id in list("bad_devices")', "block"),
)


def files(*rules: str, version: str = "1", features: str = FEATURES, model: bytes | None = None) -> dict[str, str]:
    found = {
        "policy.yaml": HEAD.format(version=version, model="model: toy" if model else ""),
        "features/all.yaml": features,
        "lists/all.yaml": LISTS,
        "rules/all.yaml": "rules:" + "".join(rules or RULES),
    }
    return found | ({"models/toy.json": model.decode()} if model else {})


def toy_model() -> bytes:
    tables = LinearTables(bias=0.0, weights=[1.0], means=[0.0])
    return dump_model(ModelFile(name="toy", version="7", inputs=["failures_10m"], tables=tables))


def engine(*rules: str, **changes: object) -> Engine:
    model, values = changes.pop("model", None), changes.pop("values", "{}")
    texts = files(*rules, model=model if isinstance(model, bytes) else None)
    texts["policy.yaml"] += f"values: {values}\n"
    policy = parse_policy(texts)
    return Engine([policy], index_key=INDEX_KEY, windows_key=WINDOWS_KEY, **changes)  # type: ignore[arg-type]


def event(number: int, *, at: int = 0, type_: str = "payment.attempted", **fields: object) -> bytes:
    base: dict[str, object] = {"event_id": f"e{number}", "event_type": type_, "occurred_at": T0 + at, "actor_id": "u1"}
    if type_.startswith("payment"):
        base |= {"amount": 1000, "currency": "CNY"}
    return json.dumps(base | fields).encode()


def control(seq: int, kind: str, **body: object) -> ControlRecord:
    return ControlRecord(seq, T0, kind, json.dumps(body).encode())


def publish(seq: int, policy_files: dict[str, str], role: Role = "live", share_permille: int = 0) -> ControlRecord:
    return control(seq, "policy.publish", files=policy_files, role=role, share_permille=share_permille)
