"""Entries that are RE2 patterns, searched together in linear time."""

from __future__ import annotations

import re2

from anxin.engine.lists.entry import ValueUnfit, is_live

PATTERN_LIMIT = 200
GROUP_SIZE = 128
GROUP_BYTES = 64 << 20
PATTERN_BYTES = GROUP_BYTES // GROUP_SIZE // 2  # so that a group of the largest patterns still fits its own budget


def _options(memory: int) -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = memory
    return options


class PatternEntries:
    """Patterns in groups of one automaton each, so that a change rebuilds one group only, at the next look-up."""

    def __init__(self) -> None:
        self.entries: dict[str, int] = {}
        self._group_of: dict[str, int] = {}
        self._groups: list[list[str]] = []
        self._sets: list[re2.Set | None] = []

    def canonical(self, value: str) -> str:
        """Return `value` unchanged; raise ValueUnfit when it is too long, matches everything or does not compile."""
        if not value or len(value) > PATTERN_LIMIT:
            raise ValueUnfit(f"模式应为 1–{PATTERN_LIMIT} 个字符", f"a pattern has 1 to {PATTERN_LIMIT} characters")
        try:
            compiled = re2.compile(value, _options(PATTERN_BYTES))
        except re2.error as problem:
            raise ValueUnfit("模式语法不正确", f"not a pattern: {_message(problem)}") from problem
        if compiled.search(""):
            raise ValueUnfit("模式匹配空文本，也就匹配一切", "the pattern matches the empty text, and so everything")
        return value

    def put(self, value: str, code: int) -> None:
        if value not in self.entries:
            group = next((i for i, each in enumerate(self._groups) if len(each) < GROUP_SIZE), len(self._groups))
            if group == len(self._groups):
                self._groups.append([])
                self._sets.append(None)
            self._groups[group].append(value)
            self._group_of[value] = group
            self._sets[group] = None
        self.entries[value] = code

    def remove(self, value: str) -> bool:
        if self.entries.pop(value, None) is None:
            return False
        group = self._group_of.pop(value)
        self._groups[group].remove(value)
        self._sets[group] = None
        return True

    def find(self, text: str, t: int) -> str | None:
        encoded = text.encode("utf-8", "replace")
        for group, patterns in enumerate(self._groups):
            if not patterns:
                continue
            found = self._set(group).Match(encoded) or ()
            live = [patterns[i] for i in found if is_live(self.entries[patterns[i]], t)]
            if live:
                return str(min(live))
        return None

    def _set(self, group: int) -> re2.Set:
        built = self._sets[group]
        if built is None:
            built = re2.Set.SearchSet(_options(GROUP_BYTES))
            for pattern in self._groups[group]:
                built.Add(pattern)
            built.Compile()
            self._sets[group] = built
        return built


def _message(problem: re2.error) -> str:
    text = problem.args[0] if problem.args else ""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
