"""Reading the named thresholds of `policy.yaml`."""

from __future__ import annotations

from collections.abc import Iterable

from anxin.engine.policy.definition import NamedValue, Override
from anxin.engine.policy.documents import Value
from anxin.engine.policy.language.nodes import Literal, Span
from anxin.engine.policy.language.types import WORDS_ZH, Type
from anxin.engine.policy.read_parts import read_text, require
from anxin.engine.policy.scopes import read_expression

OVERRIDE_FIELDS = ("business_line", "region")


class EmptyScope:
    """No names at all: only literals."""

    def resolve(self, name: str, span: Span) -> None:
        """Return None: every name is unknown."""

    def names(self) -> Iterable[str]:
        """Return no names."""
        return ()


def read_named_value(name: str, value: Value) -> NamedValue | None:
    """Return a named threshold, or None after recording what is wrong."""
    if value.is_scalar:
        literal = _literal(value)
        return NamedValue(name, literal.type, literal.value, literal.currency) if literal is not None else None
    section = value.section(("value", "overrides", "text"))
    first = require(section, "value", value) if section is not None else None
    literal = _literal(first) if first is not None else None
    if section is None or literal is None:
        return None
    overrides = (
        [_override(each, literal) for each in section["overrides"].items() or []] if "overrides" in section else []
    )
    kept = tuple(each for each in overrides if each is not None)
    text = read_text(section, "text", value) if "text" in section else None
    return NamedValue(name, literal.type, literal.value, literal.currency, kept, text)


def _literal(value: Value) -> Literal | None:
    expression = read_expression(value, EmptyScope(), None)
    if expression is None:
        return None
    if isinstance(expression.tree, Literal):
        return expression.tree
    value.fail("policy.type", "这里只能写常量", "only a literal may stand here")
    return None


def _override(value: Value, base: Literal) -> Override | None:
    section = value.section((*OVERRIDE_FIELDS, "value"))
    inner = require(section, "value", value) if section is not None else None
    literal = _literal(inner) if inner is not None else None
    if section is None or inner is None or literal is None:
        return None
    when = tuple((key, section[key].raw()) for key in OVERRIDE_FIELDS if key in section)
    if not when:
        value.fail("policy.missing_key", "缺少 business_line 或 region", "business_line or region is missing")
        return None
    is_widened = base.type is Type.NUMBER and literal.type is Type.INT
    if (literal.type is not base.type and not is_widened) or literal.currency != base.currency:
        wanted, wanted_zh = base.currency or base.type.value, base.currency or WORDS_ZH[base.type]
        inner.fail("policy.type", f"应与默认值同为{wanted_zh}", f"expected {wanted}, as the default")
        return None
    return Override(when, literal.value)
