"""Which names an expression may use, by where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from anxin.engine.policy.definition import ComputeFeature, Expression, NamedValue, WindowFeature
from anxin.engine.policy.documents import Value
from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.check import Scope, check_expression
from anxin.engine.policy.language.currency import currency_of
from anxin.engine.policy.language.magnitude import bounds_of
from anxin.engine.policy.language.nodes import Node, Span
from anxin.engine.policy.language.problem import ExpressionProblem
from anxin.engine.policy.language.types import OF_FIELD, Type
from anxin.engine.schema.schema import Schema
from anxin.engine.schema.types import FieldType

EVENT_TIME = "occurred_at"


@dataclass
class Vocabulary:
    """Everything a policy gives a name to."""

    schema: Schema
    features: dict[str, WindowFeature] = field(default_factory=dict)
    computes: dict[str, ComputeFeature] = field(default_factory=dict)
    values: dict[str, NamedValue] = field(default_factory=dict)
    has_model: bool = False

    def leaves(self, tree: Node) -> Iterator[nodes.Field | nodes.Feature]:
        """Yield the fields and features a tree needs, those inside computed features included."""
        waiting, seen = [tree], set[str]()
        while waiting:
            for node in waiting.pop().walk():
                if isinstance(node, nodes.Compute) and node.name not in seen:
                    seen.add(node.name)
                    waiting.append(self.computes[node.name].expression.tree)
                elif isinstance(node, (nodes.Field, nodes.Feature)):
                    yield node


class FieldScope:
    """The fields that every one of some event types carries: what a `where` may use."""

    def __init__(self, schema: Schema, event_types: tuple[str, ...]) -> None:
        self.schema = schema
        self.events = [schema.events[name] for name in event_types if name in schema.events]

    def names(self) -> Iterable[str]:
        """Return the usable names."""
        return {name for event in self.events for name in event.fields} | {"missing"}

    def resolve(self, name: str, span: Span) -> Node | ExpressionProblem | None:
        """Return the node of a field."""
        wire = EVENT_TIME if name == "t" else name
        specs = [event.fields.get(wire) for event in self.events]
        if not any(specs):
            return self.elsewhere(name, span)
        lacking = [event.name for event, spec in zip(self.events, specs, strict=True) if spec is None]
        if lacking:
            return _problem(
                span, "policy.unknown_name", f"{lacking[0]} 没有字段 {name}", f"{lacking[0]} has no field {name}"
            )
        kinds = {spec.type for spec in specs if spec is not None}
        if len(kinds) > 1 or FieldType.ANY in kinds:
            return _problem(span, "policy.type", f"字段 {name} 不能用于规则", f"field {name} cannot be used in rules")
        is_certain = all(spec is not None and spec.required for spec in specs)
        return nodes.Field(span, OF_FIELD[kinds.pop()], wire, is_certain)

    def elsewhere(self, name: str, span: Span) -> Node | ExpressionProblem | None:
        """Return a node or problem for a name that no field has."""
        owners = self.schema.field_owners(name)
        if owners and self.events:
            wrong = self.events[0].name
            return _problem(span, "policy.unknown_name", f"{wrong} 没有字段 {name}", f"{wrong} has no field {name}")
        return None


class RuleScope(FieldScope):
    """Fields, features, thresholds and the model's score, over the event types of one rule."""

    def __init__(self, vocabulary: Vocabulary, event_types: tuple[str, ...]) -> None:
        super().__init__(vocabulary.schema, event_types)
        self.vocabulary = vocabulary

    def names(self) -> Iterable[str]:
        """Return the usable names."""
        words = self.vocabulary
        return {*super().names(), *words.features, *words.computes, *words.values, "model_score"}

    def resolve(self, name: str, span: Span) -> Node | ExpressionProblem | None:
        """Return the node of any name a rule may use."""
        words = self.vocabulary
        if name in words.values:
            value = words.values[name]
            return nodes.Named(span, value.type, name, value.currency)
        if name in words.features:
            return self._feature(name, span)
        if name in words.computes:
            return self._compute(name, span)
        if name == "model_score":
            return self._model_score(span)
        return super().resolve(name, span)

    def _model_score(self, span: Span) -> Node | ExpressionProblem:
        if self.vocabulary.has_model:
            return nodes.ModelScore(span, Type.NUMBER)
        return _problem(span, "policy.unknown_name", "策略没有模型", "the policy has no model")

    def _feature(self, name: str, span: Span) -> Node | ExpressionProblem:
        feature = self.vocabulary.features[name]
        problem = self._uncarried(feature, span)
        return problem or nodes.Feature(span, feature.type, name)

    def _uncarried(self, feature: WindowFeature, span: Span) -> ExpressionProblem | None:
        for event in self.events:
            for entity in feature.by:
                if entity not in event.entities:
                    zh = f"{event.name} 不带实体 {entity}，特征 {feature.name} 在这里没有值"
                    en = f"{event.name} does not carry {entity}, so {feature.name} has no value there"
                    return _problem(span, "policy.entity", zh, en)
        return None

    def _compute(self, name: str, span: Span) -> Node | ExpressionProblem:
        tree = self.vocabulary.computes[name].expression.tree
        for leaf in self.vocabulary.leaves(tree):
            if isinstance(leaf, nodes.Feature):
                problem = self._uncarried(self.vocabulary.features[leaf.name], span)
            else:
                found = super().resolve(leaf.name, span)
                problem = found if isinstance(found, ExpressionProblem) else None
            if problem is not None:
                return problem
        currency = currency_of(tree) if tree.type is Type.MONEY else None
        return nodes.Compute(span, tree.type, name, currency, bounds_of(tree))


class ComputeScope(RuleScope):
    """What a computed feature may use: a field of any event type, as long as it has one type everywhere."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__(vocabulary, ())

    def names(self) -> Iterable[str]:
        """Return the usable names."""
        return {*super().names(), *(name for event in self.schema.events.values() for name in event.fields)}

    def elsewhere(self, name: str, span: Span) -> Node | ExpressionProblem | None:
        """Return the node of a field of any event type."""
        wire = EVENT_TIME if name == "t" else name
        owners = self.schema.field_owners(wire)
        if not owners:
            return None
        return FieldScope(self.schema, owners).resolve(wire, span)


def read_expression(value: Value, scope: Scope, wanted: Type | None) -> Expression | None:
    """Return the checked expression of a text, or None after recording every problem in it."""
    if not value.is_scalar:
        value.fail("policy.shape", "应为表达式", "expected an expression")
        return None
    source = value.raw()
    tree, problems = check_expression(source, scope, wanted)
    for problem in problems:
        value.fail_in_expression(problem)
    return None if tree is None else Expression(source, tree)


def _problem(span: Span, code: str, zh: str, en: str) -> ExpressionProblem:
    return ExpressionProblem(span.start, code, zh, en)
