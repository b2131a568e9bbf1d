"""Reading `rules/*.yaml`."""

from __future__ import annotations

import re
import string
from datetime import date

from anxin.engine.decision import Text
from anxin.engine.policy.definition import Budget, Expression, Money, Reasons, Rule, RuleTest
from anxin.engine.policy.documents import Value
from anxin.engine.policy.language.check import check_expression
from anxin.engine.policy.language.nodes import Literal
from anxin.engine.policy.language.types import Type
from anxin.engine.policy.read_parts import plain_text, read_date, read_event_types, read_required, read_text, require
from anxin.engine.policy.read_values import EmptyScope
from anxin.engine.policy.scopes import RuleScope, Vocabulary, read_expression
from anxin.engine.verdict import Verdict

KEYS = [
    "area",
    "on",
    "when",
    "title",
    "verdict",
    "severity",
    "score",
    "actions",
    "on_unknown",
    "reasons",
    "owner",
    "expires",
    "source",
    "budget",
    "tests",
]
ACTION = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
LEAST_TESTS = 2


def read_rule(rule_id: str, value: Value, vocabulary: Vocabulary, today: date | None) -> Rule | None:
    """Return a rule, or None after recording what is wrong; `today` None leaves expiry unchecked."""
    section = value.section(KEYS)
    if section is None:
        return None
    before = len([each for each in value.document.problems.found if not each.is_warning])
    rule = _RuleReader(value, section, vocabulary, today).read(rule_id)
    after = len([each for each in value.document.problems.found if not each.is_warning])
    return rule if before == after else None


