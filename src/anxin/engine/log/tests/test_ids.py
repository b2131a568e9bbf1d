from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.engine.errors import StateMismatch
from anxin.engine.log.ids import IMPLEMENTATIONS, KEPT_MS, MAX_SEQ, EventIds
from anxin.engine.log.records import body_digest

KEY = b"k" * 32
START = 1_700_000_000_000


def test_an_id_is_found_with_its_number_and_digest() -> None:
    ids = EventIds(KEY)
    digest = body_digest(b"body")
    assert ids.find("a") is None
    ids.add("a", 7, digest, START)
    assert ids.find("a") == (7, digest)
    assert ids.find("b") is None
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("later", "is_found"),
    [(0, True), (KEPT_MS - 1, True), (KEPT_MS, True), (2 * KEPT_MS - 1, True), (2 * KEPT_MS, False)],
)
def test_an_id_is_kept_for_a_day_at_least(later: int, is_found: bool) -> None:
    ids = EventIds(KEY)
    ids.add("a", 1, bytes(16), START)
    ids.add("b", 2, bytes(16), START + later)
    assert (ids.find("a") is not None) is is_found
    assert ids.find("b") == (2, bytes(16))


def test_an_id_from_the_end_of_a_generation_is_kept_for_a_day() -> None:
    ids = EventIds(KEY)
    ids.add("first", 1, bytes(16), START)
    ids.add("a", 2, bytes(16), START + KEPT_MS - 1)
    ids.add("b", 3, bytes(16), START + KEPT_MS)
    ids.add("c", 4, bytes(16), START + 2 * KEPT_MS - 1)
    assert ids.find("a") == (2, bytes(16))


def test_memory_is_bounded_by_two_generations() -> None:
    ids = EventIds(KEY, kept_ms=100)
    for at in range(1_000):
        ids.add(f"e{at}", at, bytes(16), START + at)
    assert len(ids) <= 200


def test_a_clock_that_ran_ahead_and_was_set_back_lets_generations_turn_over_all_the_same() -> None:
    ids = EventIds(KEY, kept_ms=100)
    ids.add("ahead", 0, bytes(16), START + 1_000_000)
    for at in range(1, 1_000):
        ids.add(f"e{at}", at, bytes(16), START + at)
        assert ids.find(f"e{max(1, at - 100)}") is not None
    assert (len(ids) <= 200, ids.find("ahead")) == (True, None)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=6), st.integers(0, 400)), unique_by=lambda each: each[0]))
def test_a_dump_comes_back_as_it_was(added: list[tuple[str, int]]) -> None:
    ids = EventIds(KEY, kept_ms=100)
    for seq, (event_id, wait) in enumerate(added):
        ids.add(event_id, seq, body_digest(event_id.encode()), START + wait)
    stored = io.BytesIO()
    ids.dump(stored.write)
    stored.seek(0)
    loaded = EventIds(KEY, kept_ms=100)
    loaded.load(stored.read)
    assert [loaded.find(event_id) for event_id, _ in added] == [ids.find(event_id) for event_id, _ in added]
    again = io.BytesIO()
    loaded.dump(again.write)
    assert sorted(again.getvalue()) == sorted(stored.getvalue())


def test_many_ids_are_all_found_and_no_others() -> None:
    ids = EventIds(KEY)
    for seq in range(1, 20_001):
        ids.add(f"e{seq}", seq, body_digest(b"%d" % seq), START)
    assert len(ids) == 20_000
    assert all(ids.find(f"e{seq}") == (seq, body_digest(b"%d" % seq)) for seq in range(1, 20_001))
    assert all(ids.find(f"other{seq}") is None for seq in range(20_000))


def test_the_largest_number_fits() -> None:
    ids = EventIds(KEY)
    ids.add("a", MAX_SEQ, bytes(range(16)), START)
    assert ids.find("a") == (MAX_SEQ, bytes(range(16)))


@pytest.mark.parametrize("change", [lambda d: d[:10], lambda d: b"X" + d[1:], lambda d: d[:-1], lambda d: b""])
def test_a_strange_dump_is_refused(change) -> None:
    ids = EventIds(KEY)
    ids.add("a", 1, bytes(16), START)
    stored = io.BytesIO()
    ids.dump(stored.write)
    with pytest.raises(StateMismatch):
        EventIds(KEY).load(io.BytesIO(change(stored.getvalue())).read)


def test_a_dump_of_another_key_is_refused() -> None:
    stored = io.BytesIO()
    EventIds(KEY).dump(stored.write)
    stored.seek(0)
    with pytest.raises(StateMismatch):
        EventIds(b"x" * 32).load(stored.read)


def dumped(table: object) -> bytes:
    stored = io.BytesIO()
    table.dump(stored.write)
    return stored.getvalue()


# Few tags and shards, so that ids meet in one slot, and tags of zero, which stands for a free slot.
HASHES = st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 1)).map(
    lambda parts: (parts[0] * 4).to_bytes(8, "little") + (parts[1] << 40 | parts[2]).to_bytes(8, "little")
)


@settings(max_examples=60, deadline=None)
@given(st.lists(HASHES, max_size=40), st.lists(HASHES, max_size=10))
def test_all_implementations_find_and_dump_alike(added: list[bytes], asked: list[bytes]) -> None:
    tables = [table() for table in IMPLEMENTATIONS.values()]
    for seq, hashed in enumerate(added):
        for table in tables:
            if table.find(hashed) is None:
                table.add(hashed, seq, hashed[::-1])
    expected = tables[0]
    for table in tables:
        assert [table.find(hashed) for hashed in (*added, *asked)] == [expected.find(each) for each in (*added, *asked)]
        assert (len(table), dumped(table)) == (len(expected), dumped(expected))


@settings(max_examples=10, deadline=None)
@given(st.sets(st.text(max_size=9), max_size=300))
def test_each_implementation_reads_the_dump_of_the_others(added: set[str]) -> None:
    for source in IMPLEMENTATIONS:
        ids = EventIds(KEY, force=source)
        for seq, event_id in enumerate(sorted(added)):
            ids.add(event_id, seq, body_digest(event_id.encode()), START)
        for target in IMPLEMENTATIONS:
            loaded = EventIds(KEY, force=target)
            loaded.load(io.BytesIO(dumped(ids)).read)
            assert [loaded.find(each) for each in added] == [ids.find(each) for each in added]
            assert dumped(loaded) == dumped(ids)
