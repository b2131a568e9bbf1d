"""What changes between two versions of a policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from anxin.engine.policy.canonical import canonical
from anxin.engine.policy.definition import Expression, Policy, Rule, RuleTest, Step
from anxin.engine.verdict import Verdict

Kind = Literal["settings", "value", "list", "feature", "rule", "model", "schema"]
Deed = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Attribute:
    """One changed attribute, before and after as texts."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change. `is_stricter` says that a rule's verdict became more severe, or a rule of severe verdict is new."""

    kind: Kind
    name: str
    deed: Deed
    attributes: tuple[Attribute, ...] = ()
    is_stricter: bool = False

    def line(self, language: str = "en") -> str:
        """Return the change as one line."""
        words = _WORDS_ZH if language.startswith("zh") else {}
        head = f"{words.get(self.deed, self.deed)} {words.get(self.kind, self.kind)} {self.name}"
        parts = [f"{each.name}: {each.before} → {each.after}" for each in self.attributes]
        return f"{head}: {'; '.join(parts)}" if parts else head


_WORDS_ZH = {
    "added": "新增",
    "removed": "删除",
    "changed": "修改",
    "settings": "设置",
    "value": "阈值",
    "list": "名单",
    "feature": "特征",
    "rule": "规则",
    "model": "模型",
    "schema": "事件类型",
}


def diff_policies(before: Policy, after: Policy) -> list[Change]:
    """Return the changes from one policy to another, settings first and rules last."""
    changes: list[Change] = []
    attributes = _attributes(before.settings, after.settings)
    if attributes:
        changes.append(Change("settings", after.name, "changed", attributes))
    if before.schema.fingerprint != after.schema.fingerprint:
        changes.append(Change("schema", "events.yaml", "changed"))
    if canonical(before.model) != canonical(after.model):
        names = [each.name for each in (after.model, before.model) if each is not None]
        deed: Deed = "added" if before.model is None else "removed" if after.model is None else "changed"
        changes.append(Change("model", names[0], deed))
    changes += _group("value", before.values, after.values)
    changes += _group("list", before.lists, after.lists)
    changes += _group("feature", {**before.features, **before.computes}, {**after.features, **after.computes})
    changes += _group("rule", {each.id: each for each in before.rules}, {each.id: each for each in after.rules})
    return changes


def _group(kind: Kind, before: Mapping[str, object], after: Mapping[str, object]) -> list[Change]:
    changes: list[Change] = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old is None:
            changes.append(Change(kind, name, "added", is_stricter=_is_severe(new)))
        elif new is None:
            changes.append(Change(kind, name, "removed"))
        elif attributes := _attributes(old, new):
            changes.append(Change(kind, name, "changed", attributes, _is_raised(old, new)))
    return changes


def _attributes(before: object, after: object) -> tuple[Attribute, ...]:
    if type(before) is not type(after):
        return (Attribute("kind", type(before).__name__, type(after).__name__),)
    names = [each.name for each in fields(before) if each.compare]  # type: ignore[arg-type]  # all are dataclasses
    return tuple(
        Attribute(name, _shown(getattr(before, name)), _shown(getattr(after, name)))
        for name in names
        if canonical(getattr(before, name)) != canonical(getattr(after, name))
    )


def _shown(value: object) -> str:
    if isinstance(value, Expression):
        return " ".join(value.source.split())
    if isinstance(value, Verdict):
        return value.word
    if isinstance(value, Step):
        where = f" where {_shown(value.where)}" if value.where is not None else ""
        return ", ".join(value.of) + where
    if isinstance(value, tuple) and value and isinstance(value[0], RuleTest):
        return f"{len(value)} tests"
    if isinstance(value, tuple):
        return ", ".join(_shown(each) for each in value)
    zh, en = getattr(value, "zh", None), getattr(value, "en", None)
    return f"{zh} / {en}" if zh is not None else str(value)


def _is_severe(entry: object) -> bool:
    return isinstance(entry, Rule) and entry.verdict >= Verdict.HOLD


def _is_raised(before: object, after: object) -> bool:
    if not isinstance(before, Rule) or not isinstance(after, Rule):
        return False
    return after.verdict > before.verdict or after.severity < before.severity
