import pytest

from anxin.checkers.normalise.text import normalise
from anxin.checkers.personal_data.registry import RECOGNISERS, Recogniser
from anxin.checkers.personal_data.text import LEAST_SCORE, find

CASES = [(each, text) for each in RECOGNISERS for text in each.examples]
QUIET = [(each, text) for each in RECOGNISERS for text in each.quiet]


def kinds_of(recogniser: Recogniser, text: str) -> set[str]:
    folded = normalise(text, strength="light").text
    return {span.kind for span in recogniser.find(folded) if span.score >= LEAST_SCORE}


@pytest.mark.parametrize(("recogniser", "text"), CASES)
def test_examples_are_found_alone_and_among_all(recogniser: Recogniser, text: str) -> None:
    assert kinds_of(recogniser, text) == {recogniser.kind}
    assert recogniser.kind in {span.kind for span in find(text)}


@pytest.mark.parametrize(("recogniser", "text"), QUIET)
def test_quiet_texts_are_left_alone(recogniser: Recogniser, text: str) -> None:
    assert kinds_of(recogniser, text) == set()


@pytest.mark.parametrize("recogniser", RECOGNISERS)
def test_members_ship_examples_of_both(recogniser: Recogniser) -> None:
    assert recogniser.examples
    assert recogniser.quiet
