"""Resolving names and checking types: from a syntax tree to a checked tree."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable
from typing import Protocol

from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.calls import CALLS, check_call
from anxin.engine.policy.language.currency import joined_currency
from anxin.engine.policy.language.magnitude import check_magnitude
from anxin.engine.policy.language.nodes import Node, Span
from anxin.engine.policy.language.parse import Source, parse_expression
from anxin.engine.policy.language.problem import ExpressionProblem, ExpressionRefused
from anxin.engine.policy.language.types import ORDERED, PERSONAL, TEXTUAL, WORDS_ZH, Type

INTEGER_LIMIT = 2**63
LIST_NAME_LIMIT = 64
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


class Scope(Protocol):
    """The names an expression may use."""

    def resolve(self, name: str, span: Span) -> Node | ExpressionProblem | None:
        """Return the node of a name, a problem when it exists but may not be used here, or None when unknown."""

    def names(self) -> Iterable[str]:
        """Return all names, for suggestions."""


def check_expression(
    text: str, scope: Scope, wanted: Type | None = None
) -> tuple[Node | None, tuple[ExpressionProblem, ...]]:
    """Return the checked tree of `text`, and no problems; or None and every problem found."""
    source = Source(text)
    try:
        body = parse_expression(source)
    except ExpressionRefused as refused:
        return None, (refused.problem,)
    checker = Checker(source, scope)
    tree = checker.visit(body)
    if wanted is not None:
        tree = checker.expect(tree, wanted)
    if not checker.problems:
        checker.problems += check_magnitude(tree)
    if checker.problems:
        return None, tuple(checker.problems)
    return tree, ()


def suggestion(name: str, known: Iterable[str]) -> tuple[str, str]:
    """Return “did you mean” in Chinese and English, or two empty texts."""
    close = difflib.get_close_matches(name[:64], list(known), n=1, cutoff=0.7)
    return (f"(是不是 {close[0]}?)", f" (did you mean {close[0]}?)") if close else ("", "")


class Checker:
    """Checks one expression; problems are collected, and a broken part does not cause others."""

    def __init__(self, source: Source, scope: Scope) -> None:
        self.source = source
        self.scope = scope
        self.problems: list[ExpressionProblem] = []

    def fail(self, span: Span, code: str, zh: str, en: str) -> Node:
        """Record a problem and return a broken node."""
        self.problems.append(ExpressionProblem(span.start, code, zh, en))
        return nodes.Broken(span, Type.BROKEN)

    def expect(self, node: Node, wanted: Type) -> Node:
        """Return `node` when it has the type, else record a problem."""
        if node.type in (wanted, Type.BROKEN):
            return node
        return self.fail(
            node.span,
            "policy.type",
            f"应为{WORDS_ZH[wanted]}，而不是{WORDS_ZH[node.type]}",
            f"expected {wanted.value}, got {node.type.value}",
        )

    def visit(self, tree: ast.expr) -> Node:
        """Return the checked node of a syntax node."""
        span = self.source.span(tree)
        if isinstance(tree, ast.BoolOp):
            parts = tuple(self.expect(self.visit(each), Type.BOOL) for each in tree.values)
            kind = nodes.All if isinstance(tree.op, ast.And) else nodes.Any
            return kind(span, Type.BOOL, parts)
        if isinstance(tree, ast.UnaryOp):
            return self._unary(tree, span)
        if isinstance(tree, ast.BinOp):
            return self._arithmetic(tree, span)
        if isinstance(tree, ast.Compare):
            return self._comparisons(tree, span)
        if isinstance(tree, ast.IfExp):
            return self._choice(tree, span)
        if isinstance(tree, ast.Constant):
            return self._constant(tree, span)
        if isinstance(tree, ast.Name):
            return self._name(tree.id, span)
        if isinstance(tree, ast.Call):
            return self._call(tree, span)
        return self.fail(span, "policy.type", "一组值只能写在 in 之后", "a group of values may only stand after “in”")

    def _unary(self, tree: ast.UnaryOp, span: Span) -> Node:
        item = self.visit(tree.operand)
        if isinstance(tree.op, ast.Not):
            return nodes.Not(span, Type.BOOL, self.expect(item, Type.BOOL))
        if item.type is Type.BROKEN:
            return item
        if item.type not in (Type.INT, Type.NUMBER, Type.MONEY, Type.DURATION):
            return self.fail(span, "policy.type", "只有数字才有负号", f"minus needs a number, got {item.type.value}")
        if isinstance(item, nodes.Literal):
            return nodes.Literal(span, item.type, -item.value, item.currency)  # type: ignore[operator]  # numeric by type
        return nodes.Negative(span, item.type, item)

    def _constant(self, tree: ast.Constant, span: Span) -> Node:
        value = tree.value
        if isinstance(value, bool):
            return nodes.Literal(span, Type.BOOL, value)
        if isinstance(value, int):
            if value >= INTEGER_LIMIT:
                return self.fail(span, "policy.too_large", "整数超出范围", "the integer is out of range")
            return nodes.Literal(span, Type.INT, value)
        if isinstance(value, float):
            if not 1e-100 < value < 1e100 and value != 0:
                return self.fail(span, "policy.too_large", "数字超出范围", "the number is out of range")
            return nodes.Literal(span, Type.NUMBER, value)
        if isinstance(value, str):
            return nodes.Literal(span, Type.TEXT, value)
        return self.fail(span, "policy.not_allowed", "不支持的常量", "this constant is not part of the language")

    def _name(self, name: str, span: Span) -> Node:
        if name in ("true", "false"):
            return nodes.Literal(span, Type.BOOL, name == "true")
        found = self.scope.resolve(name, span)
        if isinstance(found, Node):
            return found
        if found is not None:
            self.problems.append(found)
            return nodes.Broken(span, Type.BROKEN)
        if name == "missing":
            return self.fail(span, "policy.syntax", "missing 只能写在 is 之后", "“missing” may only stand after “is”")
        if name in CALLS:
            return self.fail(
                span, "policy.syntax", f"{name} 是函数，需要括号", f"{name} is a function and needs brackets"
            )
        zh, en = suggestion(name, self.scope.names())
        return self.fail(span, "policy.unknown_name", f"未知的名称 {name[:64]}{zh}", f"unknown name {name[:64]}{en}")

    def _call(self, tree: ast.Call, span: Span) -> Node:
        if not isinstance(tree.func, ast.Name):
            return self.fail(
                span, "policy.not_allowed", "只能调用列出的函数", "only the listed functions can be called"
            )
        return check_call(self, tree.func.id, tree.args, span)

    def _arithmetic(self, tree: ast.BinOp, span: Span) -> Node:
        operator = _OPERATORS[type(tree.op)]
        left, right = self.visit(tree.left), self.visit(tree.right)
        if Type.BROKEN in (left.type, right.type):
            return nodes.Broken(span, Type.BROKEN)
        type_ = arithmetic_type(operator, left.type, right.type)
        if type_ is None or _is_raw_number(left) or _is_raw_number(right):
            return self.fail(
                span,
                "policy.type",
                f"{WORDS_ZH[left.type]} {operator} {WORDS_ZH[right.type]} 没有意义",
                f"{left.type.value} {operator} {right.type.value} has no meaning",
            )
        guard = self.joined(span, left, right)
        return nodes.Arithmetic(span, type_, operator, left, right, guard)

    def joined(self, span: Span, *parts: Node) -> str | None:
        """Return the currency the event must have for money of `parts` to meet; record two that never can."""
        moneys = [each for each in parts if each.type is Type.MONEY]
        guard, clash = joined_currency(moneys)
        if clash is not None:
            self.fail(
                span,
                "policy.currency",
                f"{clash[0]} 与 {clash[1]} 不能相互比较",
                f"{clash[0]} and {clash[1]} do not compare",
            )
        return guard

    def _choice(self, tree: ast.IfExp, span: Span) -> Node:
        test = self.expect(self.visit(tree.test), Type.BOOL)
        yes, no = self.visit(tree.body), self.visit(tree.orelse)
        type_ = common_type(yes.type, no.type)
        if type_ is None:
            return self.fail(
                span,
                "policy.type",
                f"两个分支类型不同：{WORDS_ZH[yes.type]} 与 {WORDS_ZH[no.type]}",
                f"the branches differ: {yes.type.value} and {no.type.value}",
            )
        return nodes.Choice(span, type_, test, yes, no, self.joined(span, yes, no))

    def _comparisons(self, tree: ast.Compare, span: Span) -> Node:
        left = tree.left
        node: Node | None = None
        checked_left: Node | None = None
        parts: list[Node] = []
        for operator, right in zip(tree.ops, tree.comparators, strict=True):
            if isinstance(operator, (ast.In, ast.NotIn, ast.Is, ast.IsNot)):
                if len(tree.ops) > 1:
                    return self.fail(span, "policy.syntax", "in 和 is 不能连写", "“in” and “is” cannot be chained")
                return self._membership(tree, operator, span)
            checked_left = checked_left or self.visit(left)
            checked_right = self.visit(right)
            place = Span(checked_left.span.start, checked_right.span.end) if len(tree.ops) > 1 else span
            node = self._comparison(_OPERATORS[type(operator)], checked_left, checked_right, place)
            parts.append(node)
            checked_left = checked_right
        return parts[0] if len(parts) == 1 else nodes.All(span, Type.BOOL, tuple(parts))

    def _comparison(self, operator: str, left: Node, right: Node, span: Span) -> Node:
        if Type.BROKEN in (left.type, right.type):
            return nodes.Broken(span, Type.BROKEN)
        if not comparable(operator, left, right):
            hint_zh, hint_en = _hint(left.type, right.type)
            return self.fail(
                span,
                "policy.type",
                f"{WORDS_ZH[left.type]} {operator} {WORDS_ZH[right.type]} 不能比较{hint_zh}",
                f"{left.type.value} {operator} {right.type.value} cannot be compared{hint_en}",
            )
        return nodes.Comparison(span, Type.BOOL, operator, left, right, self.joined(span, left, right))

    def _membership(self, tree: ast.Compare, operator: ast.cmpop, span: Span) -> Node:
        item = self.visit(tree.left)
        right = tree.comparators[0]
        is_negated = isinstance(operator, (ast.NotIn, ast.IsNot))
        if isinstance(operator, (ast.Is, ast.IsNot)):
            if not isinstance(right, ast.Name) or right.id != "missing":
                return self.fail(span, "policy.syntax", "is 之后只能写 missing", "only “missing” may stand after “is”")
            return nodes.Missing(span, Type.BOOL, item, is_negated)
        if item.type is Type.BROKEN:
            return item
        if isinstance(right, ast.Tuple):
            return self._among(item, right, span, is_negated=is_negated)
        if isinstance(right, ast.Call) and isinstance(right.func, ast.Name) and right.func.id == "list":
            return self.on_list(item, right, span, is_negated=is_negated)
        texts = self.visit(right)
        if texts.type is Type.TEXTS and item.type is Type.TEXT:
            return nodes.Within(span, Type.BOOL, item, texts, is_negated)
        return self.fail(
            span, "policy.type", "in 之后应为一组值或 list(…)", "after “in” stands a group of values or list(…)"
        )

    def _among(self, item: Node, group: ast.Tuple, span: Span, *, is_negated: bool) -> Node:
        choices = self.literals(group)
        if item.type in (*PERSONAL, Type.TOKEN, Type.TEXTS):
            return self.fail(span, "policy.type", "请用 list(…)", f"{item.type.value} can only be looked up in list(…)")
        for each in choices:
            if each.type is not Type.BROKEN and not comparable("==", item, each):
                self.fail(
                    each.span,
                    "policy.type",
                    f"应为{WORDS_ZH[item.type]}，而不是{WORDS_ZH[each.type]}",
                    f"expected {item.type.value}, got {each.type.value}",
                )
        values = tuple(each.value for each in choices if isinstance(each, nodes.Literal))
        return nodes.Among(span, Type.BOOL, item, values, is_negated, self.joined(span, item, *choices))

    def literals(self, group: ast.Tuple) -> list[Node]:
        """Return the literals of a group of values; record an empty group and what is no literal."""
        if not group.elts:
            return [
                self.fail(self.source.span(group), "policy.syntax", "一组值不能为空", "the group of values is empty")
            ]
        found: list[Node] = []
        for each in group.elts:
            node = self.visit(each)
            if not isinstance(node, nodes.Literal) and node.type is not Type.BROKEN:
                node = self.fail(node.span, "policy.type", "这里只能写常量", "only literals may stand here")
            found.append(node)
        return found

    def on_list(self, item: Node, call: ast.Call, span: Span, *, is_negated: bool) -> Node:
        """Return the look-up of `item` in `list("name")`."""
        if item.type not in (*TEXTUAL, Type.INT, Type.TEXTS, Type.BROKEN):
            return self.fail(item.span, "policy.type", "不能在名单中查找", f"{item.type.value} cannot be on a list")
        name = call.args[0] if len(call.args) == 1 and not call.keywords else None
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str) or not _is_list_name(name.value):
            return self.fail(span, "policy.syntax", '写法是 list("名单名")', 'write list("name")')
        return nodes.OnList(span, Type.BOOL, item, name.value, is_negated)


def _is_list_name(name: str) -> bool:
    return 0 < len(name) <= LIST_NAME_LIMIT and name.replace("_", "a").isalnum() and name.isascii()


def _is_raw_number(node: Node) -> bool:
    """Return whether a number came from outside: such floats are only compared, so that arithmetic stays in range."""
    if isinstance(node, (nodes.Negative, nodes.Choice, nodes.Call)):
        return any(_is_raw_number(each) for each in node.children())
    return isinstance(node, nodes.Field) and node.type is Type.NUMBER


def arithmetic_type(operator: str, left: Type, right: Type) -> Type | None:
    """Return the type of `left operator right`, or None when it has no meaning."""
    pair = (left, right)
    if left.is_plain_number and right.is_plain_number:
        return Type.NUMBER if operator == "/" or Type.NUMBER in pair else Type.INT
    if left is right and left in (Type.MONEY, Type.DURATION):
        return {"+": left, "-": left, "/": Type.NUMBER, "//": Type.INT, "%": left}.get(operator)
    if left in (Type.MONEY, Type.DURATION) and right.is_plain_number:
        return left if operator in ("*", "/", "//") else None
    if right in (Type.MONEY, Type.DURATION) and left.is_plain_number:
        return right if operator == "*" else None
    if pair == (Type.TIME, Type.TIME):
        return Type.DURATION if operator == "-" else None
    if pair == (Type.TIME, Type.DURATION):
        return Type.TIME if operator in ("+", "-") else None
    return None


def common_type(left: Type, right: Type) -> Type | None:
    """Return the type that holds both, or None."""
    if Type.BROKEN in (left, right):
        return Type.BROKEN
    if left is right:
        return left
    return Type.NUMBER if left.is_plain_number and right.is_plain_number else None


def comparable(operator: str, left: Node, right: Node) -> bool:
    """Return whether the two may be compared by `operator`."""
    pair = (left.type, right.type)
    is_equality = operator in ("==", "!=")
    if left.type.is_plain_number and right.type.is_plain_number:
        return True
    if Type.TOKEN in pair:
        other = pair[1] if pair[0] is Type.TOKEN else pair[0]
        return is_equality and other in (Type.TOKEN, *TEXTUAL)
    if left.type is not right.type or left.type is Type.TEXTS:
        return False
    if left.type in ORDERED:
        return True
    return is_equality


def _hint(left: Type, right: Type) -> tuple[str, str]:
    pair = {left, right}
    if Type.MONEY in pair and pair & {Type.INT, Type.NUMBER}:
        return "(金额请写 CNY(100))", " (write money as CNY(100))"
    if Type.DURATION in pair and pair & {Type.INT, Type.NUMBER}:
        return "(时长请写 minutes(30))", " (write a duration as minutes(30))"
    if pair & set(PERSONAL):
        return "(个人信息请放进名单)", " (put personal values on a list)"
    return "", ""
