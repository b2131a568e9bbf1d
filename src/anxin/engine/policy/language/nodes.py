"""The checked tree of an expression: every name resolved, every node typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from anxin.engine.policy.language.types import Type

Scalar = bool | int | float | str


@dataclass(frozen=True)
class Span:
    """A place in the expression's text: characters `start` to `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Node:
    """One node; nodes that mean the same are equal, wherever they stand."""

    span: Span = field(compare=False)
    type: Type

    def children(self) -> Iterator[Node]:
        """Yield the nodes directly below."""
        for name in _PARTS.get(type(self)) or _parts(type(self)):
            value = getattr(self, name)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, tuple):
                yield from (item for item in value if isinstance(item, Node))

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below, parents first."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed([*node.children()])


_PARTS: dict[type[Node], tuple[str, ...]] = {}


def _parts(kind: type[Node]) -> tuple[str, ...]:
    """Return the names of what a kind of node has besides place and type; keep them."""
    return _PARTS.setdefault(kind, tuple(each.name for each in fields(kind) if each.name not in {"span", "type"}))


@dataclass(frozen=True)
class Literal(Node):
    """A constant; money in minor units with its currency, durations in milliseconds."""

    value: Scalar
    currency: str | None = None


@dataclass(frozen=True)
class Field(Node):
    """A field of the event; `is_certain` when no event lacks it."""

    name: str
    is_certain: bool = False


@dataclass(frozen=True)
class Feature(Node):
    """A windowed feature."""

    name: str


@dataclass(frozen=True)
class Compute(Node):
    """A feature that is an expression over others; `bounds` are the binary exponents its magnitude stays within."""

    name: str
    currency: str | None = None
    bounds: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Named(Node):
    """A named threshold of the policy."""

    name: str
    currency: str | None = None


@dataclass(frozen=True)
class ModelScore(Node):
    """The score of the policy's model, 0–100."""


@dataclass(frozen=True)
class Negative(Node):
    """Minus a number."""

    item: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """`left operator right` over numbers, money, durations and times.

    `guard_currency` is set when the event's currency must be that one, else the result is missing.
    """

    operator: str
    left: Node
    right: Node
    guard_currency: str | None = None


@dataclass(frozen=True)
class Comparison(Node):
    """`left operator right`, unknown when a part is missing."""

    operator: str
    left: Node
    right: Node
    guard_currency: str | None = None


@dataclass(frozen=True)
class Among(Node):
    """`item in ("a", "b")`."""

    item: Node
    choices: tuple[Scalar, ...]
    is_negated: bool
    guard_currency: str | None = None


@dataclass(frozen=True)
class OnList(Node):
    """`item in list("name")`; for texts, whether any of them is on the list."""

    item: Node
    list_name: str
    is_negated: bool


@dataclass(frozen=True)
class Within(Node):
    """`text in texts`."""

    item: Node
    texts: Node
    is_negated: bool


@dataclass(frozen=True)
class AnyAmong(Node):
    """`any_in(texts, ("a", "b"))`."""

    item: Node
    choices: tuple[Scalar, ...]


@dataclass(frozen=True)
class Missing(Node):
    """`item is missing`, never unknown."""

    item: Node
    is_negated: bool


@dataclass(frozen=True)
class All(Node):
    """`a and b and …`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Any(Node):
    """`a or b or …`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not(Node):
    """`not a`."""

    item: Node


@dataclass(frozen=True)
class Choice(Node):
    """`yes if test else no`."""

    test: Node
    yes: Node
    no: Node
    guard_currency: str | None = None


@dataclass(frozen=True)
class Call(Node):
    """A function of the language over `args`."""

    function: str
    args: tuple[Node, ...]
    guard_currency: str | None = None


@dataclass(frozen=True)
class Broken(Node):
    """A place whose problem was already told."""
