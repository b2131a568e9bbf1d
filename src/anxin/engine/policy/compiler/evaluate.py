"""Generated functions that evaluate the rules of one event type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from anxin.engine.policy.compiler.blocks import Dispatch, IndexedRule, arranged, chunks, conjuncts, divide, grouped
from anxin.engine.policy.compiler.frame import Frame, Surroundings
from anxin.engine.policy.compiler.pieces import Mode, conjunction
from anxin.engine.policy.compiler.render import Renderer, cost_of
from anxin.engine.policy.definition import Rule
from anxin.engine.policy.language.nodes import Node
from anxin.engine.schema.types import EventType

_ARGUMENTS = "event, t, vector, lists, model_score"


def evaluate_source(
    event: EventType, rules: Sequence[IndexedRule], vector: Mapping[str, int], surroundings: Surroundings
) -> str:
    """Return the source of `evaluate(event, t, vector, lists, model_score)`, which gives fired and unknown rules."""
    return _Evaluate(event, vector, surroundings).source(rules)


class _Evaluate:
    def __init__(self, event: EventType, vector: Mapping[str, int], surroundings: Surroundings) -> None:
        self.event = event
        self.vector = vector
        self.surroundings = surroundings
        self.functions: list[str] = []
        self.called: list[str] = []

    def source(self, rules: Sequence[IndexedRule]) -> str:
        plain, dispatches = divide(rules)
        body = ["    fired = []", "    unknown = []"]
        parts = chunks(arranged(plain))
        if len(parts) == 1:
            body += self._block(parts[0])
        else:
            for part in parts:
                self.called.append(self._function(part))
                body.append(f"    {self.called[-1]}({_ARGUMENTS}, fired, unknown)")
        for dispatch in dispatches:
            body += self._dispatch(dispatch)
        body += ["    if fired:", "        fired.sort()", "    if unknown:", "        unknown.sort()"]
        body.append("    return fired, unknown")
        # What it calls comes as defaults: a function that its own globals hold would wait for a search for garbage.
        body.insert(0, f"def evaluate({', '.join([_ARGUMENTS, *(f'{each}={each}' for each in self.called)])}):")
        return "\n\n".join([*self.functions, "\n".join(body)]) + "\n"

    def _block(self, rules: Sequence[IndexedRule]) -> list[str]:
        frame = Frame(self.event, self.surroundings, self.vector)
        renderer = Renderer(frame)
        body: list[str] = []
        for group in grouped(rules):
            indent = "    "
            if group.condition is not None:
                body.append(f"    if {renderer.truth(group.condition, Mode.NOT_FALSE)}:")
                indent += "    "
            for index, rule in group.rules:
                body += [indent + line for line in _rule_lines(renderer, index, rule, group.condition)]
        return [*(f"    {line}" for line in frame.lines), *body]

    def _function(self, rules: Sequence[IndexedRule]) -> str:
        name = f"block{len(self.functions)}"
        lines = [f"def {name}({_ARGUMENTS}, fired, unknown):", *self._block(rules)]
        self.functions.append("\n".join(lines))
        return name

    def _dispatch(self, dispatch: Dispatch) -> list[str]:
        by_value: dict[object, list[str]] = {}
        for values, group in dispatch.by_values:
            names = [self._function(part) for part in chunks(group)]
            for value in values:
                by_value.setdefault(value, []).extend(names)
        if not self._is_certain(dispatch.field):
            by_value[None] = [self._function(part) for part in chunks(arranged(dispatch.rules))]
        table = ", ".join(f"{value!r}: ({', '.join(names)},)" for value, names in by_value.items())
        name = f"table_{dispatch.field}"
        self.functions.append(f"{name} = {{{table}}}")
        self.called.append(name)
        return [
            f"    for block in {name}.get(event.{dispatch.field}, ()):",
            f"        block({_ARGUMENTS}, fired, unknown)",
        ]

    def _is_certain(self, field: str) -> bool:
        spec = self.event.fields.get(field)
        return spec is not None and spec.required


def _rule_lines(renderer: Renderer, index: int, rule: Rule, known: Node | None) -> list[str]:
    """Return the lines of one rule inside a group whose condition is known not to be false."""
    rest = sorted((each for each in conjuncts(rule.when.tree) if each != known), key=cost_of)
    possible = conjunction([renderer.truth(each, Mode.NOT_FALSE) for each in rest])
    certain = renderer.truth(rule.when.tree, Mode.TRUE)
    if possible == certain:
        return [f"if {certain}:", f"    fired.append({index})"]
    return [
        f"if {possible}:",
        f"    if {certain}:",
        f"        fired.append({index})",
        "    else:",
        f"        unknown.append({index})",
    ]
