"""The slow reference interpreter: walks the checked tree, says true, false or unknown, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anxin.engine.policy.arithmetic import call_function, compare, operate
from anxin.engine.policy.definition import Override, Policy, Rule
from anxin.engine.policy.evaluation import Evaluation, Truth, truth_and, truth_not, truth_or
from anxin.engine.policy.explanation import explained
from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.nodes import Node
from anxin.engine.policy.language.runtime import Calendar, Lists, Tokens, any_on
from anxin.engine.policy.language.types import Type

DIVISIONS = ("/", "//", "%")
NAMED = (nodes.Field, nodes.Feature, nodes.Compute, nodes.Named)


@dataclass(frozen=True)
class Situation:
    """Everything a rule looks at: the event, the answered features, the lists, the model's score.

    `given` sets names to other values, for what-if and for the tests of rules.
    """

    event_type: str
    event: Any
    t: int
    vector: Sequence[Any]
    lists: Lists
    model_score: float | None = None
    given: Mapping[str, Any] = field(default_factory=dict)


class Interpreter:
    """Interprets the rules of one policy.

    `positions` says of each event type where its answered features stand in the vector; two names of one feature share
    a place. `text_token` is the windows' token of a text.
    """

    def __init__(
        self, policy: Policy, *, tokens: Tokens, text_token: Any, positions: Mapping[str, Mapping[str, int]]
    ) -> None:
        self.policy = policy
        self.tokens = tokens
        self.text_token = text_token
        self.calendar = Calendar(policy.settings.timezone)
        self._positions = positions

    def truth(self, rule: Rule, situation: Situation) -> Truth:
        """Return whether the rule's condition is true; None when unknown."""
        return Evaluator(self, situation).truth(rule.when.tree)

    def interpret(self, rule: Rule, situation: Situation) -> Evaluation:
        """Return the evaluated condition of a rule."""
        return explained(Evaluator(self, situation), rule.when)

    def value_of(self, name: str, situation: Situation) -> Any:
        """Return the value of a field, feature, threshold or `model_score`; None when missing.

        A personal field comes as its keyed token. Raise KeyError for a name the policy does not know.
        """
        return Evaluator(self, situation).named(name)

    def override_of(self, name: str, situation: Situation) -> Override | None:
        """Return the override of a named threshold that holds for the event; None when its own value does."""
        return Evaluator(self, situation).override(name)

    def missing_names(self, rule: Rule, situation: Situation) -> tuple[str, ...]:
        """Return the names a rule uses that have no value, inside computed features too.

        When all have one, what else leaves its condition unknown: `currency`, or the names in divisors that are zero.
        """
        evaluator = Evaluator(self, situation)
        return evaluator.missing(rule.when.tree) or evaluator.unfit(rule.when.tree)

    def position(self, event_type: str, feature: str) -> int | None:
        """Return the place of a feature in the vector of an event type."""
        return self._positions.get(event_type, {}).get(feature)


