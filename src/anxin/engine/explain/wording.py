"""Sentences about leaves and about what they would need, in Chinese and English."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from anxin.engine.decision import Text
from anxin.engine.explain.conditions import CALL, NAME, LeafCheck, currencies_differ
from anxin.engine.explain.field_names import field_name
from anxin.engine.explain.formats import Meaning, shown
from anxin.engine.explain.subjects import OTHER, Move
from anxin.engine.policy.definition import Policy
from anxin.engine.policy.evaluation import Shown, Side
from anxin.engine.policy.language.types import ORDERED, Type

SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
TEXT_TESTS = {
    "matches": Text("匹配", "matches"),
    "contains": Text("包含", "contains"),
    "starts_with": Text("开头为", "starts with"),
    "ends_with": Text("结尾为", "ends with"),
    "within": Text("属于", "is among"),
}
SPELLED = {
    "and": Text("且", "and"),
    "or": Text("或", "or"),
    "not": Text("非", "not"),
    "max(": Text("较大者(", "larger("),
    "min(": Text("较小者(", "smaller("),
    **{sign: Text(word, word) for sign, word in (SIGNS | {"*": "×", "/": "÷", "-": "−"}).items()},
}
"""How a part of an expression is spelled where it stands in a sentence; names have words of their own."""
PART = re.compile(r"""\"[^"]*\"|'[^']*'|[a-z_][a-z0-9_]*\(?|[<>=!]=|[*/-]""", re.IGNORECASE)
FUNCTIONS = {
    "length": Text("{}的长度", "length of {}"),
    "lower": Text("{}", "{}"),
    "hour": Text("{}的小时", "hour of {}"),
    "weekday": Text("{}的星期", "weekday of {}"),
    "age": Text("距{}的时长", "time since {}"),
    "abs": Text("{}的绝对值", "size of {}"),
}


