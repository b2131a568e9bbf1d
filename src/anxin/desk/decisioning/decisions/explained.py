"""A decision, explained: what came, what was counted, each rule fired or not and why not, and made with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import msgspec

from anxin.desk.decisioning.decisions.access import FoundDecision, access_decision
from anxin.desk.decisioning.decisions.event_fields import EventField, fields_of, without_clear_values
from anxin.desk.decisioning.decisions.keys import keys_of
from anxin.desk.decisioning.decisions.policies_then import holds_at, lists_at, working_at
from anxin.desk.decisioning.decisions.queries import (
    DecisionLine,
    LabelLine,
    bodies_of,
    labels_of,
    lines_of,
    origins_of,
)
from anxin.desk.decisioning.decisions.sealed_body import SealedBody
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.organisations.models import Organisation
from anxin.engine.decision import Decision, FeatureValue, ShadowVerdict, Text, Unknown
from anxin.engine.errors import EngineError
from anxin.engine.explain.explain import explain
from anxin.engine.explain.explanation import Explanation
from anxin.engine.judge import Judge, Judged
from anxin.engine.lists.holds import Hold
from anxin.engine.lists.store import ListStore
from anxin.engine.policy.definition import WindowFeature
from anxin.engine.policy.interpreter import Situation
from anxin.engine.schema.decoder import EventDecoder, Received
from anxin.engine.stations import Working

_read_answer = msgspec.json.Decoder(Decision).decode


class BodyGone(Refusal):
    """The sealed record was erased, or its retention ended."""

    code: ClassVar[str] = "decision.body_gone"
    zh: ClassVar[str] = "该决策的原始内容已按保存期限或删除请求销毁，只保留事实。"
    en: ClassVar[str] = "What this decision saw was let go after its retention or on request; the fact remains."
    status: ClassVar[int] = 410


@dataclass(frozen=True)
class FeatureLine:
    """A feature as the decision saw it; `window_ms` None for one computed from others."""

    name: str
    zh: str
    en: str
    shown_zh: str
    shown_en: str
    value: FeatureValue
    window_ms: int | None
    aggregate: str
    by: tuple[str, ...]
    is_approximate: bool


@dataclass(frozen=True)
class DecisionView:
    """One decision with all that is known about it.

    `lists` names the lists of the policy of the day. `fields` is empty and `is_erased` true when the person was erased;
    `explanation` is None then, and when that policy is gone (`unexplained` is the code). `took_us` is the time from
    arrival to the decision in microseconds, without the disk; None where the log does not say.
    """

    line: DecisionLine
    fields: tuple[EventField, ...]
    features: tuple[FeatureLine, ...]
    explanation: Explanation | None
    lists: Mapping[str, Text]
    unexplained: str
    shadows: tuple[ShadowVerdict, ...]
    unknown: tuple[Unknown, ...]
    labels: tuple[LabelLine, ...]
    model: str
    control_seq: int
    caller: str
    took_us: int | None
    is_erased: bool


@dataclass(frozen=True)
class Then:
    """A decision put back into its day."""

    body: SealedBody
    answer: Decision
    received: Received
    working: Working
    judge: Judge
    lists: ListStore
    holds: tuple[Hold, ...]

    @property
    def situation(self) -> Situation:
        """Return what the rules looked at, without the model's score."""
        event = self.received
        return Situation(event.event_type, event.event, event.t, self.body.vector, self.lists)


def get_decision(*, event_id: str = "", seq: int = 0, by: Actor) -> DecisionView:
    """Return a decision explained, by event id or place in the log; raise Forbidden or NotFound."""
    found = access_decision(event_id=event_id, seq=seq, by=by)
    scope, row = found.scope, found.row
    (line,) = lines_of([row], origins_of(scope))
    bodies = bodies_of(scope, [row.pk])
    body = bodies.get(row.pk)
    explained = _explained(found, body)
    explanation = explained.explanation
    if explanation is not None and body is not None:
        explanation = without_clear_values(explanation, body.event, by=by)
    answer = _read_answer(body.answer) if body is not None else None
    return DecisionView(
        line=line,
        fields=fields_of(body.event, by=by) if body is not None else (),
        features=explained.features,
        explanation=explanation,
        lists=explained.lists,
        unexplained=explained.unexplained,
        shadows=answer.shadows if answer is not None else (),
        unknown=answer.unknown if answer is not None else (),
        labels=labels_of(row.pk),
        model=row.model,
        control_seq=row.control_seq,
        caller=body.caller if body is not None else "",
        took_us=body.took_us if body is not None else None,
        is_erased=row.pk in bodies and body is None,
    )


