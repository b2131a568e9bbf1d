from __future__ import annotations

from dataclasses import replace

import msgspec

from anxin.engine.decision import Decision, Reason, Text
from anxin.engine.explain.explain import explain
from anxin.engine.explain.explanation import Explanation, HoldFact, ListMatch
from anxin.engine.explain.tests.shop import AT, POSITIONS, interpreter, lists, policy, rule, situation
from anxin.engine.lists.holds import Hold
from anxin.engine.policy.interpreter import Interpreter
from anxin.engine.scoring.model import Model, ModelFile
from anxin.engine.scoring.tables import LinearTables
from anxin.engine.verdict import Verdict

FIELDS = {"new_payee": True, "screen_sharing": True, "ip": "10.1.2.3", "phone": "13800000000", "pm_token": "c1"}
DECISION = Decision(
    event_id="e1",
    seq=9,
    verdict="review",
    score=60.0,
    reasons=(Reason("RT01", 1, "review", Text("是", "yes"), braked=True),),
    flags=(),
    policy="shop@1",
    model="risk@3",
    degraded=(),
    control_seq=4,
)
MODEL = Model(
    ModelFile(
        name="risk",
        version="3",
        inputs=["amount", "tries_30m", "share", "phone"],
        tables=LinearTables(weights=[0.5, -2.0, 1.0, 1.0], means=[1.0, 1.0, 0.0, 0.0], bias=0.25),
    )
)


def listed(*whens: str) -> list[ListMatch]:
    rules = tuple(replace(rule(when), id=f"R{number}") for number, when in enumerate(whens))
    asked = replace(policy(), rules=rules)
    other = Interpreter(asked, tokens=interpreter().tokens, text_token=len, positions=POSITIONS)
    return list(explain(other, situation(FIELDS), DECISION, lists=lists()).lists)


def explained(**other: object) -> Explanation:
    payment = situation(FIELDS, tries_30m=2, usual=100_000, last_card=5, declines=1)
    return explain(interpreter(), payment, DECISION, lists=lists(), **other)  # type: ignore[arg-type]  # any keyword


def test_an_explanation_tells_the_whole_story() -> None:
    told = explained(
        holds=[Hold("user", "u1", Verdict.HOLD, "m7", reason="case 7", until=AT + 5)], approximate={"usual"}
    )
    assert (told.event_id, told.event_type, told.at, told.verdict) == ("e1", "payment.attempted", AT, "review")
    assert [(each.rule, each.has_fired, each.verdict, each.is_braked, each.points) for each in told.rules] == [
        ("RT01", True, "review", True, 60.0)
    ]
    assert told.holds == (HoldFact("user", "hold", "m7", reason="case 7", until=AT + 5),)
    assert (told.versions.policy, told.versions.model, told.versions.control_seq) == ("shop@1", "risk@3", 4)
    assert (told.score.score, told.score.rule_points, told.score.model_score) == (60.0, {"RT01": 60.0}, None)


def test_features_come_with_their_names_and_flags() -> None:
    told = explained(approximate={"usual"}).features
    assert list(told) == ["tries_30m", "usual", "last_card", "declines"]
    assert (told["usual"].value, told["usual"].shown.en, told["usual"].approximate) == (100_000, "CNY 1,000.00", True)
    assert (told["tries_30m"].value, told["tries_30m"].text.zh) == (2, "30分钟内付款尝试次数")
    assert (told["last_card"].value, told["last_card"].shown.en) == (None, "(hidden)")


def test_the_model_tells_its_strongest_inputs() -> None:
    score = explained(model=MODEL, model_inputs=[2.0, 2.0, 0.5, float("nan")]).score
    assert (score.model_score, score.baseline) == (MODEL.score([2.0, 2.0, 0.5, float("nan")]), 0.25)
    assert [(each.input, each.contribution) for each in score.strongest] == [
        ("tries_30m", -2.0),
        ("amount", 0.5),
        ("share", 0.5),
    ]
    assert score.strongest[0].text == Text(
        "30分钟内付款尝试次数 2：降低模型分", "payment attempts in 30 minutes: 2, lowers the model's score"
    )
    assert score.strongest[2].text.en == "share of declines: 0.5, raises the model's score"


def test_an_explanation_is_ready_for_json_and_holds_no_personal_value() -> None:
    document = msgspec.json.encode(explained(model=MODEL, model_inputs=[2.0, 2.0, 0.5, 1.0]))
    assert msgspec.json.decode(document, type=Explanation).event_id == "e1"
    assert b"10.1.2.3" not in document
    assert b"13800000000" not in document


def test_lists_that_matched_say_why_without_the_personal_value() -> None:
    found = listed('ip in list("bad")', 'phone in list("bad")', 'not (pm_token in list("cards"))', 'ip in list("bad")')
    assert found == [
        ListMatch("bad", "black", "ip", "network", None, reason="hosting", added_by="lin"),
        ListMatch("bad", "black", "phone", "exact", None, reason="reported", source="case 7"),
        ListMatch("cards", "grey", "pm_token", "exact", "c1", expires_at=AT + 1),
    ]
    assert listed('device_id in list("cards")', 'pm_token in list("nowhere")') == []
