"""One policy at work: rules, brake, model and levels turned into one judgement of an event."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from anxin.engine.brakes import Brakes, RuleBudget
from anxin.engine.decision import FeatureValue, Text, Unknown
from anxin.engine.explain.formats import Meaning, shown
from anxin.engine.explain.placeholders import Template
from anxin.engine.judgement import FiredRule, joint_score, level_of, ranked
from anxin.engine.lists.store import ListStore
from anxin.engine.policy.compiler.program import PolicyProgram
from anxin.engine.policy.definition import Rule
from anxin.engine.policy.interpreter import Situation
from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.types import OF_FIELD, Type
from anxin.engine.policy.scopes import EVENT_TIME, Vocabulary
from anxin.engine.schema.decoder import Received
from anxin.engine.schema.schema import Schema
from anxin.engine.scoring.model import Model, load_model
from anxin.engine.verdict import Verdict

MODEL = "model"
Enough = Callable[[], bool]


class Judged(msgspec.Struct, gc=False):
    """What one policy says of one event; `model_score` is None without a model or when it was left out."""

    verdict: Verdict
    score: float
    fired: list[FiredRule]
    unknown: tuple[Unknown, ...]
    model_score: float | None
    degraded: tuple[str, ...]


class _Needs(NamedTuple):
    """The fields and feature positions that a rule looks at on one event type."""

    fields: tuple[str, ...]
    features: tuple[tuple[str, int], ...]


@functools.lru_cache(maxsize=8)
def _money_fields(schema: Schema) -> Mapping[str, str | None]:
    """Return the first field with an amount of every event type."""
    return {
        event.name: next((each.name for each in event.fields.values() if OF_FIELD.get(each.type) is Type.MONEY), None)
        for event in schema.events.values()
    }


class Judge:
    """Judges the events of one organisation by one policy; only the live one's brakes count what it does."""

    def __init__(self, program: PolicyProgram, *, has_brakes: bool) -> None:
        policy = program.policy
        self.program = program
        self.label = policy.label
        self.model: Model | None = load_model(policy.model.text.encode()) if policy.model is not None else None
        self.model_title = self.model.title if self.model is not None else None
        self._scored = policy.model.event_types if policy.model is not None else ()
        self.brakes = Brakes([_budget(rule) if has_brakes else None for rule in program.rules])
        self._levels = policy.settings.score_levels
        self._templates = [Template(rule.reasons.agent) for rule in program.rules]
        self._needs: dict[tuple[str, int], _Needs] = {}
        self._vocabulary = Vocabulary(policy.schema, dict(policy.features), dict(policy.computes), dict(policy.values))
        self._money = _money_fields(policy.schema)

    def judge(
        self, received: Received, vector: list[FeatureValue], lists: ListStore, *, is_late: Enough | None = None
    ) -> Judged:
        """Return the judgement; the model is left out when `is_late` says that the time is up."""
        event_type, t = received.event_type, received.t
        model_score, degraded = self._score(received, vector, lists, is_late) if self.model is not None else (None, ())
        fired, unknown = self.program.evaluate[event_type](received.event, t, vector, lists, model_score)
        self.brakes.count_decision(t)
        if not fired and not unknown:
            score = round(model_score, 1) if model_score is not None else 0.0
            verdict = level_of(score, self._levels) if score else Verdict.ALLOW
            return Judged(verdict, score, [], (), model_score, degraded)
        return self._weigh(received, vector, lists, (fired, unknown), (model_score, degraded))

    def recount(
        self, received: Received, vector: list[FeatureValue], lists: ListStore, *, is_late: Enough | None = None
    ) -> None:
        """Let the brakes count what `judge` would have them count: all that a judgement leaves behind.

        Nobody is told of brakes that trip.
        """
        event_type, t, event = received.event_type, received.t, received.event
        if not self.brakes.are_bounded:
            self.brakes.count_decision(t)
            return
        model_score, _ = self._score(received, vector, lists, is_late)
        fired, unknown = self.program.evaluate[event_type](event, t, vector, lists, model_score)
        self.brakes.count_decision(t)
        for index in self._firing(fired, unknown):
            self._brake(index, event_type, event, t)
        self.brakes.take_trips()

    def _score(
        self, received: Received, vector: list[FeatureValue], lists: ListStore, is_late: Enough | None
    ) -> tuple[float | None, tuple[str, ...]]:
        """Return the model's score, and what was left out."""
        if self.model is None or (self._scored and received.event_type not in self._scored):
            return None, ()
        if is_late is not None and is_late():
            return None, (MODEL,)
        inputs = self.program.model_inputs[received.event_type]
        return self.model.score(inputs(received.event, received.t, vector, lists)), ()

    def _firing(self, fired: list[int], unknown: list[int]) -> list[int]:
        """Return the rules that take effect, in the order in which their brakes count."""
        rules = self.program.rules
        return sorted((*fired, *(index for index in unknown if rules[index].fails_closed)))

    def _weigh(
        self,
        received: Received,
        vector: list[FeatureValue],
        lists: ListStore,
        found: tuple[list[int], list[int]],
        scored: tuple[float | None, tuple[str, ...]],
    ) -> Judged:
        model_score, degraded = scored
        situation = Situation(received.event_type, received.event, received.t, vector, lists, model_score)
        rules = self.program.rules
        fired = ranked([self._fire(index, situation) for index in self._firing(*found)])
        points = [] if model_score is None else [model_score]
        score = joint_score([*points, *(each.points for each in fired if each.points)])
        verdict = max((each.verdict for each in fired), default=Verdict.ALLOW)
        unknown = tuple(Unknown(rules[index].id, self._missing(index, situation)) for index in found[1])
        return Judged(max(verdict, level_of(score, self._levels)), score, fired, unknown, model_score, degraded)

    def _brake(self, index: int, event_type: str, event: Any, t: int) -> tuple[Verdict, bool]:
        """Count a rule that takes effect; return its verdict, and whether its brake weakened it."""
        money = self._money[event_type]
        amount = getattr(event, money) if money else None
        return self.brakes.apply(index, t, self.program.rules[index].verdict, amount, event.currency)

    def _fire(self, index: int, situation: Situation) -> FiredRule:
        rule = self.program.rules[index]
        verdict, braked = self._brake(index, situation.event_type, situation.event, situation.t)
        text = self._templates[index].fill(lambda name: self._shown(name, situation))
        return FiredRule(
            rule.id, rule.severity, verdict, rule.score or 0.0, rule.actions, text, rule.reasons.user, braked
        )

    def _shown(self, name: str, situation: Situation) -> Text:
        named = self.program.policy.values.get(name)
        wire = EVENT_TIME if name == "t" else name
        value = self.program.interpreter.value_of(wire, situation)
        currency = named.currency if named is not None else situation.event.currency
        return shown(value, Meaning(self.type_of(wire, situation.event_type), wire, currency))

    def type_of(self, name: str, event_type: str) -> Type:
        """Return the static type of a name that a text mentions."""
        policy = self.program.policy
        if name in policy.features:
            return policy.features[name].type
        if name in policy.computes:
            return policy.computes[name].type
        if name in policy.values:
            return policy.values[name].type
        spec = policy.schema.events[event_type].fields.get(name)
        return OF_FIELD[spec.type] if spec is not None else Type.NUMBER

    def _missing(self, index: int, situation: Situation) -> tuple[str, ...]:
        key = (situation.event_type, index)
        needs = self._needs.get(key)
        if needs is None:
            needs = self._needs[key] = self._needs_of(self.program.rules[index], situation.event_type)
        names = [name for name in needs.fields if getattr(situation.event, name, None) is None]
        names += [name for name, place in needs.features if place < 0 or situation.vector[place] is None]
        return tuple(names) or self.program.interpreter.missing_names(self.program.rules[index], situation)

    def _needs_of(self, rule: Rule, event_type: str) -> _Needs:
        places = self.program.positions[event_type]
        fields: dict[str, None] = {}
        features: dict[str, int] = {}
        for leaf in self._vocabulary.leaves(rule.when.tree):
            if isinstance(leaf, nodes.Field):
                fields[leaf.name] = None
            else:
                features[leaf.name] = places.get(leaf.name, -1)
        return _Needs(tuple(fields), tuple(features.items()))


def _budget(rule: Rule) -> RuleBudget | None:
    budget = rule.budget
    money = budget.money_per_hour
    if budget.share is None and budget.per_hour is None and money is None:
        return None
    return RuleBudget(
        rule.id,
        rule.owner,
        share=budget.share,
        per_hour=budget.per_hour,
        money_per_hour=money.amount_minor if money else None,
        currency=money.currency if money else None,
    )