def put_back(found: FoundDecision, body: SealedBody) -> Then:
    """Return the decision in its day: policies, lists and holds as they were; raise PolicyGone."""
    scope, row = found.scope, found.row
    slug = Organisation.objects.values_list("slug", flat=True).get(pk=scope.organisation_id)
    keys = keys_of(slug)
    working = working_at(scope, row.pk, row.policy, keys)
    received = EventDecoder(working.compiled.schema).decode(body.event)
    values = _values_of(received, working)
    judge = next(each for each in working.judges if each.label == row.policy)
    lists = lists_at(scope, row.pk, working, values)
    holds = holds_at(scope, row.pk, _entities_of(received, working), received.t)
    return Then(body, _read_answer(body.answer), received, working, judge, lists, holds)


def judged_again(then: Then) -> Judged:
    """Return the judgement of the same rules and model over the features as they were logged."""
    late = bool(then.answer.degraded)
    return then.judge.judge(then.received, then.body.vector, then.lists, is_late=(lambda: True) if late else None)


def require_body(found: FoundDecision) -> SealedBody:
    """Return the opened record; raise BodyGone."""
    body = bodies_of(found.scope, [found.row.pk]).get(found.row.pk)
    if body is None:
        raise BodyGone
    return body


@dataclass(frozen=True)
class _Explained:
    """Why a decision came out as it did, or the code of what keeps it from being told."""

    unexplained: str = ""
    explanation: Explanation | None = None
    features: tuple[FeatureLine, ...] = ()
    lists: Mapping[str, Text] = field(default_factory=dict)


def _explained(found: FoundDecision, body: SealedBody | None) -> _Explained:
    if body is None:
        return _Explained(BodyGone.code)
    try:
        then = put_back(found, body)
    except EngineError as gone:
        return _Explained(gone.code)
    judged, judge = judged_again(then), then.judge
    situation = Situation(
        then.received.event_type, then.received.event, then.received.t, body.vector, then.lists, judged.model_score
    )
    inputs = judge.program.model_inputs.get(situation.event_type)
    has_score = judged.model_score is not None and inputs is not None
    explanation = explain(
        judge.program.interpreter,
        situation,
        then.answer,
        lists=then.lists,
        holds=then.holds,
        model=judge.model if has_score else None,
        model_inputs=inputs(situation.event, situation.t, body.vector, then.lists) if has_score and inputs else None,
    )
    return _Explained(
        explanation=explanation,
        features=_features(explanation, judge, is_approximate="approximate" in then.answer.flags),
        lists={name: each.text for name, each in judge.program.policy.lists.items()},
    )


def _features(explanation: Explanation, judge: Judge, *, is_approximate: bool) -> tuple[FeatureLine, ...]:
    definitions, lines = judge.program.policy.features, []
    for name, fact in explanation.features.items():
        feature = definitions.get(name)
        window = feature if isinstance(feature, WindowFeature) else None
        lines.append(
            FeatureLine(
                name=name,
                zh=fact.text.zh,
                en=fact.text.en,
                shown_zh=fact.shown.zh,
                shown_en=fact.shown.en,
                value=fact.value,
                window_ms=window.window_ms if window is not None else None,
                aggregate=str(window.aggregate) if window is not None else "",
                by=tuple(window.by) if window is not None else (),
                is_approximate=is_approximate,
            )
        )
    return tuple(lines)


def _entities_of(received: Received, working: Working) -> list[tuple[str, str]]:
    """Return kind and key of the entities whose holds an event meets, as the engine knows them."""
    found = []
    for place in working.stations[received.event_type].holds:
        key = getattr(received.event, place.field)
        if key is not None:
            token = place.token
            found.append((place.kind, working.compiled.tokens.personal(token, key) if token is not None else key))
    return found


def _values_of(received: Received, working: Working) -> set[str]:
    """Return every text of an event, and the tokens of its personal ones: what a list could hold exactly."""
    found: set[str] = set()
    for each in working.compiled.schema.events[received.event_type].fields.values():
        value = getattr(received.event, each.name, None)
        if isinstance(value, str):
            found.add(value)
            if each.type.is_personal:
                found.add(working.compiled.tokens.personal(each.type.value, value))
        elif isinstance(value, list):
            found.update(value)
        elif isinstance(value, int):
            found.add(str(value))
    return found
