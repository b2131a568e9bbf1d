"""Reading an expression's text into a syntax tree, within bounds that keep hostile texts cheap."""

from __future__ import annotations

import ast
import re
import warnings

from anxin.engine.policy.language.nodes import Span
from anxin.engine.policy.language.problem import ExpressionProblem, ExpressionRefused

MAX_CHARACTERS = 4000
MAX_NODES = 400
MAX_DEPTH = 40
_STRUCTURE = re.compile(r'"(?:[^"\\\n]++|\\.)*+"|\'(?:[^\'\\\n]++|\\.)*+\'|#[^\n]*+|[()\[\]{}]')
_ALLOWED: tuple[type[ast.AST], ...] = (
    ast.Expression,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.Compare,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
    ast.Is,
    ast.IsNot,
    ast.IfExp,
    ast.Constant,
    ast.Name,
    ast.Load,
    ast.Call,
    ast.Tuple,
)
_REFUSED = {
    "Attribute": ("不能使用属性", "attributes are not allowed"),
    "Subscript": ("不能使用下标", "subscripts are not allowed"),
    "Lambda": ("不能使用 lambda", "lambdas are not allowed"),
    "ListComp": ("不能使用推导式", "comprehensions are not allowed"),
    "SetComp": ("不能使用推导式", "comprehensions are not allowed"),
    "DictComp": ("不能使用推导式", "comprehensions are not allowed"),
    "GeneratorExp": ("不能使用推导式", "comprehensions are not allowed"),
    "JoinedStr": ("不能使用格式化文本", "format strings are not allowed"),
    "NamedExpr": ("不能赋值", "assignments are not allowed"),
    "Pow": ("不能使用乘方", "power is not allowed"),
    "Starred": ("不能展开参数", "unpacking is not allowed"),
    "keyword": ("不能使用具名参数", "named arguments are not allowed"),
    "List": ("请用圆括号写一组值", "write a group of values in round brackets"),
    "Set": ("请用圆括号写一组值", "write a group of values in round brackets"),
}


class Source:
    """The text of an expression, and the way from the parser's places back to its characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0]
        self._lines = text.split("\n")
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, line: int, byte_column: int) -> int:
        """Return the character for a line (from 1) and a column in UTF-8 bytes, as the parser counts them."""
        index = min(line, len(self._lines)) - 1
        column = byte_column - (1 if line == 1 else 0)  # the wrapping bracket
        prefix = self._lines[index].encode()[: max(column, 0)]
        return min(self._starts[index] + len(prefix.decode(errors="ignore")), len(self.text))

    def place_of(self, line: int, column: int) -> int:
        """Return the character for a line and a column in characters, both from 1, as syntax errors count them."""
        if line > len(self._lines):
            return len(self.text)
        start = self._starts[line - 1] + column - 1 - (1 if line == 1 else 0)
        return max(0, min(start, len(self.text)))

    def span(self, node: ast.AST) -> Span:
        """Return the place of a node."""
        line = getattr(node, "lineno", 1)
        start = self.offset(line, getattr(node, "col_offset", 1))
        end = self.offset(getattr(node, "end_lineno", line) or line, getattr(node, "end_col_offset", 1) or 1)
        return Span(start, max(start, end))


def parse_expression(source: Source) -> ast.expr:
    """Return the syntax tree of a text; raise ExpressionRefused for what is outside the language or its bounds."""
    text = source.text
    if not text.strip():
        raise _refused(0, "policy.syntax", "表达式为空", "the expression is empty")
    if len(text) > MAX_CHARACTERS:
        raise _refused(
            MAX_CHARACTERS,
            "policy.too_large",
            "表达式超过 4000 个字符",
            "the expression is longer than 4000 characters",
        )
    _check_brackets(text)
    body = _parsed(source)
    _check_tree(body, source)
    return body


def _refused(start: int, code: str, zh: str, en: str) -> ExpressionRefused:
    return ExpressionRefused(ExpressionProblem(start, code, zh, en))


def _check_brackets(text: str) -> None:
    depth = 0
    for match in _STRUCTURE.finditer(text):
        if match[0] in "([{":
            depth += 1
        elif match[0] in ")]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise _too_deep(match.start())
        if depth < 0:
            raise _refused(match.start(), "policy.syntax", "多余的右括号", "a closing bracket too many")


def _too_deep(start: int) -> ExpressionRefused:
    return _refused(start, "policy.too_large", "嵌套超过 40 层", "it is nested more than 40 deep")


def _parsed(source: Source) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an unknown escape such as "\d" stays as written
            return ast.parse(f"({source.text}\n)", mode="eval").body
    except SyntaxError as error:
        start = source.place_of(error.lineno or 1, error.offset or 1)
        raise _refused(start, "policy.syntax", "语法错误", f"syntax error: {_plain(error.msg)}") from None
    except ValueError:
        raise _refused(0, "policy.syntax", "含有不允许的字符", "it holds a character that is not allowed") from None
    except (RecursionError, MemoryError):
        raise _too_deep(0) from None


def _plain(message: str) -> str:
    return message.removeprefix("invalid syntax. ")


def _check_tree(body: ast.expr, source: Source) -> None:
    """Walk without recursion, so that depth itself can be refused."""
    count = depth = 0
    level: list[tuple[ast.AST, int]] = [(body, source.span(body).start)]
    while level:
        depth += 1
        below: list[tuple[ast.AST, int]] = []
        for node, parent in level:
            # Operators have no place of their own.
            place = source.span(node).start if hasattr(node, "lineno") else parent
            if not isinstance(node, _ALLOWED):
                zh, en = _REFUSED.get(type(node).__name__, ("不支持的写法", "this is not part of the language"))
                raise _refused(place, "policy.not_allowed", zh, en)
            count += isinstance(node, ast.expr)
            if count > MAX_NODES:
                en = "the expression has more than 400 nodes"
                raise _refused(place, "policy.too_large", "表达式超过 400 个节点", en)
            if depth > MAX_DEPTH:
                raise _too_deep(place)
            below += [(child, place) for child in ast.iter_child_nodes(node)]
        level = below
