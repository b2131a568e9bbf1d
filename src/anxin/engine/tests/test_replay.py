"""A replay counts as the decision counted: whatever came between, both engines end in one state and go on alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.engine.decide import Engine
from anxin.engine.errors import EngineError
from anxin.engine.log.records import ControlRecord
from anxin.engine.tests.small_policy import FEATURES, control, engine, event, files, rule, toy_model

MINUTE = 60_000
BOUNDED = (
    rule("S1", "amount > CNY(1)", "block", budget="{per_hour: 3, money_per_hour: CNY(90)}"),
    rule("S2", "new_payee", "hold", on_unknown="closed", budget="{share: 0.4}"),
    rule("S3", "paid_1h > CNY(20) or model_score > 60", "review", score=40),
    rule("S4", 'device_id in list("bad_devices")', "freeze", budget="{per_hour: 1}"),
)
UNBOUNDED = (rule("S1", "amount > CNY(1)", "block"), rule("S2", "new_payee", "hold", on_unknown="closed"))
WIDER = FEATURES.replace("over: 1h", "over: 2h")
ORDERS: Sequence[tuple[str, dict[str, object]]] = [
    ("hold.place", {"entity_kind": "user", "entity_id": "u1", "verdict": "freeze", "measure": "m"}),
    ("hold.release", {"entity_kind": "user", "entity_id": "u1", "measure": "m"}),
    ("list.put", {"list": "bad_devices", "entry": {"value": "d1"}}),
    ("list.remove", {"list": "bad_devices", "value": "d1"}),
    ("brake.release", {"rule": "S1"}),
    ("policy.publish", {"files": files(*UNBOUNDED, version="2", features=WIDER, model=toy_model()), "role": "live"}),
    ("policy.publish", {"files": files(*BOUNDED, version="3", model=toy_model()), "role": "live"}),
    ("policy.publish", {"files": files(*UNBOUNDED, version="4"), "role": "canary", "share_permille": 500}),
    ("policy.publish", {"files": files(*BOUNDED, version="5", features=WIDER, model=toy_model()), "role": "shadow"}),
    ("policy.withdraw", {"policy": "small@4"}),
]
PAYMENTS = st.fixed_dictionaries(
    {
        "type_": st.sampled_from(["payment.attempted", "payment.succeeded"]),
        "actor_id": st.sampled_from(["u1", "u2", "u3", "u4"]),
        "at": st.integers(-20 * MINUTE, 90 * MINUTE),
        "amount": st.sampled_from([50, 1000, 3000]),
    },
    optional={"new_payee": st.booleans(), "device_id": st.sampled_from(["d1", "d-evil"])},
)
EVENTS = st.lists(st.tuples(PAYMENTS, st.sampled_from([(), (), ("model",)])), max_size=10)
STEPS = st.lists(st.tuples(EVENTS, st.sampled_from(ORDERS)), max_size=2).map(
    lambda parts: [step for events, order in parts for step in (*events, order)]
)


def obey(subject: Engine, record: ControlRecord) -> object:
    """Return the remarks on an order, or the code of its refusal."""
    try:
        return subject.apply(record)
    except EngineError as refusal:
        return refusal.code


def run(live: Engine, twin: Engine, steps: Sequence[tuple[Any, Any]]) -> None:
    """Let one engine decide and the other replay the same steps, and compare what both saw.

    The twin carries a little over to each new policy between the steps; the other one waits for the entities' events.
    """
    for seq, (what, how) in enumerate(steps, start=1):
        twin.carry(1 + seq % 3)
        if isinstance(what, str):
            record = control(seq, what, **how)
            assert obey(live, record) == obey(twin, record)
            continue
        body = event(seq, **what)
        decided = live.decide(live.parse(body), seq=seq, without=how)
        assert twin.replay(twin.parse(body), without=decided.decision.degraded) == decided.vector


@settings(max_examples=5, deadline=None)
@given(st.sampled_from([BOUNDED, UNBOUNDED]), STEPS, EVENTS)
def test_replayed_state_is_the_decided_one(
    rules: tuple[str, ...], steps: list[tuple[Any, Any]], last: list[tuple[Any, Any]]
) -> None:
    live, twin = engine(*rules, model=toy_model()), engine(*rules, model=toy_model())
    run(live, twin, [*steps, *last])
    assert twin.digest() == live.digest()
    bodies = [event(900 + number, at=91 * MINUTE + number, actor_id=f"u{number % 4 + 1}") for number in range(8)]
    for seq, body in enumerate(bodies, start=900):
        assert twin.decide(twin.parse(body), seq=seq).answer == live.decide(live.parse(body), seq=seq).answer


def test_a_brake_that_tripped_before_a_restart_is_on_after_it() -> None:
    live, twin = engine(*BOUNDED, model=toy_model()), engine(*BOUNDED, model=toy_model())
    bodies = [event(number, at=number, new_payee=False, device_id="d") for number in range(6)]
    verdicts = [live.decide(live.parse(body), seq=1).decision.verdict for body in bodies]
    assert verdicts == ["block"] * 3 + ["review"] * 3
    for body in bodies[:5]:
        twin.replay(twin.parse(body))
    assert twin.decide(twin.parse(bodies[5]), seq=4).decision.reasons[0].braked
    assert twin.digest() == live.digest()
