"""Compiling policies: one shared window plan, and generated functions for each event type."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from anxin.engine.decision import FeatureValue
from anxin.engine.generated import defined
from anxin.engine.policy.compiler.evaluate import evaluate_source
from anxin.engine.policy.compiler.extract import extract_source
from anxin.engine.policy.compiler.frame import Surroundings, TextToken, language_functions
from anxin.engine.policy.compiler.inputs import inputs_source
from anxin.engine.policy.compiler.plan import Definition, PlannedFeatures, definition_of, plan_features
from anxin.engine.policy.definition import Policy, Rule
from anxin.engine.policy.interpreter import Interpreter
from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.nodes import Node
from anxin.engine.policy.language.runtime import Lists, NoLists, Tokens
from anxin.engine.policy.placeholders import placeholder_names
from anxin.engine.policy.scopes import Vocabulary
from anxin.engine.schema.schema import Schema
from anxin.engine.schema.types import EventType
from anxin.engine.windows.contract import Place
from anxin.engine.windows.keyed import KEY_BYTES
from anxin.engine.windows.keyed import text_token as windows_token
from anxin.engine.windows.plan import WindowPlan

Vector = Sequence[FeatureValue]
Evaluate = Callable[[Any, int, Vector, Lists, float | None], tuple[list[int], list[int]]]
Inputs = Callable[[Any, int, Vector, Lists], list[float]]
Extract = Callable[..., tuple[Place, ...]]


@dataclass
class PolicyProgram:
    """One policy, compiled.

    `evaluate[event_type]` gives the indexes into `rules` of the rules that fired and of those that were unknown.
    `vector_names[event_type]` names the answered features by position; None where the feature is another policy's.
    `positions[event_type]` says where each of them stands: a feature may have several names.
    `source` holds the generated code, for inspection.
    """

    policy: Policy
    rules: tuple[Rule, ...]
    interpreter: Interpreter
    evaluate: dict[str, Evaluate] = field(default_factory=dict)
    vector_names: dict[str, tuple[str | None, ...]] = field(default_factory=dict)
    positions: dict[str, dict[str, int]] = field(default_factory=dict)
    model_inputs: dict[str, Inputs] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)


@dataclass
class Compiled:
    """Policies compiled over one window plan; the first program is the live one.

    `extract[event_type]` gives the places of `windows.contract.observe` for reader `reader[event_type]`.
    `tokens` makes the keyed tokens of personal values that lists are looked up with.
    """

    programs: tuple[PolicyProgram, ...]
    schema: Schema
    plan: WindowPlan
    tokens: Tokens
    extract: dict[str, Extract] = field(default_factory=dict)
    reader: dict[str, int] = field(default_factory=dict)

    @property
    def live(self) -> PolicyProgram:
        """Return the program of the live policy."""
        return self.programs[0]


def compile_policies(
    policies: Sequence[Policy],
    schema: Schema,
    *,
    index_key: bytes,
    text_token: TextToken | None = None,
    answers_all: bool = False,
) -> Compiled:
    """Return the policies compiled over one plan, the first one live.

    `text_token` is the windows' own token of a text; without it, that of windows whose key is the first 16 bytes of
    `index_key`. An event type answers the features that its rules, texts and model use, or with `answers_all` every
    feature whose entities it carries.
    """
    shared = _Shared(Tokens(index_key), text_token or default_text_token(index_key))
    answered = {event: _answered(policies, schema, event, answers_all=answers_all) for event in schema.events}
    planned = plan_features(policies, schema, answered)
    programs = tuple(_program(policy, schema, planned, shared) for policy in policies)
    compiled = Compiled(programs, schema, planned.plan, shared.tokens, reader=dict(planned.plan.reader_index))
    _add_extracts(compiled, planned, Surroundings({}, {}, language_functions(*shared), policies[0].settings.timezone))
    return compiled


class _Shared(NamedTuple):
    tokens: Tokens
    text_token: TextToken


def default_text_token(index_key: bytes) -> TextToken:
    """Return the token function of windows whose key is the first 16 bytes of `index_key`."""
    return functools.lru_cache(maxsize=8192)(
        functools.partial(windows_token, index_key[:KEY_BYTES].ljust(KEY_BYTES, b"\0"))
    )


def _answered(policies: Sequence[Policy], schema: Schema, event: str, *, answers_all: bool) -> set[Definition]:
    found: set[Definition] = set()
    carried = schema.events[event].entities
    for policy in policies:
        wanted = set(policy.features) if answers_all else names_needed(policy, event)
        for name in wanted:
            feature = policy.features[name]
            if all(entity in carried for entity in feature.by):
                found.add(definition_of(feature, policy.settings.timezone))
    return found


def names_needed(policy: Policy, event: str) -> set[str]:
    """Return the windowed features that rules, texts and the model of a policy use on one event type."""
    vocabulary = Vocabulary(policy.schema, dict(policy.features), dict(policy.computes), dict(policy.values))
    trees: list[Node] = []
    names: set[str] = set()
    for rule in policy.rules:
        if event in rule.on:
            trees.append(rule.when.tree)
            names |= placeholder_names(rule)
    if policy.model is not None and (not policy.model.event_types or event in policy.model.event_types):
        names |= set(policy.model.inputs)
    trees += [policy.computes[name].expression.tree for name in names if name in policy.computes]
    found = {name for name in names if name in policy.features}
    for tree in trees:
        found |= {leaf.name for leaf in vocabulary.leaves(tree) if isinstance(leaf, nodes.Feature)}
    return found


def _program(policy: Policy, schema: Schema, planned: PlannedFeatures, shared: _Shared) -> PolicyProgram:
    timezone = policy.settings.timezone
    places = {name: planned.places[definition_of(each, timezone)] for name, each in policy.features.items()}
    positions = {each.event_type: _positions(places, each.features) for each in planned.plan.readers}
    names = {each.event_type: _names(positions[each.event_type], len(each.features)) for each in planned.plan.readers}
    program = PolicyProgram(
        policy,
        policy.rules,
        Interpreter(policy, tokens=shared.tokens, text_token=shared.text_token, positions=positions),
        vector_names=names,
        positions=positions,
    )
    surroundings = Surroundings(policy.computes, policy.values, language_functions(*shared), timezone)
    for event in schema.events.values():
        _compile_event(program, event, surroundings)
    return program


def _positions(places: Mapping[str, int], answered: Sequence[int]) -> dict[str, int]:
    """Return where the vector of an event type holds each feature, by all its names."""
    index_of = {place: index for index, place in enumerate(answered)}
    return {name: index_of[place] for name, place in places.items() if place in index_of}


def _names(positions: Mapping[str, int], length: int) -> tuple[str | None, ...]:
    """Return one name, the last one, of the feature at each place of a vector."""
    names = {index: name for name, index in positions.items()}
    return tuple(names.get(index) for index in range(length))


def _compile_event(program: PolicyProgram, event: EventType, surroundings: Surroundings) -> None:
    vector = program.positions[event.name]
    rules = [(index, rule) for index, rule in enumerate(program.rules) if event.name in rule.on]
    program.evaluate[event.name] = _no_rules
    if rules:
        source = program.source[event.name] = evaluate_source(event, rules, vector, surroundings)
        program.evaluate[event.name] = _defined(source, "evaluate", event.name, surroundings)
    if program.policy.model is not None:
        source = inputs_source(event, program.policy, vector, surroundings)
        program.model_inputs[event.name] = _defined(source, "model_inputs", event.name, surroundings)


def _no_rules(*_arguments: object) -> tuple[list[int], list[int]]:
    return [], []


def _add_extracts(compiled: Compiled, planned: PlannedFeatures, surroundings: Surroundings) -> None:
    surroundings.globals["no_lists"] = NoLists()
    for event in compiled.schema.events.values():
        source = extract_source(event, planned.plan, planned.filters, surroundings)
        compiled.extract[event.name] = _defined(source, "extract", event.name, surroundings)


def _defined(source: str, name: str, event_type: str, surroundings: Surroundings) -> Any:
    """Return the function `name` of generated source, run in globals of its own."""
    return defined(source, f"{name} {event_type}", dict(surroundings.globals))[name]
