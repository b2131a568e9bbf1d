from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.engine.explain.flip import Condition, Either, Every, Flip, Leaf, Opposite, Some, smallest_flip, truth_of
from anxin.engine.explain.subjects import OTHER, Question, Subject, Truth, Value


def amount(value: Value, *tests: tuple[int, str, int]) -> Subject:
    return Subject(
        value, tuple((leaf, Question(operator, (bound,))) for leaf, operator, bound in tests), is_whole=True, least=0
    )


def flag(leaf: int, word: str = "no") -> Subject:
    return Subject({"yes": True, "no": False, "missing": None}[word], ((leaf, Question("holds")),))


def solved(condition: Condition, *subjects: Subject) -> Flip | None:
    truths = dict(pair for subject in subjects for pair in subject.truths(subject.value))
    return smallest_flip(condition, [truths[leaf] for leaf in sorted(truths)], subjects)


def told(flip: Flip | None) -> list[tuple[int, Value]] | None:
    return None if flip is None else [(move.subject, move.value) for move in flip.moves]


A, B, C, D = (Leaf(number) for number in range(4))


@pytest.mark.parametrize(
    ("condition", "subjects", "expected"),
    [
        (A, [amount(280_000, (0, ">=", 300_000))], [(0, 300_000)]),
        (A, [amount(280_000, (0, ">", 300_000))], [(0, 300_001)]),
        (Opposite(A), [amount(7, (0, ">=", 5))], [(0, 4)]),
        (A, [amount(None, (0, ">", 5))], [(0, 6)]),
        (A, [amount(3, (0, "<", 0))], None),
        (A, [amount(3, (0, "==", 9))], [(0, 9)]),
        (Every((A, B)), [amount(0, (0, ">=", 5)), flag(1)], [(0, 5), (1, True)]),
        (Some((Every((A, B)), C)), [amount(0, (0, ">=", 5)), flag(1), flag(2, "missing")], [(2, True)]),
        (Some((A, B)), [amount(90, (0, ">=", 100)), amount(10, (1, ">=", 20))], [(0, 100)]),
        (Every((A, B)), [amount(0, (0, ">=", 5), (1, "<", 9))], [(0, 5)]),
        (Every((A, B)), [amount(0, (0, ">=", 9), (1, "<", 5))], None),
        (Every((A, Some((B, C)))), [amount(20, (0, ">=", 100), (1, "<", 50)), flag(2)], [(0, 100), (1, True)]),
        (Either(A, B, C), [flag(0), flag(1, "yes"), flag(2)], [(0, True)]),
        (Either(A, B, C), [flag(0, "missing"), flag(1), flag(2, "yes")], [(0, False)]),
        (Every((A, B)), [flag(0, "yes"), flag(1, "yes")], []),
    ],
)
def test_the_smallest_flip(condition: Condition, subjects: list[Subject], expected: list[tuple[int, Value]]) -> None:
    assert told(solved(condition, *subjects)) == expected


@pytest.mark.parametrize(
    ("value", "test", "expected"),
    [
        ("web", Question("in", ("ios", "android")), "ios"),
        ("ios", Question("in", ("ios", "android"), is_negated=True), OTHER),
        ("web", Question("!=", ("web",)), OTHER),
        (None, Question("==", ("web",)), "web"),
        ("web", Question("missing"), None),
        (None, Question("missing", is_negated=True), OTHER),
    ],
)
def test_a_text_moves_to_what_the_rule_names(value: Value, test: Question, expected: Value) -> None:
    assert told(solved(A, Subject(value, ((0, test),)))) == [(0, expected)]


def test_missing_and_bounds_of_one_quantity_belong_together() -> None:
    subject = Subject(3, ((0, Question("missing")), (1, Question(">=", (5,)))), is_whole=True)
    assert told(solved(Some((A, B)), subject)) == [(0, 5)]
    assert solved(Every((A, B)), subject) is None


