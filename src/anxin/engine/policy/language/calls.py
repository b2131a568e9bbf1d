"""The functions of the language: what each takes and gives."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import re2

from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.currency import CODES, EXPONENTS
from anxin.engine.policy.language.nodes import Node, Span
from anxin.engine.policy.language.types import WORDS_ZH, Type

if TYPE_CHECKING:
    from anxin.engine.policy.language.check import Checker

PATTERN_LIMIT = 200
UNITS_MS = {"seconds": 1000, "minutes": 60_000, "hours": 3_600_000, "days": 86_400_000}
DURATION_LIMIT_MS = 100 * 366 * 86_400_000
MINOR_LIMIT = 2**53
Check = Callable[["Checker", str, Sequence[ast.expr], Span], Node]


def check_call(checker: Checker, name: str, args: Sequence[ast.expr], span: Span) -> Node:
    """Return the checked node of a call of `name`."""
    check = CALLS.get(name)
    if check is None and name in CODES:
        check = _money
    if check is None:
        return checker.fail(span, "policy.unknown_name", f"没有函数 {name[:64]}", f"there is no function {name[:64]}")
    return check(checker, name, args, span)


def _wrong_count(checker: Checker, name: str, span: Span, count: str) -> Node:
    return checker.fail(span, "policy.type", f"{name} 需要 {count} 个参数", f"{name} takes {count} arguments")


def _number_literal(arg: ast.expr) -> int | float | None:
    sign = 1
    while isinstance(arg, ast.UnaryOp) and isinstance(arg.op, ast.USub):
        sign, arg = -sign, arg.operand
    if not isinstance(arg, ast.Constant) or isinstance(arg.value, bool) or not isinstance(arg.value, (int, float)):
        return None
    return sign * arg.value


def _money(checker: Checker, name: str, args: Sequence[ast.expr], span: Span) -> Node:
    major = _number_literal(args[0]) if len(args) == 1 else None
    if major is None or abs(major) > MINOR_LIMIT:
        return checker.fail(span, "policy.type", f"写法是 {name}（数字）", f"write {name}(number)")
    minor = Decimal(str(major)).scaleb(EXPONENTS.get(name, 2))
    if minor != int(minor):
        return checker.fail(span, "policy.type", "小数位超过该币种的最小单位", "more decimals than the currency has")
    return nodes.Literal(span, Type.MONEY, int(minor), name)


def _duration(checker: Checker, name: str, args: Sequence[ast.expr], span: Span) -> Node:
    count = _number_literal(args[0]) if len(args) == 1 else None
    if count is None or abs(count) * UNITS_MS[name] > DURATION_LIMIT_MS:
        return checker.fail(span, "policy.type", f"写法是 {name}（数字）", f"write {name}(number)")
    milliseconds = count * UNITS_MS[name]
    if milliseconds != int(milliseconds):
        return checker.fail(span, "policy.type", "时长精确到毫秒", "a duration is whole milliseconds")
    return nodes.Literal(span, Type.DURATION, int(milliseconds))


def _matches(checker: Checker, name: str, args: Sequence[ast.expr], span: Span) -> Node:
    text, pattern = _text_and_literal(checker, name, args, span)
    if text is None or pattern is None:
        return nodes.Broken(span, Type.BROKEN)
    if len(str(pattern.value)) > PATTERN_LIMIT:
        zh, en = "模式超过 200 个字符", "the pattern is longer than 200 characters"
        return checker.fail(pattern.span, "policy.pattern", zh, en)
    try:
        compiled_pattern(str(pattern.value))
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        return checker.fail(pattern.span, "policy.pattern", "模式不正确", f"the pattern is not right: {reason}")
    return nodes.Call(span, Type.BOOL, name, (text, pattern))


def compiled_pattern(pattern: str) -> re2._Regexp:
    """Return the compiled pattern; linear in the text, at most 1 MiB of memory; raise re2.error."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(pattern, options)


def _text_and_literal(
    checker: Checker, name: str, args: Sequence[ast.expr], span: Span
) -> tuple[Node | None, nodes.Literal | None]:
    if len(args) != 2:
        _wrong_count(checker, name, span, "2")
        return None, None
    text, literal = checker.expect(checker.visit(args[0]), Type.TEXT), checker.visit(args[1])
    if literal.type is not Type.BROKEN and not (isinstance(literal, nodes.Literal) and literal.type is Type.TEXT):
        literal = checker.fail(literal.span, "policy.type", "这里只能写文本常量", "only a literal text may stand here")
    if text.type is Type.BROKEN or not isinstance(literal, nodes.Literal):
        return None, None
    return text, literal


def _part(checker: Checker, name: str, args: Sequence[ast.expr], span: Span) -> Node:
    text, literal = _text_and_literal(checker, name, args, span)
    if text is None or literal is None:
        return nodes.Broken(span, Type.BROKEN)
    return nodes.Call(span, Type.BOOL, name, (text, literal))


