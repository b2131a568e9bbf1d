"""The explanation of single rules: leaves, why not, and reasons for three readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from anxin.engine.decision import Text
from anxin.engine.explain.conditions import NAME, Examined, LeafCheck, examine
from anxin.engine.explain.explanation import OUTCOMES, LeafFact, NeededChange, Plain, ReaderTexts, RuleFact, WhyNot
from anxin.engine.explain.flip import failing_leaves
from anxin.engine.explain.formats import Meaning, shown
from anxin.engine.explain.placeholders import reason
from anxin.engine.explain.subjects import OTHER, Move
from anxin.engine.explain.wording import Wording
from anxin.engine.policy.definition import Policy, Rule
from anxin.engine.policy.evaluation import Evaluation, Side
from anxin.engine.policy.interpreter import Interpreter, Situation
from anxin.engine.policy.language.types import OF_FIELD, Type
from anxin.engine.policy.scopes import EVENT_TIME
from anxin.engine.verdict import Verdict

ROUNDS = 3
WOULD_FIRE = Text("如果满足以下条件就会触发：", "It would fire if: ")
ENTANGLED = Text("这些条件互相影响，至少需要：", "These conditions depend on each other; it needs at least: ")
IMPOSSIBLE = Text("没有任何取值能使这条规则成立", "No values could make this rule true")


@dataclass
class _Changes:
    changes: dict[str, NeededChange]
    is_smallest: bool = True
    is_checked: bool | None = None


class RuleExplainer:
    """Explains the rules of one policy on one event."""

    def __init__(self, interpreter: Interpreter, situation: Situation) -> None:
        self.interpreter = interpreter
        self.situation = situation
        self.policy: Policy = interpreter.policy
        self.wording = Wording(self.policy)

    def fact(self, rule: Rule, evaluation: Evaluation, *, verdict: Verdict, is_braked: bool) -> RuleFact:
        """Return all that is to say about a rule; `verdict` is after its brake."""
        examined = self.examine(evaluation)
        has_fired = has_fired_on(rule, evaluation)
        return RuleFact(
            rule=rule.id,
            title=rule.title,
            condition=rule.when.source,
            outcome=OUTCOMES[evaluation.truth],
            has_fired=has_fired,
            verdict=verdict.word,
            severity=rule.severity,
            leaves=tuple(self.leaf(check) for check in examined.leaves),
            is_braked=is_braked,
            points=(rule.score or 0.0) if has_fired else 0.0,
            reasons=self.reasons(rule) if has_fired else None,
            why_not=None if has_fired else self.why_not(rule, examined),
        )

    def examine(self, evaluation: Evaluation, given: Mapping[str, object] | None = None) -> Examined:
        """Return the leaves of a condition evaluated in this situation, with the names in `given` set otherwise."""
        situation = replace(self.situation, given=given) if given is not None else self.situation
        return examine(evaluation, self.policy, lambda name: self.interpreter.value_of(name, situation))

    def leaf(self, check: LeafCheck) -> LeafFact:
        """Return one leaf with its sentence."""
        override = self._override(check.against)
        return LeafFact(
            source=" ".join(check.leaf.text.split()),
            item=" ".join(check.item.text.split()),
            operator=f"not {check.operator}" if check.leaf.is_negated else check.operator,
            value=_plain(check.item),
            threshold=_threshold(check.against),
            outcome=OUTCOMES[check.leaf.truth],
            text=self.wording.leaf(check, override),
            missing=check.leaf.missing,
            override=override,
        )

    def why_not(self, rule: Rule, examined: Examined) -> WhyNot:
        """Return which leaves failed and the smallest change that would make the rule true."""
        failed = failing_leaves(examined.condition, examined.truths)
        found = self._changes(rule, examined)
        if found is None:
            return WhyNot(failed, (), IMPOSSIBLE)
        changes = tuple(found.changes.values())
        zh = "；".join(change.text.zh for change in changes)
        en = "; ".join(change.text.en for change in changes)
        lead = ENTANGLED if found.is_checked is False else WOULD_FIRE
        text = Text(f"{lead.zh}{zh}", f"{lead.en}{en}")
        return WhyNot(failed, changes, text, found.is_smallest, found.is_checked)

    def reasons(self, rule: Rule) -> ReaderTexts:
        """Return the rule's texts for its three readers, filled from the event."""
        return ReaderTexts(
            agent=reason("agent", rule.reasons.agent, self.shown_value),
            user=reason("user", rule.reasons.user, self.shown_value),
            auditor=reason("auditor", rule.reasons.auditor, self.shown_value),
        )

    def shown_value(self, name: str) -> Text:
        """Return the value of any name a rule may use as people read it; `t` is the event's time."""
        name = EVENT_TIME if name == "t" else name
        return shown(self.interpreter.value_of(name, self.situation), self.meaning(name))

    def meaning(self, name: str) -> Meaning:
        """Return how values of a name are to be read."""
        currency = getattr(self.situation.event, "currency", None)
        if name in self.policy.values:
            value = self.policy.values[name]
            return Meaning(value.type, name, value.currency)
        if name in self.policy.features:
            return Meaning(self.policy.features[name].type, name, currency)
        if name in self.policy.computes:
            return Meaning(self.policy.computes[name].type, name, currency)
        if name == "model_score":
            return Meaning(Type.NUMBER, name)
        field = self.policy.schema.events[self.situation.event_type].fields[name]
        return Meaning(OF_FIELD[field.type], name, currency)

    def _override(self, against: Side | None) -> dict[str, str]:
        """Return the event's fields that change the threshold a quantity is compared with; empty when none does."""
        for name in against.names if against is not None else ():
            if name in self.policy.values:
                found = self.interpreter.override_of(name, self.situation)
                return {} if found is None else dict(found.when)
        return {}

    def _changes(self, rule: Rule, examined: Examined) -> _Changes | None:
        """Return the smallest change, evaluated again: what it moves may itself be another comparison's threshold."""
        found, given, current = _Changes({}), dict(self.situation.given), examined
        for attempt in range(ROUNDS):
            flip = current.flip()
            if flip is None:
                return found if found.changes else None
            found.is_smallest = flip.is_smallest and attempt == 0
            for move in flip.moves:
                change = self._change(move, current, examined)
                found.changes[change.item] = change
                given[current.items[move.subject]] = move.value
            if not all(self._is_settable(move, current) for move in flip.moves):
                return found
            evaluation = self.interpreter.interpret(rule, replace(self.situation, given=given))
            found.is_checked = evaluation.truth is True
            if found.is_checked:
                return found
            current = self.examine(evaluation, given)
        return found

    def _change(self, move: Move, current: Examined, first: Examined) -> NeededChange:
        checks = [first.leaves[leaf] for leaf, _ in move.truths]
        item = current.items[move.subject]
        return NeededChange(
            item=item or " ".join(checks[0].leaf.text.split()),
            now=_plain(checks[0].quantity),
            value=move.value if item and move.value != OTHER else None,
            leaves=tuple(check.number for check in checks),
            text=self.wording.need(move, checks, is_value=bool(item)),
        )

    def _is_settable(self, move: Move, current: Examined) -> bool:
        item, first = current.items[move.subject], current.leaves[move.truths[0][0]]
        is_name = bool(NAME.fullmatch(item)) and item not in self.policy.values
        return is_name and (move.value != OTHER or first.quantity.type is Type.TEXT)


def has_fired_on(rule: Rule, evaluation: Evaluation) -> bool:
    """Return whether a rule acts: it is true, or unknown and fails closed."""
    return evaluation.truth is True or (evaluation.truth is None and rule.fails_closed)


def _plain(side: Side) -> Plain:
    return None if side.type.is_personal or side.type is Type.TOKEN else side.value


def _threshold(side: Side | None) -> Plain:
    if side is None:
        return None
    if side.choices:
        return tuple(str(each) for each in side.choices)
    return _plain(side)
