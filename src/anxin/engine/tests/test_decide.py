"""The engine as its callers see it: events and orders in, decisions out."""

from __future__ import annotations

import io
from itertools import count

import pytest

from anxin.engine.control import ControlRefused
from anxin.engine.decide import Decided, Engine
from anxin.engine.errors import EventTimeAhead, StateMismatch
from anxin.engine.policy.problems import PolicyErrors
from anxin.engine.tests.small_policy import FEATURES, T0, control, engine, event, files, publish, rule, toy_model

MINUTE = 60_000


def decide(subject: Engine, body: bytes, seq: int = 1) -> Decided:
    return subject.decide(subject.parse(body), seq=seq)


def paid(subject: Engine, number: int, amount: int, *, at: int = 0, currency: str = "CNY") -> Decided:
    return decide(subject, event(number, at=at, type_="payment.succeeded", amount=amount, currency=currency))


def reloaded(subject: Engine, fresh: Engine) -> Engine:
    saved = io.BytesIO()
    subject.dump(saved.write)
    saved.seek(0)
    fresh.load(saved.read)
    return fresh


def test_quiet_event_is_allowed_without_reasons() -> None:
    decision = decide(engine(), event(1)).decision
    assert (decision.verdict, decision.score, decision.reasons) == ("allow", 0.0, ())
    assert decision.policy == "small@1"


def test_strongest_rule_wins_and_reasons_stand_in_its_order() -> None:
    subject = engine()
    paid(subject, 1, 10_000)
    decision = decide(subject, event(2, device_id="d-evil")).decision
    assert decision.verdict == "block"
    assert [reason.rule for reason in decision.reasons] == ["S3", "S1"]
    assert decision.reasons[1].text.en == "CNY 100.00 paid"
    assert decision.score == 50.0
    assert decision.user_text is not None
    assert decision.user_text.en == "user"


def test_texts_show_times_and_thresholds_in_their_own_currency() -> None:
    subject = engine(rule("S1", "amount >= limit", text="{t} {limit} {amount}"), values="{limit: CNY(5)}")
    decision = decide(subject, event(1)).decision
    assert decision.reasons[0].text.en == "2026-09-21 14:13:20 UTC CNY 5.00 CNY 10.00"


def test_window_forgets_at_its_half_open_edge() -> None:
    subject = engine()
    paid(subject, 1, 10_000)
    assert decide(subject, event(2, at=60 * MINUTE - 1)).decision.verdict == "hold"
    assert decide(subject, event(3, at=60 * MINUTE)).decision.verdict == "allow"


def test_currencies_never_mix() -> None:
    subject = engine()
    paid(subject, 1, 9_999)
    paid(subject, 2, 1_000_000, currency="USD")
    assert decide(subject, event(3)).decision.verdict == "allow"
    in_dollars = decide(subject, event(4, currency="USD")).decision
    assert in_dollars.verdict == "allow"
    assert [each.rule for each in in_dollars.unknown] == ["S1", "S3"]


def test_unknown_names_what_was_missing() -> None:
    subject = engine()
    for number in (1, 2):
        decide(subject, event(number, type_="account.login_failed"))
    unknown = decide(subject, event(3, device_id="d1")).decision.unknown
    assert [(each.rule, each.missing) for each in unknown] == [("S2", ("new_payee",))]


def test_rule_that_fails_closed_fires_when_unknown() -> None:
    subject = engine(rule("S1", "new_payee", "hold", on_unknown="closed"))
    decision = decide(subject, event(1)).decision
    assert (decision.verdict, [each.rule for each in decision.unknown]) == ("hold", ["S1"])
    assert decide(subject, event(2, new_payee=False)).decision.verdict == "allow"


def test_too_late_event_is_decided_flagged_and_not_counted() -> None:
    subject = engine()
    decide(subject, event(1, at=30 * MINUTE))
    late = paid(subject, 2, 50_000, at=20 * MINUTE - 1)
    assert late.decision.flags == ("too_late",)
    assert decide(subject, event(3, at=30 * MINUTE)).decision.verdict == "allow"
    paid(subject, 4, 50_000, at=20 * MINUTE)
    assert decide(subject, event(5, at=30 * MINUTE)).decision.verdict == "hold"