def test_fractions_reach_the_next_number_only() -> None:
    flip = solved(A, Subject(0.5, ((0, Question(">", (0.5,))),)))
    assert flip is not None
    assert flip.moves[0].value == 0.5000000000000001
    assert told(solved(A, Subject(2, ((0, Question(">", (2.5,))),), is_whole=True))) == [(0, 3)]


def test_bounds_that_must_all_hold_are_found_at_once() -> None:
    subjects = [amount(0, *((10 * s + i, ">=", i + 1) for i in range(10))) for s in range(6)]
    flip = solved(Every(tuple(Leaf(number) for number in range(60))), *subjects)
    assert told(flip) == [(subject, 10) for subject in range(6)]
    assert flip is not None
    assert flip.is_smallest


def test_a_search_cut_short_says_so() -> None:
    subjects = [amount(0, (0, ">=", 9), (1, ">=", 2)), amount(0, (2, ">=", 3), (3, ">=", 1))]
    condition, truths = Some((Every((A, B)), D)), [False] * 4
    cut = smallest_flip(condition, truths, subjects, limit=6)
    assert (told(cut), cut and cut.is_smallest) == ([(1, 1)], False)
    assert told(smallest_flip(condition, truths, subjects)) == [(1, 1)]
    assert smallest_flip(condition, truths, subjects, limit=1) is None


OPERATORS = ["<", "<=", ">", ">=", "==", "!="]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Condition, list[Subject]]:
    tests: list[list[tuple[int, Question]]] = [[] for _ in range(3)]
    for leaf in range(draw(st.integers(1, 5))):
        operator = draw(st.sampled_from([*OPERATORS, "missing"]))
        operands = () if operator == "missing" else (draw(st.integers(0, 4)),)
        tests[draw(st.integers(0, 2))].append((leaf, Question(operator, operands, draw(st.booleans()))))
    values = st.one_of(st.none(), st.integers(0, 5))
    subjects = [Subject(draw(values), tuple(each), is_whole=True, least=0) for each in tests if each]
    leaves = [Leaf(leaf) for leaf in range(sum(map(len, tests)))]
    return _tree(draw, leaves), subjects


def _tree(draw: st.DrawFn, leaves: list[Leaf]) -> Condition:
    parts: list[Condition] = [Opposite(leaf) if draw(st.booleans()) else leaf for leaf in leaves]
    while len(parts) > 1:
        if len(parts) > 2 and draw(st.booleans()):
            parts[-3:] = [Either(*parts[-3:])]
        else:
            joined = draw(st.sampled_from([Every, Some]))(tuple(parts[-2:]))
            parts[-2:] = [Opposite(joined) if draw(st.booleans()) else joined]
    return parts[0]


@given(worlds())
def test_no_other_values_need_fewer_changes(world: tuple[Condition, list[Subject]]) -> None:
    condition, subjects = world
    now = _truths(subjects, [subject.value for subject in subjects])
    costs = [
        _changes(now, truths)
        for values in itertools.product([None, *range(7)], repeat=len(subjects))
        if truth_of(condition, truths := _truths(subjects, values)) is True
        and not any(value is None and not _may_miss(subject) for subject, value in zip(subjects, values, strict=True))
    ]
    flip = smallest_flip(condition, now, subjects)
    assert (flip is None) == (not costs)
    if flip is not None:
        moved = [subject.value for subject in subjects]
        for move in flip.moves:
            moved[move.subject] = move.value
        reached = _truths(subjects, moved)
        assert truth_of(condition, reached) is True
        assert (_changes(now, reached), flip.leaves, flip.is_smallest) == (min(costs), min(costs), True)


def _may_miss(subject: Subject) -> bool:
    return subject.value is None or any(question.operator == "missing" for _, question in subject.questions)


def _truths(subjects: list[Subject], values: list[Value] | tuple[Value, ...]) -> list[Truth]:
    found = dict(pair for subject, value in zip(subjects, values, strict=True) for pair in subject.truths(value))
    return [found[leaf] for leaf in sorted(found)]


def _changes(before: list[Truth], after: list[Truth]) -> int:
    return sum(one is not other for one, other in zip(before, after, strict=True))
