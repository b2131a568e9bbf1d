from __future__ import annotations

from pathlib import Path

import pytest

from anxin.engine.lists.entry import Entry, EntryKind, ValueUnfit
from anxin.engine.lists.named import NamedList
from anxin.engine.lists.store import ListStore

PACKAGE = Path(__file__).parents[1]
SAMPLES = {
    EntryKind.EXACT: ("8a3f", "8a3f"),
    EntryKind.PREFIX: ("u_9", "u_99"),
    EntryKind.NETWORK: ("10.0.0.0/8", "10.1.1.1"),
    EntryKind.PATTERN: ("^sku-[0-9]+$", "sku-1"),
    EntryKind.DOMAIN: ("example.com", "a.example.com"),
}


def test_every_kind_has_a_file_a_matcher_and_a_line_in_the_readme() -> None:
    files = {path.stem for path in (PACKAGE / "kinds").glob("*.py")} - {"__init__", "contract"}
    readme = (PACKAGE / "README.md").read_text(encoding="utf-8")
    assert files == {kind.value for kind in EntryKind} == {kind.value for kind in NamedList("x").kinds}
    assert [kind for kind in EntryKind if f"| `{kind}` |" not in readme] == []


@pytest.mark.parametrize("kind", EntryKind)
def test_every_kind_obeys_the_contract(kind: EntryKind) -> None:
    matcher, (value, inside) = NamedList("x").kinds[kind], SAMPLES[kind]
    canonical = matcher.canonical(value)
    assert matcher.canonical(canonical) == canonical
    assert matcher.find(inside, 0) is None
    matcher.put(canonical, 100)
    matcher.put(canonical, 100)
    assert [matcher.find(inside, t) for t in (99, 100)] == [canonical, None]
    assert matcher.find("\0", 0) is None
    assert (matcher.remove(canonical), matcher.remove(canonical)) == (True, False)
    assert (matcher.find(inside, 0), matcher.entries) == (None, {})
    with pytest.raises(ValueUnfit):
        matcher.canonical("")


@pytest.mark.parametrize("kind", EntryKind)
def test_every_kind_survives_hostile_texts(kind: EntryKind) -> None:
    store = ListStore()
    store.put("x", Entry(SAMPLES[kind][0], kind))
    for text in ("", "\0", ".", ":" * 40, "/" * 9, "1." * 600, "：１.２.３.４", "\ud83d", "a" * 100_000):
        assert store.contains("x", text, 0) is False
