"""Reading computed features, in the order in which they need each other."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping

from anxin.engine.decision import Text
from anxin.engine.policy.definition import ComputeFeature
from anxin.engine.policy.documents import Value
from anxin.engine.policy.language.parse import MAX_CHARACTERS, MAX_DEPTH
from anxin.engine.policy.language.types import Type
from anxin.engine.policy.read_parts import plain_text, read_text
from anxin.engine.policy.scopes import ComputeScope, Vocabulary, read_expression

KEYS = ("compute", "text", "owner", "source")


def read_computes(values: Mapping[str, Value], vocabulary: Vocabulary) -> None:
    """Add every computed feature that is right to the vocabulary; record cycles and what else is wrong."""
    sections = {name: value.section(KEYS) for name, value in values.items()}
    needs = {name: _names(section["compute"]) & set(values) for name, section in sections.items() if section}
    waiting = dict.fromkeys(needs)
    depth: dict[str, int] = {}
    while waiting:
        ready = [name for name in waiting if not needs[name] & set(waiting)]
        if not ready:
            _record_cycle(list(waiting), values)
            return
        for name in ready:
            del waiting[name]
            depth[name] = 1 + max((depth[other] for other in needs[name]), default=0)
            if depth[name] > MAX_DEPTH:
                values[name].fail("policy.too_large", "计算特征嵌套过深", "computed features are nested too deep")
                continue
            _read_one(name, values[name], sections[name] or {}, vocabulary)


def _read_one(name: str, value: Value, section: dict[str, Value], vocabulary: Vocabulary) -> None:
    expression = read_expression(section["compute"], ComputeScope(vocabulary), None)
    text = read_text(section, "text", value) if "text" in section else Text(zh=name, en=name)
    if expression is None or text is None:
        return
    if expression.tree.type in (Type.TEXT, Type.TEXTS, Type.IP, Type.PHONE, Type.EMAIL):
        section["compute"].fail(
            "policy.type", "计算特征应为数值或真假", "a computed feature is a quantity or true/false"
        )
        return
    vocabulary.computes[name] = ComputeFeature(
        name, expression, text, plain_text(section, "owner"), plain_text(section, "source"), value.place
    )


def _names(value: Value) -> set[str]:
    """Return the names in an expression that may not even be right; nothing for a text that cannot be read."""
    source = value.raw()
    if len(source) > MAX_CHARACTERS:
        return set()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(f"({source}\n)", mode="eval")
        return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()


def _record_cycle(names: list[str], values: Mapping[str, Value]) -> None:
    for name in names:
        zh, en = f"计算特征 {name} 最终依赖自己", f"computed feature {name} depends on itself in the end"
        values[name].fail("policy.cycle", zh, en)