def test_event_from_the_future_is_refused_at_the_door_only() -> None:
    subject = engine()
    with pytest.raises(EventTimeAhead) as refusal:
        subject.parse(event(1, at=300_001), received_at=T0)
    assert (refusal.value.pointer, refusal.value.code) == ("/occurred_at", "event.time_ahead")
    assert subject.parse(event(1, at=300_000), received_at=T0).t == T0 + 300_000
    assert subject.parse(event(1, at=10**9)).t == T0 + 10**9


def test_hold_acts_from_its_order_until_released() -> None:
    subject = engine()
    order = {"entity_kind": "user", "entity_id": "u1", "verdict": "freeze", "measure": "m-1", "reason": "stolen"}
    subject.apply(control(1, "hold.place", **order, until=T0 + 1000))
    frozen = decide(subject, event(1)).decision
    assert (frozen.verdict, frozen.reasons[0].rule, frozen.control_seq) == ("freeze", "hold:m-1", 1)
    assert "stolen" in frozen.reasons[0].text.zh
    assert decide(subject, event(2, actor_id="u2")).decision.verdict == "allow"
    assert decide(subject, event(3, at=1000)).decision.verdict == "allow"
    subject.apply(control(2, "hold.release", entity_kind="user", entity_id="u1"))
    assert decide(subject, event(4)).decision.verdict == "allow"


def test_hold_on_a_personal_entity_goes_by_its_token() -> None:
    subject = engine()
    token = subject.entity_key("ip", "203.0.113.9")
    assert "203" not in token
    subject.apply(control(1, "hold.place", entity_kind="ip", entity_id=token, verdict="block", measure="m"))
    assert decide(subject, event(1, ip="203.0.113.9")).decision.verdict == "block"


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [("phone", "138 0013 8000", "+8613800138000"), ("ip", "2001:DB8::1", "2001:db8:0::1"), ("user", "u1", "u1")],
)
def test_one_entity_has_one_key_however_it_is_written(kind: str, one: str, other: str) -> None:
    subject = engine()
    assert subject.entity_key(kind, one) == subject.entity_key(kind, other)


def test_list_orders_take_effect_and_leave_again() -> None:
    subject = engine()
    subject.apply(control(1, "list.put", list="bad_devices", entry={"value": "d9"}))
    assert decide(subject, event(1, device_id="d9")).decision.verdict == "block"
    subject.apply(control(2, "list.remove", list="bad_devices", value="d9"))
    assert decide(subject, event(2, device_id="d9")).decision.verdict == "allow"


def test_list_entry_ends_when_it_expires() -> None:
    subject = engine()
    entry = {"value": "d9", "expires_at": T0 + 1000}
    subject.apply(control(1, "list.put", list="bad_devices", entry=entry))
    assert decide(subject, event(1, at=999, device_id="d9")).decision.verdict == "block"
    assert decide(subject, event(2, at=1000, device_id="d9")).decision.verdict == "allow"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("nonsense", {}),
        ("hold.place", {"entity_kind": "user"}),
        ("hold.place", {"entity_kind": "user", "entity_id": "u", "verdict": "maybe", "measure": "m"}),
        ("policy.withdraw", {"policy": "nobody@1"}),
        ("policy.publish", {"files": files(), "role": "canary", "share_permille": 1001}),
    ],
)
def test_refused_order_changes_nothing(kind: str, body: dict[str, object]) -> None:
    subject = engine()
    before = subject.digest()
    with pytest.raises(ControlRefused):
        subject.apply(control(1, kind, **body))
    assert (subject.digest(), subject.control_seq) == (before, 0)


