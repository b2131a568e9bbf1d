"""YAML files of a policy as sections whose every value knows its place."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

import yaml

from anxin.engine.policy.language.check import suggestion
from anxin.engine.policy.language.problem import ExpressionProblem
from anxin.engine.policy.positions import line_starts, position_in_scalar
from anxin.engine.policy.problems import Problems
from anxin.engine.schema.yaml_shape import hostile_place

MAX_FILE_CHARACTERS = 2_000_000
Place = tuple[str, int, int]
_INTEGER = re.compile(r"-?\d{1,18}\Z")
_FLOAT = re.compile(r"-?\d{1,18}\.\d{1,18}\Z")


class Document:
    """One file of a policy."""

    def __init__(self, name: str, text: str, problems: Problems) -> None:
        self.name = name
        self.text = text.replace("\r\n", "\n")
        self.problems = problems

    @cached_property
    def starts(self) -> list[int]:
        """Return where each line begins."""
        return line_starts(self.text)

    def root(self) -> Value | None:
        """Return the whole file as a value, or None after recording why it cannot be read."""
        if len(self.text) > MAX_FILE_CHARACTERS:
            self.problems.add((self.name, 1, 1), "policy.too_large", "文件太大", "the file is too large")
            return None
        try:
            if not self._is_plain():
                return None
            node = yaml.compose(self.text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            why = getattr(error, "problem", None) or "unreadable characters"
            self.problems.add(
                (self.name, line, column), "policy.yaml", f"不是有效的 YAML:{why}", f"not valid YAML: {why}"
            )
            return None
        return Value(self, node) if node is not None else None

    def _is_plain(self) -> bool:
        place = hostile_place(self.text)
        if place is not None:
            zh, en = "不支持引用或过深的嵌套", "aliases and deep nesting are not allowed"
            self.problems.add((self.name, *place), "policy.yaml", zh, en)
        return place is None


class Value:
    """One value of a file. Every reader returns None after recording what is wrong."""

    def __init__(self, document: Document, node: yaml.Node) -> None:
        self.document = document
        self.node = node

    @property
    def place(self) -> Place:
        """Return (file, line, column), from 1."""
        mark = self.node.start_mark
        return self.document.name, mark.line + 1, mark.column + 1

    def fail(self, code: str, zh: str, en: str) -> None:
        """Record a problem here."""
        self.document.problems.add(self.place, code, zh, en)

    def fail_in_expression(self, problem: ExpressionProblem) -> None:
        """Record a problem at a character of this text."""
        if isinstance(self.node, yaml.ScalarNode):
            line, column = position_in_scalar(self.document.text, self.document.starts, self.node, problem.start)
            self.document.problems.add((self.document.name, line, column), problem.code, problem.zh, problem.en)
        else:
            self.fail(problem.code, problem.zh, problem.en)

    def section(self, allowed: Iterable[str] | None = None) -> dict[str, Value] | None:
        """Return the entries of a mapping; `allowed` None lets any key pass."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fail("policy.shape", "应为映射", "expected a mapping")
            return None
        known = None if allowed is None else list(allowed)
        entries: dict[str, Value] = {}
        for key, node in self.node.value:
            here = Value(self.document, key)
            if not isinstance(key, yaml.ScalarNode):
                here.fail("policy.shape", "键应为文本", "a key must be a text")
            elif key.value in entries:
                here.fail("policy.duplicate", f"重复的键 {key.value}", f"key {key.value} stands twice")
            elif known is not None and key.value not in known:
                zh, en = suggestion(key.value, known)
                here.fail("policy.unknown_key", f"未知的键 {key.value[:64]}{zh}", f"unknown key {key.value[:64]}{en}")
            else:
                entries[key.value] = Value(self.document, node)
        return entries

    def key(self, name: str) -> Value:
        """Return the key `name` of this mapping itself, for its place."""
        assert isinstance(self.node, yaml.MappingNode)
        return next((Value(self.document, key) for key, _ in self.node.value if key.value == name), self)

    def items(self) -> list[Value] | None:
        """Return the values of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail("policy.shape", "应为列表", "expected a list")
            return None
        return [Value(self.document, node) for node in self.node.value]

    def one_or_more(self) -> list[Value]:
        """Return a list's values, or this value itself."""
        if isinstance(self.node, yaml.SequenceNode):
            return [Value(self.document, node) for node in self.node.value]
        return [self]

    @property
    def is_scalar(self) -> bool:
        """Return whether this is a single value."""
        return isinstance(self.node, yaml.ScalarNode)

    @property
    def is_quoted(self) -> bool:
        """Return whether this is a text in quotes."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.style in ("'", '"', "|", ">")

    def text(self) -> str | None:
        """Return a text."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.fail("policy.shape", "应为文本", "expected a text")
            return None
        if not self.node.value.strip():
            self.fail("policy.empty", "不能为空", "it must not be empty")
            return None
        return str(self.node.value)

    def raw(self) -> str:
        """Return a scalar's text as it is; an empty one for anything else."""
        return str(self.node.value) if isinstance(self.node, yaml.ScalarNode) else ""

    def integer(self, low: int, high: int) -> int | None:
        """Return an integer within bounds."""
        word = self.raw()
        if _INTEGER.match(word) and not self.is_quoted and low <= int(word) <= high:
            return int(word)
        self.fail("policy.range", f"应为 {low} 到 {high} 的整数", f"expected an integer from {low} to {high}")
        return None

    def number(self, low: float, high: float) -> float | None:
        """Return a number within bounds."""
        word = self.raw()
        is_number = (_INTEGER.match(word) or _FLOAT.match(word)) and not self.is_quoted
        if is_number and math.isfinite(float(word)) and low <= float(word) <= high:
            return float(word)
        self.fail("policy.range", f"应为 {low:g} 到 {high:g} 的数字", f"expected a number from {low:g} to {high:g}")
        return None

    def choice(self, choices: Iterable[str]) -> str | None:
        """Return one of the given words."""
        known = list(choices)
        word = self.raw()
        if word in known:
            return word
        zh, en = suggestion(word, known)
        expected = " ".join(known)
        self.fail("policy.choice", f"应为以下之一：{expected}{zh}", f"expected one of: {expected}{en}")
        return None

    def plain(self) -> object:
        """Return the value as plain data: texts, integers, floats, booleans, None, lists, mappings."""
        if isinstance(self.node, yaml.MappingNode):
            return {str(key.value): Value(self.document, each).plain() for key, each in self.node.value}
        if isinstance(self.node, yaml.SequenceNode):
            return [Value(self.document, each).plain() for each in self.node.value]
        word = str(self.node.value)
        if self.is_quoted:
            return word
        if _INTEGER.match(word):
            return int(word)
        if _FLOAT.match(word):
            return float(word)
        return {"true": True, "false": False, "null": None, "~": None, "": None}.get(word, word)


def iterate_named(value: Value, kind_zh: str, kind_en: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, Value]]:
    """Yield the entries of a mapping whose keys are names; record the names that do not fit `pattern`."""
    for name, entry in (value.section() or {}).items():
        if pattern.match(name):
            yield name, entry
        else:
            value.key(name).fail("policy.name", f"{kind_zh}“{name[:64]}”不正确", f"“{name[:64]}” cannot be a {kind_en}")
