"""Rendering checked expressions as Python code, three-valued logic turned into plain booleans."""

from __future__ import annotations

from collections.abc import Callable

from anxin.engine.policy.compiler.frame import Frame
from anxin.engine.policy.compiler.pieces import Guard, Mode, Piece, conjunction, disjunction, joined
from anxin.engine.policy.definition import ComputeFeature
from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.calls import compiled_pattern
from anxin.engine.policy.language.nodes import Node
from anxin.engine.policy.language.types import Type

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_ATOMS = (nodes.Field, nodes.Feature, nodes.Compute)


class Renderer:
    """Renders the expressions of one generated function into its frame."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self._held: dict[Node, str] = {}

    def truth(self, node: Node, mode: Mode) -> str:
        """Return code that answers `mode` for a condition."""
        if isinstance(node, nodes.Not):
            return self.truth(node.item, mode.inverted)
        if isinstance(node, (nodes.All, nodes.Any)):
            # Order changes no answer: conditions are total. So look-ups and patterns wait for what is cheap.
            parts = [self.truth(each, mode) for each in sorted(node.parts, key=cost_of)]
            return conjunction(parts) if isinstance(node, nodes.All) is mode.wants_true else disjunction(parts)
        if isinstance(node, nodes.Missing):
            return self._missing(node, mode)
        if isinstance(node, nodes.Literal):
            return str(bool(node.value) is mode.wants_true)
        if isinstance(node, _ATOMS):
            piece = self.value(node)
            return _atom(piece.code, mode, is_certain=not piece.guards)
        if isinstance(node, nodes.Named):
            return _atom(self.frame.named(node.name), mode, is_certain=True)
        if isinstance(node, nodes.Choice):
            return self._choice_truth(node, mode)
        return self._test(node, mode)

    def _choice_truth(self, node: nodes.Choice, mode: Mode) -> str:
        # The test is written twice; inside other choices that would double at every level, so those are held.
        if any(isinstance(each, nodes.Choice) for part in node.children() for each in part.walk()):
            return _atom(self._hold(node), mode, is_certain=False)
        yes, no = self.truth(node.yes, mode), self.truth(node.no, mode)
        if mode.is_open:
            unless = self.truth(node.test, Mode.NOT_TRUE), self.truth(node.test, Mode.NOT_FALSE)
            return f"(({unless[0]} or {yes}) and ({unless[1]} or {no}))"
        when = self.truth(node.test, Mode.TRUE), self.truth(node.test, Mode.FALSE)
        return f"(({when[0]} and {yes}) or ({when[1]} and {no}))"

    def _test(self, node: Node, mode: Mode) -> str:
        piece, opposite = self._condition(node)
        code = piece.code if mode.wants_true else opposite
        if mode.is_open:
            return disjunction([*(each.absent for each in piece.guards), code])
        return conjunction([*(each.present for each in piece.guards), code])

    def _missing(self, node: nodes.Missing, mode: Mode) -> str:
        if node.item.type is Type.BOOL and not isinstance(node.item, (*_ATOMS, nodes.Named, nodes.Literal)):
            held = self._hold(node.item)
            piece = Piece(held, (Guard(f"{held} is not None", f"{held} is None"),))
        else:
            piece = self.value(node.item)
        return piece.absent() if mode.wants_true is not node.is_negated else piece.present()

    def _condition(self, node: Node) -> tuple[Piece, str]:
        """Return a condition over present values, and the code of its opposite."""
        if isinstance(node, nodes.Comparison):
            return self._comparison(node)
        if isinstance(node, nodes.Among):
            item = self.value(node.item)
            choices = self.frame.constant(frozenset(node.choices))
            guards = (*item.guards, *self._currency(node.guard_currency))
            return _negatable(f"{item.code} in {choices}", f"{item.code} not in {choices}", guards, node.is_negated)
        if isinstance(node, nodes.Within):
            item, texts = self.value(node.item), self.value(node.texts)
            code = f"{item.code} {{}} {texts.code}"
            return _negatable(code.format("in"), code.format("not in"), joined(item, texts), node.is_negated)
        if isinstance(node, nodes.OnList):
            item = self.value(node.item)
            code = self._on_list(node, item.code)
            return _negatable(code, f"not {code}", item.guards, node.is_negated)
        if isinstance(node, nodes.AnyAmong):
            item = self.value(node.item)
            code = f"{self.frame.constant(frozenset(node.choices))}.isdisjoint({item.code})"
            return Piece(f"not {code}", item.guards), code
        if isinstance(node, nodes.Call):
            piece = self._call(node)
            return piece, f"not {piece.code}"
        raise TypeError(type(node).__name__)

    def _comparison(self, node: nodes.Comparison) -> tuple[Piece, str]:
        left, right = self._operand(node.left, node.right), self._operand(node.right, node.left)
        guards = (*joined(left, right), *self._currency(node.guard_currency))
        code = f"{left.code} {node.operator} {right.code}"
        return Piece(code, guards), f"{left.code} {_OPPOSITE[node.operator]} {right.code}"

    def _operand(self, node: Node, other: Node) -> Piece:
        piece = self.value(node)
        if other.type is Type.TOKEN and node.type is not Type.TOKEN:
            return Piece(f"{self.frame.function('text_token')}({piece.code})", piece.guards)
        return piece

    def _on_list(self, node: nodes.OnList, item: str) -> str:
        lookup = f"lists.lookup({node.list_name!r})"
        if node.item.type is Type.TEXTS:
            return f"{self.frame.function('any_on')}({lookup}, {item}, t)"
        if node.item.type is Type.IP:
            return f"{self.frame.function('ip_on')}({lookup}, {item}, t)"
        if node.item.type.is_personal:
            token = f"{self.frame.function('personal')}({node.item.type.value!r}, {item})"
            return f"{lookup}({token}, t)"
        return f"{lookup}({item}, t)"

    def _currency(self, currency: str | None) -> tuple[Guard, ...]:
        if currency is None:
            return ()
        name = self.frame.field("currency")
        return (Guard(f"{name} == {currency!r}", f"{name} != {currency!r}"),)

    def value(self, node: Node) -> Piece:
        """Return the code of a value."""
        if isinstance(node, nodes.Literal):
            return Piece(f"({node.value!r})" if isinstance(node.value, (int, float)) else repr(node.value))
        if isinstance(node, nodes.Named):
            return Piece(f"({self.frame.named(node.name)})")
        if isinstance(node, nodes.Field):
            return _present(self.frame.field(node.name), is_certain=self.frame.is_certain(node.name))
        if isinstance(node, nodes.Feature):
            return _present(self.frame.feature(node.name))
        if isinstance(node, nodes.Compute):
            return _present(self.compute(node.name))
        if isinstance(node, nodes.ModelScore):
            return _present("model_score")
        if isinstance(node, nodes.Negative):
            item = self.value(node.item)
            return Piece(f"(-{item.code})", item.guards)
        if isinstance(node, nodes.Arithmetic):
            return self._arithmetic(node)
        if isinstance(node, nodes.Call) and node.type is not Type.BOOL:
            return self._call(node)
        return _present(self._hold(node))

    def _arithmetic(self, node: nodes.Arithmetic) -> Piece:
        left, right = self.value(node.left), self.value(node.right)
        guards = (*joined(left, right), *self._currency(node.guard_currency))
        divisor = right.code
        if node.operator in ("/", "//", "%") and not isinstance(node.right, nodes.Literal):
            divisor = self.frame.temporary()
            guards += (Guard(f"({divisor} := {right.code}) != 0", f"({divisor} := {right.code}) == 0"),)
        elif node.operator in ("/", "//", "%") and isinstance(node.right, nodes.Literal) and not node.right.value:
            guards += (Guard("False", "True"),)
        return Piece(f"({left.code} {node.operator} {divisor})", guards)

    def _call(self, node: nodes.Call) -> Piece:
        args = [self.value(each) for each in node.args]
        guards = (*joined(*args), *self._currency(node.guard_currency))
        codes = [each.code for each in args]
        if node.function in ("hour", "weekday"):
            name = self.frame.temporary()
            call = f"({name} := {self.frame.calendar(node.function)}({codes[0]}))"
            return Piece(name, (*guards, Guard(f"{call} is not None", f"{call} is None")))
        if node.function == "matches":
            pattern = node.args[1]
            assert isinstance(pattern, nodes.Literal)
            text = str(pattern.value)
            search = self.frame.constant(compiled_pattern(text).search, ("pattern", text))
            return Piece(f"({search}({codes[0]}) is not None)", guards)
        return Piece(_CALLS[node.function](self.frame, codes), guards)

    def _hold(self, node: Node) -> str:
        """Return a local that holds a three-valued or optional part, computed once before the condition."""
        if node in self._held:
            return self._held[node]
        if isinstance(node, nodes.Choice):
            code = self._choice(node)
        else:
            code = f"True if {self.truth(node, Mode.TRUE)} else False if {self.truth(node, Mode.FALSE)} else None"
        name = self.frame.temporary()
        self.frame.lines.append(f"{name} = {code}")
        self._held[node] = name
        return name

    def _choice(self, node: nodes.Choice) -> str:
        yes, no = self._branch(node.yes), self._branch(node.no)
        code = f"{yes} if {self.truth(node.test, Mode.TRUE)} else {no} if {self.truth(node.test, Mode.FALSE)} else None"
        guard = self._currency(node.guard_currency)
        return f"({code}) if {guard[0].present} else None" if guard else code

    def compute(self, name: str) -> str:
        """Return the local of a computed feature."""
        return self.frame.compute(name, self._computed)

    def _computed(self, feature: ComputeFeature) -> str:
        return self._branch(feature.expression.tree)

    def _branch(self, node: Node) -> str:
        if node.type is Type.BOOL and not isinstance(node, (*_ATOMS, nodes.Literal, nodes.Named)):
            return self._hold(node)
        return self.value(node).optional()


def cost_of(node: Node) -> int:
    """Return how dear a condition is, roughly: 0 for plain comparisons, more for calls and look-ups."""
    return sum(_COSTS.get(type(each), 0) for each in node.walk())


_COSTS: dict[type[Node], int] = {nodes.OnList: 10, nodes.Call: 5, nodes.AnyAmong: 2, nodes.Within: 1}


def _present(name: str, *, is_certain: bool = False) -> Piece:
    return Piece(name) if is_certain else Piece(name, (Guard(f"{name} is not None", f"{name} is None"),))


def _negatable(code: str, opposite: str, guards: tuple[Guard, ...], is_negated: bool) -> tuple[Piece, str]:
    return (Piece(opposite, guards), code) if is_negated else (Piece(code, guards), opposite)


def _atom(name: str, mode: Mode, *, is_certain: bool) -> str:
    if is_certain:
        return name if mode.wants_true else f"not {name}"
    return {
        Mode.TRUE: name,
        Mode.NOT_TRUE: f"not {name}",
        Mode.FALSE: f"({name} is not None and not {name})",
        Mode.NOT_FALSE: f"({name} is None or {name})",
    }[mode]


_CALLS: dict[str, Callable[[Frame, list[str]], str]] = {
    "contains": lambda _frame, args: f"({args[1]} in {args[0]})",
    "starts_with": lambda _frame, args: f"{args[0]}.startswith({args[1]})",
    "ends_with": lambda _frame, args: f"{args[0]}.endswith({args[1]})",
    "lower": lambda _frame, args: f"{args[0]}.lower()",
    "length": lambda frame, args: f"{frame.function('len')}({args[0]})",
    "abs": lambda frame, args: f"{frame.function('abs')}({args[0]})",
    "min": lambda frame, args: f"{frame.function('min')}({', '.join(args)})",
    "max": lambda frame, args: f"{frame.function('max')}({', '.join(args)})",
    "age": lambda _frame, args: f"(t - {args[0]})",
    "distance_km": lambda frame, args: f"{frame.function('distance_km')}({', '.join(args)})",
}
