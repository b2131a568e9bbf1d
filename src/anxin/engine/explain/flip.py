"""The smallest change that makes a condition true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from anxin.engine.explain.subjects import Move, Subject, Truth

SEARCH_LIMIT = 3000
Cost = tuple[int, float]


@dataclass(frozen=True)
class Leaf:
    """A condition's smallest part, by its number."""

    number: int


@dataclass(frozen=True)
class Every:
    """`a and b and …`."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Some:
    """`a or b or …`."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Opposite:
    """`not a`."""

    item: Condition


@dataclass(frozen=True)
class Either:
    """`yes if test else no`, all three true or false."""

    test: Condition
    yes: Condition
    no: Condition


Condition = Leaf | Every | Some | Opposite | Either


@dataclass(frozen=True)
class Flip:
    """The moves that make the condition true together.

    `leaves` counts the leaves whose truth changes; `is_smallest` is False when the search was cut short.
    """

    moves: tuple[Move, ...]
    leaves: int
    distance: float
    is_smallest: bool = True


def truth_of(condition: Condition, truths: Sequence[Truth]) -> Truth:
    """Return the three-valued truth of a condition from the truths of its leaves."""
    if isinstance(condition, Leaf):
        return truths[condition.number]
    if isinstance(condition, Opposite):
        inner = truth_of(condition.item, truths)
        return None if inner is None else not inner
    if isinstance(condition, Either):
        test = truth_of(condition.test, truths)
        return None if test is None else truth_of(condition.yes if test else condition.no, truths)
    found = {truth_of(part, truths) for part in condition.parts}
    decisive = isinstance(condition, Some)
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def smallest_flip(
    condition: Condition, truths: Sequence[Truth], subjects: Sequence[Subject], *, limit: int = SEARCH_LIMIT
) -> Flip | None:
    """Return the fewest leaf changes, then the smallest relative change, that make the condition true, or None.

    Every leaf belongs to exactly one subject. Subjects with one leaf are solved exactly by the tree; those with several
    are tried value by value, at most `limit` steps.
    """
    return _Search(condition, truths, subjects, limit).best()


class _Search:
    """Branch and bound over the subjects with several leaves; leaves still open count as whatever the tree wants."""

    def __init__(self, condition: Condition, truths: Sequence[Truth], subjects: Sequence[Subject], limit: int) -> None:
        self._condition = condition
        self._truths = list(truths)
        self._single: dict[tuple[int, bool], Move] = {}
        self._coupled: list[tuple[tuple[int, ...], tuple[Move, ...]]] = []
        self._found: Flip | None = None
        self._steps = limit
        for number, subject in enumerate(subjects):
            moves = subject.moves(number)
            if len(subject.questions) > 1:
                self._coupled.append((tuple(leaf for leaf, _ in subject.questions), moves))
                continue
            for move in moves:
                self._single.update({(leaf, truth): move for leaf, truth in move.truths if truth is not None})

    def best(self) -> Flip | None:
        self._try(0, ())
        if self._found is not None and self._steps < 0:
            return replace(self._found, is_smallest=False)
        return self._found

    def _try(self, place: int, chosen: tuple[Move, ...]) -> None:
        self._steps -= 1
        if self._steps < 0:
            return
        moves = self._completed(place, chosen)
        if moves is None:
            return
        leaves, distance = _cost(moves)
        if self._found is not None and (leaves, distance) >= (self._found.leaves, self._found.distance):
            return
        if place == len(self._coupled):
            self._found = Flip(moves, leaves, distance)
            return
        self._try(place + 1, chosen)
        for move in self._coupled[place][1]:
            self._try(place + 1, (*chosen, move))

    def _completed(self, place: int, chosen: tuple[Move, ...]) -> tuple[Move, ...] | None:
        truths = list(self._truths)
        for move in chosen:
            for leaf, truth in move.truths:
                truths[leaf] = truth
        open_leaves = frozenset(leaf for leaves, _ in self._coupled[place:] for leaf in leaves)
        rest = _Tree(truths, self._single, open_leaves).reach(self._condition, wanted=True)
        return None if rest is None else (*chosen, *rest)


class _Tree:
    """The cheapest moves of single-leaf subjects that give the wanted truth; other leaves are fixed or open."""

    def __init__(
        self, truths: Sequence[Truth], single: dict[tuple[int, bool], Move], open_leaves: frozenset[int]
    ) -> None:
        self._truths = truths
        self._single = single
        self._open = open_leaves
        self._known: dict[tuple[int, bool], tuple[Move, ...] | None] = {}

    def reach(self, condition: Condition, *, wanted: bool) -> tuple[Move, ...] | None:
        key = (id(condition), wanted)
        if key not in self._known:
            self._known[key] = self._reach(condition, wanted=wanted)
        return self._known[key]

    def _reach(self, condition: Condition, *, wanted: bool) -> tuple[Move, ...] | None:
        if isinstance(condition, Leaf):
            if condition.number in self._open or self._truths[condition.number] is wanted:
                return ()
            move = self._single.get((condition.number, wanted))
            return None if move is None else (move,)
        if isinstance(condition, Opposite):
            return self.reach(condition.item, wanted=not wanted)
        if isinstance(condition, Either):
            return _cheapest(
                [
                    _joined([self.reach(condition.test, wanted=True), self.reach(condition.yes, wanted=wanted)]),
                    _joined([self.reach(condition.test, wanted=False), self.reach(condition.no, wanted=wanted)]),
                ]
            )
        parts = [self.reach(part, wanted=wanted) for part in condition.parts]
        return _joined(parts) if isinstance(condition, Every) is wanted else _cheapest(parts)


def _joined(parts: list[tuple[Move, ...] | None]) -> tuple[Move, ...] | None:
    moves: list[Move] = []
    for part in parts:
        if part is None:
            return None
        moves += part
    return tuple(moves)


def _cheapest(parts: list[tuple[Move, ...] | None]) -> tuple[Move, ...] | None:
    possible = [part for part in parts if part is not None]
    return min(possible, key=_cost) if possible else None


def _cost(moves: tuple[Move, ...]) -> Cost:
    return sum(len(move.truths) for move in moves), sum(move.distance for move in moves)


def failing_leaves(condition: Condition, truths: Sequence[Truth], *, wanted: bool = True) -> tuple[int, ...]:
    """Return the leaves that keep a condition from being what is wanted; none when it is."""
    if truth_of(condition, truths) is wanted:
        return ()
    if isinstance(condition, Leaf):
        return (condition.number,)
    if isinstance(condition, Opposite):
        return failing_leaves(condition.item, truths, wanted=not wanted)
    if isinstance(condition, Either):
        test = truth_of(condition.test, truths)
        if test is None:
            return failing_leaves(condition.test, truths, wanted=True)
        return failing_leaves(condition.yes if test else condition.no, truths, wanted=wanted)
    return tuple(leaf for part in condition.parts for leaf in failing_leaves(part, truths, wanted=wanted))
