"""Examples are the same each time, whatever other tests loaded before."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def drawn() -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []

    @settings(max_examples=300, derandomize=True, database=None)
    @given(st.integers(), st.text(max_size=30))
    def draw(number: int, text: str) -> None:
        found.append((number, text))

    draw()
    return found


def test_what_is_loaded_meanwhile_changes_no_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawn()
    (tmp_path / "loaded_meanwhile.py").write_text("\n".join(f"C{at} = 4711{at}, 'constant {at}'" for at in range(20)))
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("loaded_meanwhile")
    assert drawn() == before
    del sys.modules["loaded_meanwhile"]
