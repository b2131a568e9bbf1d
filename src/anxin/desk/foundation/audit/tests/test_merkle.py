from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anxin.desk.foundation.audit.merkle import EMPTY, Frontier, inclusion_proof, is_included, root_of

LEAVES = st.lists(st.binary(max_size=8), max_size=40)

KNOWN = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", b"\x50\x51\x52\x53\x54\x55\x56\x57"]
ROOT_OF_SEVEN = "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"


def test_root_of_the_published_example() -> None:
    assert root_of(KNOWN).hex() == ROOT_OF_SEVEN
    assert root_of([]) == EMPTY


@given(LEAVES)
def test_growing_gives_the_same_root_as_the_definition(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for each in leaves:
        frontier.add(each)
    assert frontier.root() == root_of(leaves)
    assert Frontier(frontier.size, frontier.peaks).root() == root_of(leaves)


@given(LEAVES.filter(bool), st.data())
def test_proofs_hold_for_their_leaf_only(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    proof, root = inclusion_proof(leaves, place), root_of(leaves)
    assert is_included(leaves[place], place, len(leaves), proof, root)
    assert not is_included(leaves[place] + b"x", place, len(leaves), proof, root)
    assert not is_included(leaves[place], len(leaves), len(leaves), proof, root)