def test_a_feature_may_have_two_names_and_both_are_answered() -> None:
    twice = "  paid_again: " + FEATURES.partition("paid_1h: ")[2].partition("\n")[0] + "\n"
    rules = (rule("S1", "paid_1h >= CNY(100)"), rule("S2", "paid_again >= CNY(100)", "hold", text="{paid_again} paid"))
    subject = engine()
    subject.apply(publish(1, files(*rules, version="2", features=FEATURES + twice)))
    paid(subject, 1, 10_000)
    received = subject.parse(event(2))
    decided = subject.decide(received, seq=2)
    assert (decided.decision.verdict, decided.decision.unknown) == ("hold", ())
    assert [(each.rule, each.text.en) for each in decided.decision.reasons] == [
        ("S2", "CNY 100.00 paid"),
        ("S1", "because"),
    ]
    shown = subject.explain(received, decided).features
    assert [shown[name].value for name in ("paid_1h", "paid_again")] == [10_000, 10_000]


def test_policy_with_an_error_is_refused_with_its_place() -> None:
    subject = engine()
    with pytest.raises(PolicyErrors) as refusal:
        subject.apply(publish(1, files(rule("S1", "paid_2h > 3"))))
    problem = refusal.value.problems[0]
    assert (problem.file, problem.line) == ("rules/all.yaml", 6)
    assert subject.roster.live.label == "small@1"


def test_publishing_keeps_windows_and_going_back_is_exact() -> None:
    subject = engine()
    paid(subject, 1, 10_000)
    stricter = files(rule("S1", "paid_1h >= CNY(50)", "freeze"), version="2")
    assert subject.apply(publish(1, stricter)) == []
    assert decide(subject, event(2, at=1)).decision.verdict == "freeze"
    paid(subject, 3, 5_000, at=2)
    subject.apply(publish(2, files()))
    back = decide(subject, event(4, at=3)).decision
    assert (back.policy, back.verdict, back.flags) == ("small@1", "hold", ())
    assert back.reasons[0].text.en == "CNY 150.00 paid"


def test_foreseen_policy_is_taken_over_and_stale_foresight_is_not() -> None:
    subject, plain = engine(), engine()
    stricter = publish(1, files(rule("S1", "paid_1h >= CNY(50)", "freeze"), version="2"))
    for each in (subject, plain):
        paid(each, 1, 10_000)
    subject.foresee(stricter)
    assert subject.roster.live.label == "small@1"
    for each in (subject, plain):
        each.apply(stricter)
    assert decide(subject, event(2)).answer == decide(plain, event(2)).answer
    third = publish(3, files(rule("S1", "paid_1h >= CNY(1)", "block"), version="3"), role="shadow")
    subject.foresee(third)
    subject.apply(publish(2, files()))
    subject.apply(third)
    assert (subject.roster.live.label, [each.label for each in subject.roster.shadows]) == ("small@1", ["small@3"])


def test_foreseeing_a_wrong_policy_leaves_the_refusal_to_its_order() -> None:
    subject = engine()
    wrong = publish(1, files(rule("S1", "paid_2h > 3")))
    subject.foresee(wrong)
    with pytest.raises(PolicyErrors):
        subject.apply(wrong)


def test_new_feature_warms_up_and_says_so() -> None:
    subject = engine()
    paid(subject, 1, 10_000)
    wider = FEATURES.replace("paid_1h", "paid_2h").replace("by: user, over: 1h", "by: device, over: 2h")
    subject.apply(publish(1, files(rule("S1", "paid_2h > CNY(1)"), version="2", features=wider)))
    assert decide(subject, event(2, at=1, device_id="d")).decision.flags == ("warming",)
    assert decide(subject, event(3, at=120 * MINUTE, device_id="d")).decision.flags == ()


def test_shadow_decides_along_without_consequence() -> None:
    subject = engine()
    subject.apply(publish(1, files(rule("S9", "amount > CNY(1)", "block", score=70), version="9"), role="shadow"))
    decision = decide(subject, event(1)).decision
    assert decision.verdict == "allow"
    assert [(each.policy, each.verdict, each.score, each.rules) for each in decision.shadows] == [
        ("small@9", "block", 70.0, ("S9",))
    ]
    subject.apply(control(2, "policy.withdraw", policy="small@9"))
    assert decide(subject, event(2)).decision.shadows == ()


