from __future__ import annotations

import random

import pytest

from anxin.engine.windows.choice import Implementation, new_id_table
from anxin.engine.windows.tests.implementations import IMPLEMENTATIONS


@pytest.mark.parametrize("force", IMPLEMENTATIONS)
def test_the_older_generation_is_dropped(force: Implementation) -> None:
    table = new_id_table(force=force)
    table.put(1, 10)
    table.put(0, 2**64 - 1)
    table.rotate()
    table.put(1, 11)
    table.put(2**64 - 1, 0)
    assert [table.get(each) for each in (0, 1, 2**64 - 1, 5)] == [2**64 - 1, 11, 0, None]
    assert len(table) == 4
    table.rotate()
    assert [table.get(each) for each in (0, 1, 2**64 - 1)] == [None, 11, 0]
    table.rotate()
    assert (len(table), table.get(1)) == (0, None)


@pytest.mark.parametrize("force", IMPLEMENTATIONS)
def test_it_answers_as_a_dict(force: Implementation) -> None:
    draw, table, twin = random.Random(1), new_id_table(force=force), {}
    for _ in range(5000):
        key = draw.getrandbits(64) if draw.random() < 0.5 else draw.randrange(50) << 40
        twin[key] = draw.getrandbits(64)
        table.put(key, twin[key])
    assert all(table.get(key) == value for key, value in twin.items())
    assert len(table) == len(twin)
    assert table.bytes > 0


@pytest.mark.parametrize("force", IMPLEMENTATIONS)
@pytest.mark.parametrize("number", [-1, 2**64])
def test_numbers_beyond_64_bits_are_refused(force: Implementation, number: int) -> None:
    table = new_id_table(force=force)
    with pytest.raises(OverflowError):
        table.put(number, 1)
    with pytest.raises(OverflowError):
        table.get(number)
    assert len(table) == 0
