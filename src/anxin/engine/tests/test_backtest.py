"""Going through a history: the same answers as online, labels at their moment, nothing counted twice."""

from __future__ import annotations

import json
from random import Random

from anxin.engine.arrival import Arrival, LaterEvent
from anxin.engine.backtest import (
    DecidedArrival,
    ObservedArrival,
    RefusedArrival,
    RepeatedArrival,
    backtest,
    observe_inputs,
)
from anxin.engine.decide import Engine
from anxin.engine.errors import EngineError
from anxin.engine.policy.loader import parse_policy
from anxin.engine.scoring.model import ModelFile, dump_model
from anxin.engine.scoring.tables import LinearTables

T0 = 1_790_000_000_000
HOUR, DAY = 3_600_000, 86_400_000
FILES = {
    "policy.yaml": 'name: past\nversion: "1"\nowner: tests\nmodel: watch\n',
    "features/a.yaml": """
features:
  payments_1h: {aggregate: count, of: payment.attempted, by: user, over: 1h}
  disputes_7d: {aggregate: count, of: payment.disputed, by: user, over: 7d}
  since_payment: {aggregate: since, of: payment.attempted, by: user, over: 7d}
""",
}
INPUTS = ["payments_1h", "disputes_7d", "since_payment", "amount"]


def engine() -> Engine:
    tables = LinearTables(weights=[1.0, 0.5, 0.0, 0.0], means=[0.0] * 4, bias=-1.0)
    model = ModelFile(name="watch", version="1", inputs=INPUTS, tables=tables, event_types=["payment.attempted"])
    policy = parse_policy(FILES | {"models/watch.json": dump_model(model).decode()})
    return Engine([policy], index_key=b"i" * 32, windows_key=b"w" * 16)


def payment(number: int, at: int, user: str = "u1", **fields: object) -> bytes:
    event = {"event_id": f"e{number}", "event_type": "payment.attempted", "occurred_at": T0 + at, "actor_id": user}
    return json.dumps({**event, "amount": 5, "currency": "CNY", **fields}).encode()


def dispute(number: int, at: int, user: str = "u1") -> LaterEvent:
    event = {"event_id": f"d{number}", "event_type": "payment.disputed", "occurred_at": T0 + at, "actor_id": user}
    return LaterEvent(T0 + at, json.dumps({**event, "amount": 5, "currency": "CNY"}).encode())


def test_a_label_event_that_is_refused_is_told_with_its_row() -> None:
    wrong = LaterEvent(T0 + HOUR, b'{"event_id":"d1","event_type":"payment.lost","occurred_at":1}')
    arrivals = [Arrival(payment(1, 0), 1, label=True, later=(wrong,)), Arrival(payment(2, 2 * HOUR), 2)]
    first, refused, second = backtest(engine(), arrivals)
    assert isinstance(first, DecidedArrival)
    assert isinstance(refused, RefusedArrival)
    assert (refused.arrival.row, refused.error.code) == (1, "event.type_unknown")
    assert isinstance(second, DecidedArrival)


def test_an_unfit_row_is_refused_for_its_own_reason() -> None:
    reason = EngineError()
    (found,) = backtest(engine(), [Arrival(b"", 3, unfit=reason)])
    assert found == RefusedArrival(Arrival(b"", 3, unfit=reason), reason)


def random_arrivals(count: int, seed: int) -> list[Arrival]:
    rng, at = Random(seed), 0
    found = []
    for number in range(count):
        at += rng.randrange(HOUR // 2)
        late = rng.randrange(8 * 60_000) if rng.random() < 0.1 else 0
        user = f"u{rng.randrange(4)}"
        later = (dispute(number, at + rng.randrange(2 * DAY), user),) if rng.random() < 0.2 else ()
        found.append(Arrival(payment(number, at - late, user), number + 1, bool(later), later))
    return found


def test_label_events_come_between_the_events_when_they_become_known() -> None:
    arrivals = [
        Arrival(payment(1, 0), 1, label=True, later=(dispute(1, 2 * HOUR),)),
        Arrival(payment(2, 2 * HOUR - 1), 2),
        Arrival(payment(3, 2 * HOUR), 3),
        Arrival(payment(4, 8 * DAY), 4),
    ]
    found = [each for each in observe_inputs(engine(), arrivals) if isinstance(each, ObservedArrival)]
    assert [each.inputs[1] for each in found] == [0, 0, 1, 0]
    assert [each.inputs[2] for each in found][1:3] == [2 * HOUR - 1, 1]


def test_answers_are_those_of_the_same_events_online() -> None:
    arrivals = random_arrivals(400, seed=3)
    replayed = [each for each in backtest(engine(), arrivals) if isinstance(each, DecidedArrival)]
    assert len(replayed) == 400
    online, waiting = engine(), []
    for seq, item in enumerate(replayed, start=1):
        t = item.received.t
        for later in sorted(each for each in waiting if each.known_at <= t):
            online.decide(online.parse(later.raw), seq=seq)
        waiting = [each for each in waiting if each.known_at > t]
        answer = online.decide(online.parse(item.arrival.raw), seq=item.decided.decision.seq)
        assert answer.answer == item.decided.answer
        assert answer.vector == item.decided.vector
        waiting += item.arrival.later
    assert any(item.decided.vector[1] for item in replayed)


def test_observed_inputs_give_the_decided_scores() -> None:
    arrivals = random_arrivals(200, seed=5)
    decided = [each for each in backtest(engine(), arrivals) if isinstance(each, DecidedArrival)]
    observed = [each for each in observe_inputs(engine(), arrivals) if isinstance(each, ObservedArrival)]
    model = engine().working.live.model
    assert model is not None
    assert [model.score(each.inputs) for each in observed] == [each.decided.judged.model_score for each in decided]


def test_refused_and_repeated_arrivals_count_nothing() -> None:
    arrivals = [
        Arrival(payment(1, 0), 1),
        Arrival(b"{", 2),
        Arrival(payment(1, 0), 3),
        Arrival(payment(1, 0, amount=9), 4),
        Arrival(payment(2, 1), 5),
    ]
    found = list(backtest(engine(), arrivals))
    assert [type(each) for each in found] == [
        DecidedArrival,
        RefusedArrival,
        RepeatedArrival,
        RefusedArrival,
        DecidedArrival,
    ]
    assert [each.error.code for each in found if isinstance(each, RefusedArrival)] == [
        "event.malformed",
        "event.id_reused",
    ]
    assert [each.decided.vector[0] for each in found if isinstance(each, DecidedArrival)] == [1, 2]


def test_an_id_may_come_back_after_two_days() -> None:
    arrivals = [Arrival(payment(number, at), 1) for number, at in ((1, 0), (2, DAY), (3, 2 * DAY), (1, 2 * DAY + 1))]
    assert [type(each) for each in backtest(engine(), arrivals)] == [DecidedArrival] * 4


def test_events_the_model_does_not_score_are_counted_and_left_out() -> None:
    login = json.dumps({"event_id": "l", "event_type": "account.login", "occurred_at": T0, "actor_id": "u1"}).encode()
    found = list(observe_inputs(engine(), [Arrival(login, 1), Arrival(payment(1, 5), 2)]))
    assert [each.arrival.row for each in found] == [2]
