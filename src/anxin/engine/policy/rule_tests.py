"""Running the tests that rules carry: compiled code and interpreter must both say what the test says."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anxin.engine.errors import EventRefused
from anxin.engine.lists.entry import Entry, EntryKind, ListEntryInvalid
from anxin.engine.lists.store import ListStore
from anxin.engine.policy.compiler.program import PolicyProgram, compile_policies
from anxin.engine.policy.definition import Policy, RuleTest
from anxin.engine.policy.evaluation import Evaluation, Truth
from anxin.engine.policy.interpreter import Situation
from anxin.engine.policy.language.types import TEXTUAL, Type
from anxin.engine.policy.problems import PolicyProblem
from anxin.engine.schema.decoder import EventDecoder, Received
from anxin.engine.schema.schema import Schema

_INDEX_KEY = b"tests of rules"
_TIME_MS = 1_767_268_800_000  # 2026-01-01 12:00 UTC: tests that look at the clock set occurred_at themselves


@dataclass(frozen=True)
class RuleTestResult:
    """How one test of a rule went.

    `truth` is the condition's (None is unknown), `evaluation` says why; both are absent when the event was refused.
    """

    rule: str
    test: RuleTest
    passed: bool
    truth: Truth = None
    evaluation: Evaluation | None = None
    problem: PolicyProblem | None = None


def given_lists(entries: Mapping[str, tuple[str, ...]], program: PolicyProgram) -> ListStore:
    """Return lists with the entries of one test, in the kind of the declared list.

    A value such as `10.0.0.0/8` is a network. An exact value also stands for the token of a personal field, as the
    test's own key makes it.
    """
    store = ListStore()
    personal = program.interpreter.tokens.personal
    for name, values in entries.items():
        declared = program.policy.lists.get(name)
        kind = EntryKind(declared.kind) if declared is not None else EntryKind.EXACT
        for value in values:
            own = EntryKind.NETWORK if kind is EntryKind.EXACT and _is_network(value) else kind
            store.put(name, Entry(value, own))
            if own is EntryKind.EXACT:
                for word in ("ip", "phone", "email"):
                    store.put(name, Entry(personal(word, value)))
    return store


def _is_network(value: str) -> bool:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        return False
    return "/" in value


def run_rule_tests(policy: Policy, schema: Schema | None = None) -> list[RuleTestResult]:
    """Return the result of every test of every rule, in the order of the policy."""
    schema = schema or policy.schema
    program = compile_policies([policy], schema, index_key=_INDEX_KEY, answers_all=True).live
    decoder = EventDecoder(schema)
    return [_result(program, decoder, index, test) for index, rule in enumerate(program.rules) for test in rule.tests]


def _result(program: PolicyProgram, decoder: EventDecoder, index: int, test: RuleTest) -> RuleTestResult:
    rule = program.rules[index]
    unknown = sorted(set(test.given) - _known_names(program.policy))
    if unknown:
        zh, en = f"given 中的 {unknown[0]} 不是特征", f"{unknown[0]} in “given” is not a feature"
        return RuleTestResult(rule.id, test, passed=False, problem=_problem(test, "policy.test_given", zh, en))
    if (misfit := _misfit(test, program.policy)) is not None:
        zh, en = f"given 中的 {misfit} 应为数字", f"{misfit} in “given” has to be a number"
        return RuleTestResult(rule.id, test, passed=False, problem=_problem(test, "policy.test_given", zh, en))
    try:
        received = decoder.decode_mapping(_filled(test.event, decoder.schema))
        return _judged(program, received, index, test)
    except (EventRefused, ListEntryInvalid) as refused:
        problem = _problem(test, "policy.test_event", refused.sentence("zh"), refused.sentence("en"))
        return RuleTestResult(rule.id, test, passed=False, problem=problem)


def _judged(program: PolicyProgram, received: Received, index: int, test: RuleTest) -> RuleTestResult:
    rule = program.rules[index]
    vector: list[Any] = [None] * len(program.vector_names[received.event_type])
    for name, place in program.positions[received.event_type].items():
        if name in test.given:
            vector[place] = _given(test, name, program.policy)
    situation = Situation(
        event_type=received.event_type,
        event=received.event,
        t=received.t,
        vector=vector,
        lists=given_lists(test.lists, program),
        model_score=_score(test),
        given=dict(test.given),
    )
    truth = program.interpreter.truth(rule, situation)
    agrees = _is_computed(program.policy, test) or _compiled_truth(program, situation, index) is truth
    evaluation = program.interpreter.interpret(rule, situation)
    problem = None
    if not agrees:
        problem = _problem(
            test, "policy.test_disagrees", "编译结果与解释器不一致", "compiled code and interpreter disagree"
        )
    elif (truth is True or (truth is None and rule.fails_closed)) is not test.fires:
        problem = _failed(test, truth)
    return RuleTestResult(rule.id, test, problem is None, truth, evaluation, problem)


def _compiled_truth(program: PolicyProgram, situation: Situation, index: int) -> Truth:
    evaluate = program.evaluate[situation.event_type]
    fired, unknown = evaluate(situation.event, situation.t, situation.vector, situation.lists, situation.model_score)
    return True if index in fired else None if index in unknown else False


def _is_computed(policy: Policy, test: RuleTest) -> bool:
    """Return whether the test sets a computed feature or a threshold, which compiled code works out by itself."""
    return any(name in policy.computes or name in policy.values for name in test.given)


def _given(test: RuleTest, name: str, policy: Policy) -> Any:
    value = test.given[name]
    return int(value) if isinstance(value, bool) and policy.features[name].type is Type.INT else value


def _score(test: RuleTest) -> float | None:
    value = test.given.get("model_score")
    return float(value) if isinstance(value, (int, float)) else None


def _known_names(policy: Policy) -> set[str]:
    return {*policy.features, *policy.computes, *policy.values, "model_score"}


def _misfit(test: RuleTest, policy: Policy) -> str | None:
    """Return a name that is given something else than the number or truth it stands for; None when all fit."""
    kinds = (policy.values, policy.computes, policy.features)
    types = {name: each.type for kind in kinds for name, each in kind.items()}
    for name, value in test.given.items():
        is_number = types.get(name) not in (Type.TOKEN, *TEXTUAL)
        if is_number and value is not None and not isinstance(value, (bool, int, float)):
            return name
    return None


def _filled(event: Mapping[str, object], schema: Schema) -> dict[str, object]:
    """Return the event with what the envelope requires; amounts without a currency are in CNY."""
    filled = {"event_id": "test", "occurred_at": _TIME_MS, "currency": "CNY", **event}
    required = schema.events[str(event["event_type"])].fields.values()
    for spec in required:
        if spec.required and spec.name not in filled:
            filled[spec.name] = 0 if spec.type.value in ("money", "int", "number") else "test"
    return filled


def _problem(test: RuleTest, code: str, zh: str, en: str) -> PolicyProblem:
    return PolicyProblem(*test.place, code, zh, en)


def _failed(test: RuleTest, truth: Truth) -> PolicyProblem:
    word_zh = {True: "成立", False: "不成立", None: "未知"}[truth]
    word_en = {True: "true", False: "false", None: "unknown"}[truth]
    zh = f"测试应{'触发' if test.fires else '不触发'}，条件却{word_zh}"
    en = f"the rule should {'fire' if test.fires else 'stay quiet'}, but its condition is {word_en}"
    return _problem(test, "policy.test_failed", zh, en)
