"""The lists that policies declare, with their first entries."""

from __future__ import annotations

from collections.abc import Iterable

from anxin.engine.lists.entry import Entry, EntryKind
from anxin.engine.lists.store import Colour, ListStore
from anxin.engine.policy.definition import Policy

COLOURS: dict[str, Colour] = {"black": "black", "white": "white", "grey": "grey"}


def declare_lists(store: ListStore, policies: Iterable[Policy]) -> None:
    """Give the lists that policies declare their first entries; what people changed since then stays."""
    for policy in policies:
        for declared in policy.lists.values():
            if declared.name in store.names():
                continue
            store.define(declared.name, COLOURS[declared.colour])
            for each in declared.entries:
                entry = Entry(each.value, EntryKind(each.kind), each.reason, policy.label, "policy", each.until)
                store.put(declared.name, entry)