class Evaluator:
    """Evaluates trees in one situation. None is missing or unknown, everywhere."""

    def __init__(self, interpreter: Interpreter, situation: Situation) -> None:
        self.interpreter = interpreter
        self.situation = situation
        self._computed: dict[str, Any] = {}
        self._lacking: dict[str, tuple[str, ...]] = {}

    def truth(self, node: Node) -> Truth:
        """Return the truth of a condition."""
        found = self.value(node)
        return None if found is None else bool(found)

    def value(self, node: Node) -> Any:
        """Return the value of any node."""
        if isinstance(node, nodes.All):
            return truth_and([self.truth(part) for part in node.parts])
        if isinstance(node, nodes.Any):
            return truth_or([self.truth(part) for part in node.parts])
        if isinstance(node, nodes.Not):
            return truth_not(self.truth(node.item))
        if isinstance(node, nodes.Missing):
            return (self.value(node.item) is None) is not node.is_negated
        if isinstance(node, nodes.Literal):
            return node.value
        if isinstance(node, (nodes.Field, nodes.Feature, nodes.Compute, nodes.Named, nodes.ModelScore)):
            return self.atom(node)
        guard = getattr(node, "guard_currency", None)
        if guard is not None and self.field("currency") != guard:
            return None
        return self._compound(node)

    def _compound(self, node: Node) -> Any:
        if isinstance(node, nodes.Negative):
            item = self.value(node.item)
            return None if item is None else -item
        if isinstance(node, nodes.Arithmetic):
            return operate(node.operator, self.value(node.left), self.value(node.right))
        if isinstance(node, nodes.Comparison):
            return compare(node.operator, *self._operands(node))
        if isinstance(node, nodes.Choice):
            test = self.truth(node.test)
            return None if test is None else self.value(node.yes if test else node.no)
        if isinstance(node, nodes.Call):
            return call_function(self, node)
        return self._membership(node)

    def _membership(self, node: Node) -> Truth:
        if isinstance(node, nodes.Within):
            item, texts = self.value(node.item), self.value(node.texts)
            return None if item is None or texts is None else (item in texts) is not node.is_negated
        if not isinstance(node, (nodes.Among, nodes.AnyAmong, nodes.OnList)):
            raise TypeError(type(node).__name__)
        item = self.value(node.item)
        if item is None:
            return None
        if isinstance(node, nodes.Among):
            return (item in node.choices) is not node.is_negated
        if isinstance(node, nodes.AnyAmong):
            return any(each in node.choices for each in item)
        return self._is_on_list(node, item) is not node.is_negated

    def _is_on_list(self, node: nodes.OnList, item: Any) -> bool:
        lookup, t = self.situation.lists.lookup(node.list_name), self.situation.t
        kind = node.item.type
        if kind is Type.TEXTS:
            return any_on(lookup, item, t)
        if not kind.is_personal:
            return lookup(item, t)
        # The networks of an address may still be matched, so it is looked up in clear as well.
        is_listed = lookup(self.interpreter.tokens.personal(kind.value, item), t)
        return is_listed or (kind is Type.IP and lookup(item, t))

    def _operands(self, node: nodes.Comparison) -> tuple[Any, Any]:
        left, right = self.value(node.left), self.value(node.right)
        kinds = (node.left.type, node.right.type)
        if Type.TOKEN in kinds and kinds != (Type.TOKEN, Type.TOKEN):
            token = self.interpreter.text_token
            left = token(left) if kinds[0] is not Type.TOKEN and left is not None else left
            right = token(right) if kinds[1] is not Type.TOKEN and right is not None else right
        return left, right

    def field(self, name: str) -> Any:
        """Return a field of the event."""
        given = self.situation.given
        return given[name] if name in given else getattr(self.situation.event, name, None)

    def atom(self, node: Node) -> Any:
        """Return the value behind a name."""
        given = self.situation.given
        if isinstance(node, nodes.ModelScore):
            return given.get("model_score", self.situation.model_score)
        if isinstance(node, nodes.Field):
            return self.field(node.name)
        name = str(getattr(node, "name", ""))
        if name in given:
            return given[name]
        if isinstance(node, nodes.Named):
            return self.threshold(name)
        if isinstance(node, nodes.Compute):
            return self._compute(name)
        position = self.interpreter.position(self.situation.event_type, name)
        return None if position is None else self.situation.vector[position]

    def _compute(self, name: str) -> Any:
        if name not in self._computed:
            self._computed[name] = self.value(self.interpreter.policy.computes[name].expression.tree)
        return self._computed[name]

    def threshold(self, name: str) -> Any:
        """Return a named threshold for this event: the first override that fits, else its value."""
        override = self.override(name)
        return self.interpreter.policy.values[name].value if override is None else override.value

    def override(self, name: str) -> Override | None:
        """Return the override of a named threshold that holds for this event; None when its own value does."""
        for override in self.interpreter.policy.values[name].overrides:
            if all(self.field(key) == wanted for key, wanted in override.when):
                return override
        return None

    def named(self, name: str) -> Any:
        """Return the value of any name the policy knows; personal fields as tokens."""
        policy, span = self.interpreter.policy, nodes.Span(0, 0)
        if name in policy.features:
            return self.atom(nodes.Feature(span, policy.features[name].type, name))
        if name in policy.computes:
            return self.atom(nodes.Compute(span, policy.computes[name].type, name))
        if name in policy.values:
            return self.threshold(name)
        if name == "model_score":
            return self.atom(nodes.ModelScore(span, Type.NUMBER))
        spec = policy.schema.events[self.situation.event_type].fields[name]
        found = self.field(name)
        return self.interpreter.tokens.personal(spec.type.value, found) if spec.type.is_personal and found else found

    def missing(self, tree: Node) -> tuple[str, ...]:
        """Return the names in a tree that have no value, inside computed features too."""
        found: dict[str, None] = {}
        for node in tree.walk():
            if isinstance(node, nodes.Compute) and self.atom(node) is None:
                found.update(dict.fromkeys(self._missing_inside(node.name) or (node.name,)))
            elif isinstance(node, nodes.ModelScore) and self.atom(node) is None:
                found["model_score"] = None
            elif isinstance(node, (nodes.Field, nodes.Feature)) and self.atom(node) is None:
                found[node.name] = None
        return tuple(found)

    def unfit(self, tree: Node) -> tuple[str, ...]:
        """Return `currency` where an amount of another one is asked for, and the names in divisors that are zero."""
        found: dict[str, None] = {}
        for node in tree.walk():
            guard = getattr(node, "guard_currency", None)
            if guard is not None and self.field("currency") != guard:
                found["currency"] = None
            elif isinstance(node, nodes.Arithmetic) and node.operator in DIVISIONS and self.value(node.right) == 0:
                names = (each.name for each in node.right.walk() if isinstance(each, NAMED))
                found.update(dict.fromkeys(names))
        return tuple(found)

    def _missing_inside(self, name: str) -> tuple[str, ...]:
        if name not in self._lacking:
            self._lacking[name] = self.missing(self.interpreter.policy.computes[name].expression.tree)
        return self._lacking[name]
