"""Generated code and the reference interpreter always agree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anxin.engine.lists.entry import Entry, EntryKind
from anxin.engine.lists.store import ListStore
from anxin.engine.policy.compiler.program import compile_policies
from anxin.engine.policy.definition import Expression
from anxin.engine.policy.evaluation import leaves_of
from anxin.engine.policy.interpreter import Situation
from anxin.engine.policy.language.check import check_expression
from anxin.engine.policy.language.types import Type
from anxin.engine.policy.scopes import RuleScope, Vocabulary
from anxin.engine.policy.tests.expressions import conditions, events, vectors
from anxin.engine.policy.tests.samples import INDEX_KEY, policy, small_schema
from anxin.engine.schema.decoder import EventDecoder

TOKENS = [
    *(
        [
            "(",
            ")",
            ",",
            "[",
            "]",
            "{",
            "}",
            ":",
            ".",
            "+",
            "-",
            "*",
            "/",
            "//",
            "%",
            "**",
            "==",
            "!=",
            "<",
            "<=",
            ">",
            ">=",
            "and",
            "or",
            "not",
            "in",
            "is",
            "if",
            "else",
            "lambda",
            ":=",
            "@",
            "~",
            "&",
            "|",
            "^",
            "<<",
            "'",
            '"',
            "#",
            "\\",
        ]
    ),
    *(
        [
            "missing",
            "list",
            "matches",
            "contains",
            "lower",
            "length",
            "any_in",
            "abs",
            "min",
            "hour",
            "age",
            "CNY",
            "USD",
            "minutes",
            "f",
            "r",
            "b",
            "True",
            "None",
        ]
    ),
    *(
        [
            "amount",
            "new_payee",
            "step_up",
            "device_flags",
            "tries_1h",
            "ratio",
            "last_card",
            "high_order",
            "phone",
            "ip",
            "t",
            "model_score",
            "unknown",
        ]
    ),
    *(["0", "1", "2.5", "1e400", "9999999999999999999999", "'a'", '"b"', "'a('", "\n", "\t", "\x00", "中", "�"]),
]
EVENT = "payment.attempted"
SAMPLE = policy("new_payee")
SCHEMA = small_schema(SAMPLE.schema, EVENT)
SCOPE = RuleScope(
    Vocabulary(SAMPLE.schema, dict(SAMPLE.features), dict(SAMPLE.computes), dict(SAMPLE.values), has_model=True),
    (EVENT,),
)
DECODER = EventDecoder(SAMPLE.schema)


def list_store() -> ListStore:
    store = ListStore()
    token = compile_policies([SAMPLE], SCHEMA, index_key=INDEX_KEY).tokens.personal
    store.put("cards", Entry("c1"))
    store.put("networks", Entry("10.0.0.0/8", EntryKind.NETWORK))
    store.put("phones", Entry(token("phone", "+8613800000000")))
    store.put("flags", Entry("vpn"))
    return store


LISTS = list_store()


def with_conditions(texts: list[str]) -> Any:
    """Return the sample with one rule per condition that the checker takes (a sum may be out of range)."""
    rules = []
    for index, text in enumerate(texts):
        tree, problems = check_expression(text, SCOPE, Type.BOOL)
        assert all(each.code in ("policy.too_large", "policy.currency") for each in problems), (text, problems)
        if tree is not None:
            rules.append(replace(SAMPLE.rules[0], id=f"R{index}", when=Expression(text, tree)))
    return replace(SAMPLE, rules=tuple(rules))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=14))
def test_any_text_is_either_refused_or_total(words: list[str]) -> None:
    text = " ".join(words)
    tree, problems = check_expression(text, SCOPE, Type.BOOL)
    assert (tree is None) is bool(problems)
    assert all(0 <= each.start <= len(text) for each in problems)
    if tree is not None:
        sample = replace(SAMPLE, rules=(replace(SAMPLE.rules[0], when=Expression(text, tree)),))
        program = compile_policies([sample], SCHEMA, index_key=INDEX_KEY).live
        case = DECODER.decode_mapping(
            {"event_id": "1", "event_type": EVENT, "occurred_at": 10**12, "amount": 1, "currency": "CNY"}
        )
        program.evaluate[EVENT](case.event, case.t, [None] * len(program.vector_names[EVENT]), LISTS, None)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(conditions(4), min_size=1, max_size=12),
    st.lists(st.tuples(events(), vectors(), st.sampled_from([None, 0.0, 61.5])), min_size=1, max_size=6),
)
def test_generated_code_agrees_with_the_interpreter(texts: list[str], cases: list[Any]) -> None:
    program = compile_policies([with_conditions(texts)], SCHEMA, index_key=INDEX_KEY, answers_all=True).live
    for fields, answers, score in cases:
        received = DECODER.decode_mapping({name: each for name, each in fields.items() if each is not None})
        vector = [answers[name] for name in program.vector_names[EVENT] if name is not None]
        situation = Situation(EVENT, received.event, received.t, vector, LISTS, score)
        fired, unknown = program.evaluate[EVENT](received.event, received.t, vector, LISTS, score)
        truths = [program.interpreter.truth(rule, situation) for rule in program.rules]
        assert fired == [index for index, truth in enumerate(truths) if truth is True]
        assert unknown == [index for index, truth in enumerate(truths) if truth is None]
        for rule, truth in zip(program.rules, truths, strict=True):
            evaluation = program.interpreter.interpret(rule, situation)
            assert evaluation.truth is truth
            assert truth is not None or any(leaf.truth is None for leaf in leaves_of(evaluation))