class Wording:
    """Words for the conditions of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def label(self, text: str) -> Text:
        """Return what a quantity is called: a feature's or threshold's text, a field's name, or all of them spelled."""
        name = " ".join(text.split())
        if name in self.policy.features:
            return self.policy.features[name].text
        if name in self.policy.computes:
            return self.policy.computes[name].text
        if name in self.policy.values:
            return self.policy.values[name].text or Text(name, name)
        if name == "model_score":
            return Text("模型分", "model score")
        call = CALL.fullmatch(name)
        if call and call[1] in FUNCTIONS:
            inner, form = self.label(call[2]), FUNCTIONS[call[1]]
            return Text(form.zh.format(inner.zh), form.en.format(inner.en))
        return field_name(name) if NAME.fullmatch(name) else self._spelled(name)

    def _spelled(self, text: str) -> Text:
        """Return an expression with its names and signs in words; texts in it stay as they are."""
        written = " ".join(text.split())

        def word(found: re.Match[str]) -> Text:
            part = found[0]
            if part in SPELLED:
                return SPELLED[part]
            return self.label(part) if NAME.fullmatch(part) else Text(part, part)

        return Text(PART.sub(lambda found: word(found).zh, written), PART.sub(lambda found: word(found).en, written))

    def _list(self, name: object) -> Text:
        """Return what a list is called; one that the policy does not know by its name."""
        known = self.policy.lists.get(str(name))
        return known.text if known is not None else Text(str(name), str(name))

    def value(self, value: Shown, side: Side) -> Text:
        """Return a value of one side as people read it."""
        return shown(value, Meaning(side.type, side.text.strip(), side.currency))

    def leaf(self, check: LeafCheck, override: Mapping[str, str]) -> Text:
        """Return what a leaf asked and what it found; `override` are the fields that give it another threshold."""
        label, found, against = self.label(check.item.text), self.value(check.item.value, check.item), check.against
        if check.operator in SIGNS and against is not None:
            is_bare = all(name in self.policy.values for name in against.names)
            unit = replace(against, text=check.item.text) if is_bare else against
            bound, sign = self.value(against.value, unit), SIGNS[check.operator]
            verb = " 为 " if label.zh == label.en or _is_spelled(check.item.text) else " "
            zh = f"{label.zh}{verb}{found.zh}，阈值 {sign} {bound.zh}"
            en = f"{label.en}: {found.en}, threshold {sign} {bound.en}"
            if not against.names:
                return Text(zh, en)
            name = self.label(against.text)
            fields = [(field_name(key), wanted) for key, wanted in override.items()]
            zh_names = "，".join([name.zh, *(f"{each.zh} {wanted}" for each, wanted in fields)])
            en_names = ", ".join([name.en, *(f"{each.en} {wanted}" for each, wanted in fields)])
            return Text(f"{zh}（{zh_names}）", f"{en} ({en_names})")
        asked = self._asked(check)
        if check.operator in ("in", *TEXT_TESTS):
            return Text(f"{label.zh} {found.zh}，要求 {asked.zh}", f"{label.en}: {found.en}, asked: {asked.en}")
        answer = Text("未知", "unknown") if check.leaf.truth is None else shown(check.leaf.truth, Meaning(Type.BOOL))
        return Text(f"{label.zh}{asked.zh}：{answer.zh}", f"{label.en}{asked.en}: {answer.en}")

    def need(self, move: Move, checks: Sequence[LeafCheck], *, is_value: bool) -> Text:
        """Return what a quantity would have to be; `checks` are the leaves the move changes, at least one.

        `is_value` tells whether the move gives the quantity a value, or only turns the leaf itself.
        """
        check, truths = next((each for each in checks if each.against is not None), checks[0]), dict(move.truths)
        if not is_value:
            return self._condition(check, self.label(check.item.text), is_wanted=truths[check.number] is True)
        label = self.label(check.quantity.text)
        if move.value is None:
            return Text(f"{label.zh}需缺失", f"{label.en} must be missing")
        if move.value == OTHER:
            is_asked_present = any(each.operator == "missing" for each in checks)
            return (
                Text(f"{label.zh}需有值", f"{label.en} must be present")
                if is_asked_present
                else Text(f"{label.zh}需为其他值", f"{label.en} must be another value")
            )
        wanted = self.value(move.value, check.quantity)
        if check.quantity.type in ORDERED and not isinstance(move.value, (str, bool)):
            return self._bound(move.value, check, label)
        return Text(f"{label.zh}需为{wanted.zh}", f"{label.en} must be {wanted.en}")

    def _asked(self, check: LeafCheck) -> Text:
        against, is_negated = check.against, check.leaf.is_negated
        if check.operator == "list" and against is not None:
            named = self._list(against.value)
            return Text(
                f"{'不' if is_negated else ''}在名单“{named.zh}”中",
                f"{' not' if is_negated else ''} on list “{named.en}”",
            )
        if check.operator == "missing":
            return Text("有值", " present") if is_negated else Text("缺失", " missing")
        if check.operator in ("in", "any in") and against is not None:
            choices = [self._choice(choice, check, against) for choice in against.choices]
            zh, en = "、".join(each.zh for each in choices), ", ".join(each.en for each in choices)
            if check.operator == "any in":
                return Text(f"含 {zh} 之一", f" holds one of {en}")
            return Text(f"不属于 {zh}", f"none of {en}") if is_negated else Text(f"属于 {zh}", f"one of {en}")
        verb = TEXT_TESTS.get(check.operator)
        if verb is not None and against is not None:
            bound = self.value(against.value, against)
            return Text(
                f"{'不' if is_negated else ''}{verb.zh} {bound.zh}",
                f"{'not: ' if is_negated else ''}{verb.en} {bound.en}",
            )
        return Text("", "")

    def _choice(self, choice: Shown, check: LeafCheck, group: Side) -> Text:
        return shown(choice, Meaning(group.type, check.item.text.strip(), group.currency or check.item.currency))

    def _condition(self, check: LeafCheck, label: Text, *, is_wanted: bool) -> Text:
        against, is_positive = check.against, is_wanted is not check.leaf.is_negated
        if against is not None and currencies_differ(check.item, against):
            codes = f"{check.item.currency} ≠ {against.currency}"
            return Text(f"{label.zh}需为同一币种（{codes}）", f"{label.en} must be in the same currency ({codes})")
        zh, en = ("需", "must") if is_positive else ("需不", "must not")
        if check.operator == "list" and against is not None:
            named = self._list(against.value)
            return Text(f"{label.zh}{zh}在名单“{named.zh}”中", f"{label.en} {en} be on list “{named.en}”")
        if check.operator in TEXT_TESTS and against is not None:
            verb, bound = TEXT_TESTS[check.operator], self.value(against.value, against)
            return Text(f"{label.zh}{zh}{verb.zh} {bound.zh}", f"{label.en} {en} be so: {verb.en} {bound.en}")
        written = self._spelled(check.leaf.text)
        zh, en = ("需成立", "must hold") if is_wanted else ("需不成立", "must not hold")
        return Text(f"{written.zh} {zh}", f"{written.en} {en}")

    def _bound(self, value: float, check: LeafCheck, label: Text) -> Text:
        edge, now = _strict_edge(value, check), check.quantity.value
        wanted = self.value(value if edge is None else edge, check.quantity)
        if isinstance(now, (str, tuple)) or now is None:
            beyond = Text("", "") if edge is None else _beyond(is_above=value > edge)
            return Text(
                f"{label.zh}需有值，如{beyond.zh} {wanted.zh}",
                f"{label.en} must be present, such as {beyond.en}{wanted.en}",
            )
        if edge is not None:
            word = _beyond(is_above=value > edge)
        elif check.operator in ("==", "in"):
            word = Text("等于", "exactly ")
        else:
            word = Text("至少为", "at least ") if value > now else Text("至多为", "at most ")
        zh, en = f"{label.zh}需{word.zh} {wanted.zh}", f"{label.en} must be {word.en}{wanted.en}"
        if check.quantity.type is Type.TIME or edge == now:
            return Text(zh, en)
        by, sign = self.value(abs(value - now), check.quantity), "+" if value > now else "−"
        return Text(f"{zh}（{sign}{by.zh}）", f"{en} ({sign}{by.en})")


def _is_spelled(text: str) -> bool:
    name = " ".join(text.split())
    return not NAME.fullmatch(name) and not CALL.fullmatch(name)


def _beyond(*, is_above: bool) -> Text:
    return Text("大于", "more than ") if is_above else Text("小于", "less than ")


def _strict_edge(value: float, check: LeafCheck) -> float | None:
    """Return the threshold that `value` is the very next number to (of a fraction or a time), or None."""
    edge = check.against.value if check.against is not None and check.quantity is check.item else None
    if not isinstance(edge, (int, float)) or value == edge:
        return None
    if isinstance(value, int):
        is_next = check.item.type in (Type.DURATION, Type.TIME) and abs(value - edge) == 1
    else:
        is_next = value in (math.nextafter(edge, math.inf), math.nextafter(edge, -math.inf))
    return edge if is_next else None