class _RuleReader:
    def __init__(self, owner: Value, section: dict[str, Value], vocabulary: Vocabulary, today: date | None) -> None:
        self.owner = owner
        self.section = section
        self.vocabulary = vocabulary
        self.today = today

    def read(self, rule_id: str) -> Rule | None:
        on_value = require(self.section, "on", self.owner)
        on = read_event_types(on_value, self.vocabulary.schema) if on_value is not None else ()
        when = self._when(on)
        verdict = self._word("verdict", [each.word for each in Verdict])
        severity = require(self.section, "severity", self.owner)
        level = severity.integer(1, 4) if severity is not None else None
        title = read_text(self.section, "title", self.owner)
        reasons = self._reasons(on)
        area = read_required(self.section, "area", self.owner)
        owner = read_required(self.section, "owner", self.owner)
        expires = self._expires()
        tests = self._tests(on)
        if when is None or verdict is None or level is None or title is None or reasons is None or expires is None:
            return None
        return Rule(
            id=rule_id,
            area=area or "",
            title=title,
            on=on,
            when=when,
            verdict=Verdict.from_word(verdict),
            severity=level,
            reasons=reasons,
            owner=owner or "",
            expires=expires,
            tests=tests,
            score=self.section["score"].number(0, 100) if "score" in self.section else None,
            actions=self._actions(),
            fails_closed=self._fails_closed(),
            source=plain_text(self.section, "source"),
            budget=self._budget(),
            place=self.owner.place,
        )

    def _when(self, on: tuple[str, ...]) -> Expression | None:
        value = require(self.section, "when", self.owner)
        return read_expression(value, RuleScope(self.vocabulary, on), Type.BOOL) if value is not None and on else None

    def _word(self, key: str, choices: list[str]) -> str | None:
        value = require(self.section, key, self.owner)
        return value.choice(choices) if value is not None else None

    def _fails_closed(self) -> bool:
        return "on_unknown" in self.section and self.section["on_unknown"].choice(("open", "closed")) == "closed"

    def _expires(self) -> date | None:
        value = require(self.section, "expires", self.owner)
        expires = read_date(value) if value is not None else None
        if value is not None and expires is not None and self.today is not None and expires < self.today:
            zh, en = f"规则已于 {expires} 过期", f"the rule expired on {expires}"
            value.document.problems.warn(value.place, "policy.expired", zh, en)
        return expires

    def _actions(self) -> tuple[str, ...]:
        if "actions" not in self.section:
            return ()
        values = self.section["actions"].items() or []
        for each in values:
            if not ACTION.match(each.raw()):
                each.fail("policy.name", "动作名不正确", "this cannot be an action's name")
        return tuple(each.raw() for each in values)

    def _reasons(self, on: tuple[str, ...]) -> Reasons | None:
        value = require(self.section, "reasons", self.owner)
        section = value.section(("agent", "user", "auditor")) if value is not None else None
        if value is None or section is None:
            return None
        found: dict[str, Text | None] = {}
        for reader in ("agent", "user", "auditor"):
            found[reader] = read_text(section, reader, value)
            if reader in section and on:
                self._check_placeholders(section[reader], on, is_for_user=reader == "user")
        agent, user, auditor = found["agent"], found["user"], found["auditor"]
        if agent is None or user is None or auditor is None:
            return None
        return Reasons(agent, user, auditor)

    def _check_placeholders(self, value: Value, on: tuple[str, ...], *, is_for_user: bool) -> None:
        for each in (value.section() or {}).values():
            try:
                names = [part[1:] for part in string.Formatter().parse(each.raw()) if part[1] is not None]
            except ValueError:
                each.fail("policy.placeholder", "花括号不成对", "the braces do not match")
                continue
            if names and is_for_user:
                each.fail("policy.placeholder", "给用户看的文字不能有占位符", "texts for users hold no placeholders")
                continue
            for name, form, conversion in names:
                self._check_placeholder(each, name or "", bool(form or conversion), on)

    def _check_placeholder(self, value: Value, name: str, has_form: bool, on: tuple[str, ...]) -> None:
        tree, problems = check_expression(name, RuleScope(self.vocabulary, on)) if name.isidentifier() else (None, ())
        if tree is None or has_form:
            why = problems[0] if problems else None
            zh = why.zh if why else "占位符只能是一个名称"
            en = why.en if why else "a placeholder is one name"
            value.fail("policy.placeholder", f"占位符 {{{name[:64]}}}:{zh}", f"placeholder {{{name[:64]}}}: {en}")

    def _budget(self) -> Budget:
        if "budget" not in self.section:
            return Budget()
        section = self.section["budget"].section(("share", "per_hour", "money_per_hour")) or {}
        return Budget(
            share=section["share"].number(0, 1) if "share" in section else None,
            per_hour=section["per_hour"].integer(1, 10**9) if "per_hour" in section else None,
            money_per_hour=_money(section["money_per_hour"]) if "money_per_hour" in section else None,
        )

    def _tests(self, on: tuple[str, ...]) -> tuple[RuleTest, ...]:
        value = require(self.section, "tests", self.owner)
        section = value.section(("fires", "quiet")) if value is not None else None
        if value is None or section is None:
            return ()
        tests: list[RuleTest] = []
        for key in ("fires", "quiet"):
            cases = (section[key].items() or []) if key in section else []
            if len(cases) < LEAST_TESTS:
                place = value.key(key) if key in section else value
                zh, en = f"{key} 至少需要两个测试", f"{key} needs at least two tests"
                place.fail("policy.tests", zh, en)
            tests += [each for each in (_test(case, on, fires=key == "fires") for case in cases) if each is not None]
        return tuple(tests)


def _money(value: Value) -> Money | None:
    tree = read_expression(value, EmptyScope(), Type.MONEY)
    if tree is None or not isinstance(tree.tree, Literal) or tree.tree.currency is None:
        return None
    return Money(int(tree.tree.value), tree.tree.currency)


def _test(value: Value, on: tuple[str, ...], *, fires: bool) -> RuleTest | None:
    section = value.section(("event", "given", "text"))
    event = require(section, "event", value) if section is not None else None
    fields = event.section() if event is not None else None
    if section is None or event is None or fields is None:
        return None
    if "event_type" in fields and fields["event_type"].raw() not in on:
        fields["event_type"].fail("policy.event_type", "测试事件的类型不在 on 中", "the rule is not on this event type")
    plain = {key: each.plain() for key, each in fields.items()}
    plain.setdefault("event_type", on[0] if on else "")
    given = dict(section["given"].section() or {}) if "given" in section else {}
    lists = given.pop("lists").section() or {} if "lists" in given else {}
    return RuleTest(
        fires=fires,
        event=plain,
        given={key: each.plain() for key, each in given.items()},
        lists={name: tuple(each.raw() for each in entries.items() or []) for name, entries in lists.items()},
        place=value.place,
    )
