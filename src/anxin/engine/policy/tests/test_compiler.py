"""The shared window plan, what is extracted from events, and rules found by dispatch."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import Any

import pytest

from anxin.engine.lists.entry import Entry, EntryKind
from anxin.engine.lists.store import ListStore
from anxin.engine.policy.compiler.program import Compiled, compile_policies
from anxin.engine.policy.definition import Policy
from anxin.engine.policy.interpreter import Situation
from anxin.engine.policy.loader import parse_policy
from anxin.engine.policy.tests.samples import FEATURES, INDEX_KEY, SETTINGS, files, policy, rule, small_schema
from anxin.engine.schema.decoder import EventDecoder, Received
from anxin.engine.schema.schema import Schema
from anxin.engine.windows.plan import Aggregate, ColumnKind
from anxin.engine.windows.reference import ReferenceWindows

EVENT = "payment.attempted"
EVENTS = (EVENT, "payment.succeeded", "payment.declined", "account.login", "account.contact_changed", "coupon.claimed")
SMALL = small_schema(Schema.shipped(), *EVENTS)
DECODER = EventDecoder(Schema.shipped())


def compiled(*policies: Policy, **options: Any) -> Compiled:
    return compile_policies(policies, SMALL, index_key=INDEX_KEY, **options)


def received(**fields: Any) -> Received:
    base = {"event_id": "1", "event_type": EVENT, "occurred_at": 1_767_268_800_000, "amount": 100, "currency": "CNY"}
    return DECODER.decode_mapping(base | fields)


def test_features_share_one_stream_per_entities_and_currency() -> None:
    plan = compiled(policy("new_payee")).plan
    assert [(each.entities, each.has_currency) for each in plan.streams] == [
        (("device", "user"), False),
        (("user",), False),
        (("user",), True),
    ]
    assert plan.streams[0].filters == ("payment.attempted|new_payee and step_up != 'sms'",)
    assert plan.streams[1].columns == (("pm_token", ColumnKind.TEXT),)
    assert plan.streams[2].columns == (("amount", ColumnKind.INTEGER),)
    takeover = next(each for each in plan.features if each.aggregate is Aggregate.SEQUENCE)
    steps = [plan.streams[takeover.stream].filters[index] for index in takeover.steps]
    assert steps == ["account.reset_done|", "account.contact_changed|field == 'phone'"]


def test_a_feature_is_shared_by_meaning_not_by_name() -> None:
    renamed = FEATURES.replace("tries_1h", "attempts_per_hour").replace('step_up != "sms"', "step_up!='sms'")
    other = parse_policy(
        files(rule("attempts_per_hour > 2"), features__all=renamed)
        | {"policy.yaml": SETTINGS.replace("sample", "other").replace("model: small", "")}
    )
    both = compiled(policy("tries_1h > 1"), other)
    assert both.plan == compiled(policy("tries_1h > 1")).plan
    names = [program.vector_names[EVENT] for program in both.programs]
    assert "tries_1h" in names[0]
    assert names[1][names[0].index("tries_1h")] == "attempts_per_hour"


def test_order_of_features_does_not_change_streams() -> None:
    moved = "  tries_1h: {aggregate: count, of: payment.attempted, by: user, over: 1h}\n"
    added = "  paid_7d: {aggregate: sum, value: amount, of: payment.succeeded, by: user, over: 7d}\n"
    turned = FEATURES.replace(moved, "") + added + moved
    assert turned.count("tries_1h:") == FEATURES.count("tries_1h:")
    plan, other = (compiled(parse_policy(files(features__all=each))).plan for each in (FEATURES, turned))
    assert plan.fingerprint(0) == other.fingerprint(0)
    assert plan.fingerprint(1) == other.fingerprint(1)
    assert plan.fingerprint(2) != other.fingerprint(2)


def test_clocks_of_two_time_zones_are_two_filters() -> None:
    night = "features:\n  f: {aggregate: count, of: account.login, where: hour(t) < 5, by: user, over: 1h}\n"
    here = parse_policy(files(rule("f > 1"), features__all=FEATURES) | {"features/n.yaml": night})
    text = SETTINGS.replace("Asia/Shanghai", "Europe/Berlin")
    there = replace(parse_policy(files(rule("f > 1")) | {"features/n.yaml": night, "policy.yaml": text}))
    both = compiled(here, there)
    stream = next(each for each in both.plan.streams if any("hour" in text for text in each.filters))
    bits = [index for index, text in enumerate(stream.filters) if "hour" in text]
    assert [stream.filters[index] for index in bits] == [
        "account.login|hour(t) < 5@Asia/Shanghai",
        "account.login|hour(t) < 5@Europe/Berlin",
    ]
    login = received(event_type="account.login", occurred_at="2026-01-02T02:00:00+08:00", actor_id="u")
    places = both.extract["account.login"](login.event, ListStore())
    reader = both.plan.readers[both.reader["account.login"]]
    assert len(reader.streams) == 1
    assert [places[1] >> bit & 1 for bit in bits] == [1, 0]


def test_places_are_keys_mask_and_columns() -> None:
    program = compiled(policy("tries_1h > 1 and risky_tries_1h > 1 and usual_amount > CNY(1)"))
    extract = program.extract[EVENT]
    streams = [program.plan.streams[index] for index in program.plan.readers[program.reader[EVENT]].streams]
    event = received(actor_id="u", device_id="d", new_payee=True, step_up="face", pm_token="c").event
    places = extract(event, ListStore())
    assert len(places) == sum(each.width for each in streams)
    tried = 1 << streams[1].filters.index("payment.attempted|")
    cards = 1 << streams[1].filters.index("payment.attempted,payment.declined|")
    assert places == ("d", "u", 1, "u", tried | cards, "c", "u", "CNY", 0, 100)
    bare = received(currency="USD").event
    assert extract(bare, ListStore()) == (None, None, 0, None, tried | cards, None, None, "USD", 0, 100)


def test_filters_may_look_at_lists() -> None:
    counted = (
        'features:\n  f: {aggregate: count, of: order.paid, where: actor_id not in list("staff"), by: user, over: 1h}\n'
    )
    source = parse_policy(files() | {"features/more.yaml": counted})
    program = compile_policies([source], small_schema(source.schema, EVENT, "order.paid"), index_key=INDEX_KEY)
    lists = ListStore()
    order = received(event_type="order.paid", actor_id="u7").event
    stream = program.plan.streams[program.plan.readers[program.reader["order.paid"]].streams[0]]
    bit = stream.filters.index("order.paid|actor_id not in list('staff')")
    assert program.extract["order.paid"](order, lists)[1] >> bit & 1 == 1
    lists.put("staff", Entry("u7"))
    assert program.extract["order.paid"](order, lists)[1] >> bit & 1 == 0


def test_more_than_63_filters_take_a_second_stream() -> None:
    lines = [
        f"  f{index}: {{aggregate: count, of: account.login, where: ip_asn == {index}, by: session, over: 1h}}"
        for index in range(70)
    ]
    source = parse_policy(files() | {"features/more.yaml": "features:\n" + "\n".join(lines) + "\n"})
    streams = [each for each in compiled(source).plan.streams if each.entities == ("session",)]
    assert [len(each.filters) for each in streams] == [63, 7]


def test_an_event_type_answers_what_its_rules_need() -> None:
    sample = policy("ratio > 1")
    assert set(compiled(sample).live.vector_names[EVENT]) == {"tries_1h", "cards_24h"}
    assert compiled(sample).live.vector_names["account.login"] == ()
    everything = compiled(sample, answers_all=True).live.vector_names["account.login"]
    assert set(everything) == set(sample.features)


def test_windows_answer_what_rules_ask() -> None:
    program = compiled(policy("tries_1h >= 3", "last_card == pm_token"))
    windows = ReferenceWindows(program.plan, key=INDEX_KEY[:16])
    fired = []
    for index, card in enumerate(("c1", "c2", "c2", "c3")):
        each = received(occurred_at=1_767_268_800_000 + index, actor_id="u", pm_token=card)
        vector = windows.observe(program.reader[EVENT], each.t, program.extract[EVENT](each.event, ListStore()))
        fired.append(program.live.evaluate[EVENT](each.event, each.t, vector, ListStore(), None))
    assert fired == [([], [1]), ([], []), ([0, 1], []), ([0], [])]


def test_personal_values_are_looked_up_by_token_and_addresses_by_network_too() -> None:
    program = compiled(policy('phone in list("l") or ip in list("l") or email in list("l")'))
    token, lists = program.tokens.personal, ListStore()
    case = received(phone="13800000000", ip="203.0.113.9", email="A@B.cn")

    def fires(entry: Entry) -> bool:
        lists.put("l", entry)
        fired, _ = program.live.evaluate[EVENT](case.event, case.t, [], lists, None)
        lists.remove("l", entry.value, entry.kind)
        return fired == [0]

    assert fires(Entry(token("phone", "+8613800000000")))
    assert fires(Entry(token("email", "a@b.cn")))
    assert fires(Entry(token("ip", "203.0.113.9")))
    assert fires(Entry("203.0.113.0/24", EntryKind.NETWORK))
    assert not fires(Entry("+8613800000000"))
    assert not fires(Entry(token("ip", "203.0.113.8")))


def test_model_inputs_stand_in_the_models_order() -> None:
    program = compiled(policy("new_payee"))
    names = program.live.vector_names[EVENT]
    vector = [{"tries_1h": 6, "cards_24h": 4}.get(str(name)) for name in names]
    inputs = program.live.model_inputs[EVENT]
    case = received(step_up="face", new_payee=True, bin="622202", business_line="local_life")
    found = inputs(case.event, case.t, vector, ListStore())
    assert found[:6] == [100, 6, 1.5, 1.0, True, 80_000]
    assert math.isnan(found[6])
    bare = received(step_up="owl")
    assert [math.isnan(each) for each in inputs(bare.event, bare.t, vector, ListStore())[3:5]] == [True, True]


WORDS = ["digital", "food", "gift_card", "jewel", "phone"]


def dispatched_conditions() -> list[str]:
    generator = random.Random(7)
    found = []
    for index in range(300):
        word = WORDS[index % len(WORDS)]
        key = [f'goods_class == "{word}"', f'goods_class in ("{word}", "food")', f"ip_asn == {index % 4}"][index % 3]
        rest = generator.choice(["new_payee", "amount > CNY(2)", "tries_1h > 2", "step_up is missing"])
        found.append(f"{key} and {rest}" if index % 7 else f"{rest} and ({key} or new_address)")
    return found


@pytest.fixture(scope="module")
def many() -> Compiled:
    return compiled(policy(*dispatched_conditions()))


@pytest.mark.parametrize("goods_class", [*WORDS, "unheard_of", None])
@pytest.mark.parametrize("ip_asn", [2, None])
@pytest.mark.parametrize("new_payee", [True, False, None])
def test_dispatch_finds_the_same_rules(
    many: Compiled, goods_class: str | None, ip_asn: int | None, new_payee: bool | None
) -> None:
    fields = {"goods_class": goods_class, "ip_asn": ip_asn, "new_payee": new_payee}
    case = received(**{name: each for name, each in fields.items() if each is not None})
    program = many.live
    vector = [3] * len(program.vector_names[EVENT])
    fired, unknown = program.evaluate[EVENT](case.event, case.t, vector, ListStore(), None)
    situation = Situation(EVENT, case.event, case.t, vector, ListStore())
    truths = [program.interpreter.truth(each, situation) for each in program.rules]
    assert fired == [index for index, truth in enumerate(truths) if truth is True]
    assert unknown == [index for index, truth in enumerate(truths) if truth is None]
    assert program.source[EVENT].count("def block") >= 10


def test_generated_functions_are_of_bounded_size(many: Compiled) -> None:
    functions = many.live.source[EVENT].split("def ")[1:]
    assert max(each.count("fired.append") for each in functions) == 48


def test_generated_code_reaches_nothing_but_its_own_names(many: Compiled) -> None:
    evaluate = many.live.evaluate[EVENT]
    assert evaluate.__globals__["__builtins__"] == {}


def test_an_event_type_without_rules_is_quiet(many: Compiled) -> None:
    assert many.live.evaluate["coupon.claimed"](None, 0, [], ListStore(), None) == ([], [])