def _lower(checker: Checker, name: str, args: Sequence[ast.expr], span: Span) -> Node:
    if len(args) != 1:
        return _wrong_count(checker, name, span, "1")
    return nodes.Call(span, Type.TEXT, name, (checker.expect(checker.visit(args[0]), Type.TEXT),))


def _length(checker: Checker, name: str, args: Sequence[ast.expr], span: Span) -> Node:
    if len(args) != 1:
        return _wrong_count(checker, name, span, "1")
    item = checker.visit(args[0])
    if item.type is not Type.TEXTS:
        item = checker.expect(item, Type.TEXT)
    return nodes.Call(span, Type.INT, name, (item,))


def _any_in(checker: Checker, name: str, args: Sequence[ast.expr], span: Span) -> Node:
    if len(args) != 2:
        return _wrong_count(checker, name, span, "2")
    texts = checker.expect(checker.visit(args[0]), Type.TEXTS)
    right = args[1]
    if isinstance(right, ast.Call) and isinstance(right.func, ast.Name) and right.func.id == "list":
        return checker.on_list(texts, right, span, is_negated=False)
    if isinstance(right, ast.Tuple):
        choices = [checker.expect(each, Type.TEXT) for each in checker.literals(right)]
        values = tuple(each.value for each in choices if isinstance(each, nodes.Literal))
        return nodes.AnyAmong(span, Type.BOOL, texts, values)
    zh, en = "第二个参数应为一组值或 list(…)", "the second argument is a group of values or list(…)"
    return checker.fail(span, "policy.type", zh, en)


def _extreme(checker: Checker, name: str, args: Sequence[ast.expr], span: Span) -> Node:
    if not 2 <= len(args) <= 8:
        return _wrong_count(checker, name, span, "2–8")
    parts = tuple(checker.visit(each) for each in args)
    kinds = {each.type for each in parts}
    if Type.BROKEN in kinds:
        return nodes.Broken(span, Type.BROKEN)
    if kinds <= {Type.INT, Type.NUMBER}:
        type_ = Type.NUMBER if Type.NUMBER in kinds else Type.INT
    elif len(kinds) == 1 and kinds <= {Type.MONEY, Type.DURATION, Type.TIME}:
        type_ = parts[0].type
    else:
        zh, en = "参数应为同一类型的数量", "the arguments must be quantities of one type"
        return checker.fail(span, "policy.type", zh, en)
    return nodes.Call(span, type_, name, parts, checker.joined(span, *parts))


def _abs(checker: Checker, name: str, args: Sequence[ast.expr], span: Span) -> Node:
    if len(args) != 1:
        return _wrong_count(checker, name, span, "1")
    item = checker.visit(args[0])
    if item.type not in (Type.INT, Type.NUMBER, Type.MONEY, Type.DURATION, Type.BROKEN):
        return checker.fail(
            item.span, "policy.type", f"{WORDS_ZH[item.type]}没有绝对值", f"{item.type.value} has no size"
        )
    return nodes.Call(span, item.type, name, (item,))


def _calendar(checker: Checker, name: str, args: Sequence[ast.expr], span: Span) -> Node:
    if len(args) != 1:
        return _wrong_count(checker, name, span, "1")
    return nodes.Call(span, Type.INT, name, (checker.expect(checker.visit(args[0]), Type.TIME),))


def _age(checker: Checker, name: str, args: Sequence[ast.expr], span: Span) -> Node:
    if len(args) != 1:
        return _wrong_count(checker, name, span, "1")
    return nodes.Call(span, Type.DURATION, name, (checker.expect(checker.visit(args[0]), Type.TIME),))


def _distance(checker: Checker, name: str, args: Sequence[ast.expr], span: Span) -> Node:
    if len(args) != 4:
        return _wrong_count(checker, name, span, "4")
    parts = tuple(checker.expect(checker.visit(each), Type.INT) for each in args)
    return nodes.Call(span, Type.NUMBER, name, parts)


def _list(checker: Checker, _name: str, _args: Sequence[ast.expr], span: Span) -> Node:
    return checker.fail(span, "policy.syntax", "list(…) 只能写在 in 之后", "list(…) may only stand after “in”")


CALLS: dict[str, Check] = {
    **dict.fromkeys(UNITS_MS, _duration),
    "matches": _matches,
    "contains": _part,
    "starts_with": _part,
    "ends_with": _part,
    "lower": _lower,
    "length": _length,
    "any_in": _any_in,
    "abs": _abs,
    "min": _extreme,
    "max": _extreme,
    "hour": _calendar,
    "weekday": _calendar,
    "distance_km": _distance,
    "age": _age,
    "list": _list,
}