def test_canary_takes_its_share_of_users_and_always_the_same_ones() -> None:
    subject = engine()
    canary = files(rule("S9", "amount > CNY(1)", "review"), version="9")
    subject.apply(publish(1, canary, role="canary", share_permille=250))
    number = count()
    verdicts = [
        {decide(subject, event(next(number), actor_id=f"u{user}")).decision.policy for _ in range(2)}
        for user in range(400)
    ]
    assert all(len(each) == 1 for each in verdicts)
    assert 70 <= sum(each == {"small@9"} for each in verdicts) <= 130


def test_late_model_is_left_out_and_a_replay_leaves_it_out_too() -> None:
    model, clock = toy_model(), iter((0, 60_000_000))
    slow = engine(rule("S1", "model_score > 40", "review"), model=model, stopwatch=lambda: next(clock))
    late = decide(slow, event(1))
    assert (late.decision.degraded, late.decision.verdict) == (("model",), "allow")
    replay = engine(rule("S1", "model_score > 40", "review"), model=model)
    again = replay.decide(replay.parse(event(1)), seq=1, without=late.decision.degraded)
    assert again.answer == late.answer
    assert replay.digest() == slow.digest()


def test_what_was_left_out_before_is_told_and_told_again_by_a_replay() -> None:
    first, replay = engine(), engine()
    decided = first.decide(first.parse(event(1)), seq=1, without=("checks",))
    assert decided.decision.degraded == ("checks",)
    assert replay.decide(replay.parse(event(1)), seq=1, without=decided.decision.degraded).answer == decided.answer


def test_model_scores_and_is_named() -> None:
    subject = engine(rule("S1", "model_score > 40", "review"), model=toy_model())
    decision = decide(subject, event(1)).decision
    assert (decision.score, decision.model, decision.verdict) == (50.0, "toy@7", "review")


def test_brake_weakens_a_rule_that_acts_too_much_and_says_so_once() -> None:
    subject = engine(rule("S1", "amount > CNY(1)", "block", budget="{per_hour: 2}"))
    results = [decide(subject, event(number)) for number in range(4)]
    assert [each.decision.verdict for each in results] == ["block", "block", "review", "review"]
    assert [len(each.trips) for each in results] == [0, 0, 1, 0]
    assert results[2].decision.reasons[0].braked
    assert subject.apply(control(1, "brake.release", rule="S1")) == []
    assert decide(subject, event(9)).decision.verdict == "block"


def test_saved_state_goes_on_as_if_nothing_had_happened() -> None:
    subject = engine()
    paid(subject, 1, 10_000)
    subject.apply(control(1, "list.put", list="bad_devices", entry={"value": "d9"}))
    subject.apply(control(2, "hold.place", entity_kind="user", entity_id="u7", verdict="freeze", measure="m"))
    twin = reloaded(subject, engine())
    assert twin.digest() == subject.digest()
    bodies = [event(5), event(6, device_id="d9"), event(7, actor_id="u7")]
    assert [decide(twin, body).answer for body in bodies] == [decide(subject, body).answer for body in bodies]
    assert twin.digest() == subject.digest()


def test_saved_state_of_another_format_is_refused() -> None:
    with pytest.raises(StateMismatch):
        engine().load(io.BytesIO(b"ANXENG9\n" + bytes(64)).read)


def test_digest_tells_states_apart() -> None:
    subject = engine()
    before = subject.digest()
    paid(subject, 1, 1)
    assert subject.digest() != before


def test_explanation_says_why_and_why_not() -> None:
    subject = engine()
    paid(subject, 1, 9_000)
    received = subject.parse(event(2))
    decided = subject.decide(received, seq=2)
    facts = {each.rule: each for each in subject.explain(received, decided).rules}
    assert facts["S1"].outcome == "false"
    assert facts["S1"].why_not is not None
    assert [change.value for change in facts["S1"].why_not.changes] == [10_000]
