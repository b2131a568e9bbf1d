"""The whole explanation of one decision."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from anxin.engine.decision import Decision, Text
from anxin.engine.explain.conditions import NAME
from anxin.engine.explain.explanation import (
    Explanation,
    FeatureFact,
    HoldFact,
    ListMatch,
    ModelPart,
    Plain,
    RuleFact,
    ScoreParts,
    Versions,
)
from anxin.engine.explain.rules import RuleExplainer
from anxin.engine.lists.holds import Hold
from anxin.engine.lists.store import ListStore
from anxin.engine.policy.evaluation import Evaluation, Leaf, leaves_of
from anxin.engine.policy.interpreter import Interpreter, Situation
from anxin.engine.policy.language.types import Type
from anxin.engine.scoring.model import Model
from anxin.engine.verdict import Verdict

STRONGEST = 5


def explain(
    interpreter: Interpreter,
    situation: Situation,
    decision: Decision,
    *,
    lists: ListStore,
    holds: Sequence[Hold] = (),
    approximate: Collection[str] = (),
    model: Model | None = None,
    model_inputs: Sequence[float] | None = None,
) -> Explanation:
    """Return why `decision` was made in `situation`.

    `holds` are those found in force on the event's entities, `approximate` names the features answered from panes,
    `model_inputs` are the numbers the model scored.
    """
    explainer = RuleExplainer(interpreter, situation)
    evaluations = {
        rule.id: interpreter.interpret(rule, situation)
        for rule in interpreter.policy.rules
        if situation.event_type in rule.on
    }
    rules = _rules(explainer, evaluations, decision)
    return Explanation(
        event_id=decision.event_id,
        event_type=situation.event_type,
        at=situation.t,
        verdict=decision.verdict,
        features=_features(explainer, approximate),
        rules=rules,
        lists=tuple(_list_matches(explainer, evaluations.values(), lists)),
        holds=tuple(_hold(each) for each in holds),
        score=_score(explainer, rules, decision, model, model_inputs),
        versions=Versions(decision.policy, decision.model, decision.control_seq),
    )


def _rules(explainer: RuleExplainer, evaluations: dict[str, Evaluation], decision: Decision) -> tuple[RuleFact, ...]:
    told = {reason.rule: reason for reason in decision.reasons}
    facts = []
    for rule in explainer.policy.rules:
        if rule.id not in evaluations:
            continue
        reason = told.get(rule.id)
        verdict = Verdict.from_word(reason.verdict) if reason is not None else rule.verdict
        is_braked = reason is not None and reason.braked
        facts.append(explainer.fact(rule, evaluations[rule.id], verdict=verdict, is_braked=is_braked))
    return tuple(facts)


def _features(explainer: RuleExplainer, approximate: Collection[str]) -> dict[str, FeatureFact]:
    interpreter, situation, policy = explainer.interpreter, explainer.situation, explainer.policy
    answered = [name for name in policy.features if interpreter.position(situation.event_type, name) is not None]
    facts = {}
    for name in answered:
        value, feature = interpreter.value_of(name, situation), policy.features[name]
        is_hidden = feature.type is Type.TOKEN
        facts[name] = FeatureFact(
            value=None if is_hidden else value,
            text=feature.text,
            shown=explainer.shown_value(name),
            approximate=name in approximate,
        )
    return facts


def _list_matches(
    explainer: RuleExplainer, evaluations: Collection[Evaluation], lists: ListStore
) -> Iterator[ListMatch]:
    seen: set[tuple[str, str, str]] = set()
    for evaluation in evaluations:
        for leaf in leaves_of(evaluation):
            if leaf.operator == "list":
                for match, key in _matches(explainer, leaf, lists):
                    if key not in seen:
                        seen.add(key)
                        yield match


def _matches(
    explainer: RuleExplainer, leaf: Leaf, lists: ListStore
) -> Iterator[tuple[ListMatch, tuple[str, str, str]]]:
    name = str(leaf.right.value) if leaf.right is not None else ""
    item, is_personal = leaf.left.text.strip(), leaf.left.type.is_personal
    for value in _looked_up(explainer, leaf):
        entry = lists.find(name, value, explainer.situation.t)
        if entry is None:
            continue
        match = ListMatch(
            list=name,
            colour=lists.colour(name),
            item=item,
            kind=entry.kind.value,
            value=None if is_personal else entry.value,
            reason=entry.reason,
            added_by=entry.added_by,
            source=entry.source,
            expires_at=entry.expires_at,
        )
        yield match, (name, item, entry.value)


def _looked_up(explainer: RuleExplainer, leaf: Leaf) -> list[str | int]:
    """Return what the rule looked up: a personal value as its token, an address in clear as well."""
    if not leaf.left.type.is_personal:
        value = leaf.left.value
        values = value if isinstance(value, tuple) else (value,)
        return [each for each in values if isinstance(each, (str, int))]
    name = leaf.left.text.strip()
    if not NAME.fullmatch(name):
        return []
    token, clear = explainer.interpreter.value_of(name, explainer.situation), None
    if leaf.left.type is Type.IP:
        clear = getattr(explainer.situation.event, name, None)
    return [each for each in (token, clear) if isinstance(each, (str, int))]


def _hold(hold: Hold) -> HoldFact:
    return HoldFact(
        entity_kind=hold.entity_kind,
        verdict=hold.verdict.word,
        measure=hold.measure,
        reason=hold.reason,
        placed_by=hold.placed_by,
        until=hold.until,
    )


def _score(
    explainer: RuleExplainer,
    rules: Sequence[RuleFact],
    decision: Decision,
    model: Model | None,
    model_inputs: Sequence[float] | None,
) -> ScoreParts:
    points = {rule.rule: rule.points for rule in rules if rule.points}
    if model is None or model_inputs is None:
        return ScoreParts(decision.score, points)
    baseline, parts = model.contributions(model_inputs)
    ranked = sorted(zip(model.inputs, parts, strict=True), key=lambda part: (-abs(part[1]), part[0]))
    strongest = tuple(_model_part(explainer, name, part) for name, part in ranked[:STRONGEST] if part)
    return ScoreParts(decision.score, points, model.score(model_inputs), baseline, strongest)


def _model_part(explainer: RuleExplainer, name: str, contribution: float) -> ModelPart:
    policy = explainer.policy
    is_carried = name in policy.schema.events[explainer.situation.event_type].fields
    if not (is_carried or name in policy.features or name in policy.computes or name in policy.values):
        value, found = None, Text("缺失", "missing")
    else:
        meaning = explainer.meaning(name)
        is_hidden = meaning.type.is_personal or meaning.type is Type.TOKEN
        value = None if is_hidden else _plain(explainer.interpreter.value_of(name, explainer.situation))
        found = explainer.shown_value(name)
    label = explainer.wording.label(name)
    zh, en = ("抬高", "raises") if contribution > 0 else ("降低", "lowers")
    text = Text(f"{label.zh} {found.zh}：{zh}模型分", f"{label.en}: {found.en}, {en} the model's score")
    return ModelPart(name, value, contribution, text)


def _plain(value: object) -> Plain:
    return value if isinstance(value, (bool, int, float, str)) else None
