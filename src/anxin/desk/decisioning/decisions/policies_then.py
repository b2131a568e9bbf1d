"""Which policies and lists were at work at a place of the log, rebuilt from what was published before it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import ClassVar

import msgspec
import zstandard
from django.db.models import Q

from anxin.desk.decisioning.decisions.ids import seq_of
from anxin.desk.decisioning.decisions.keys import EntityKeys
from anxin.desk.decisioning.decisions.models import EntityOrder, PublishedPolicy
from anxin.desk.decisioning.decisions.scope import Scope
from anxin.desk.decisioning.decisions.sealed_body import open_words
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.engine.control import Role
from anxin.engine.errors import EngineError
from anxin.engine.lists.entry import Entry, EntryKind, ListEntryInvalid
from anxin.engine.lists.holds import Hold
from anxin.engine.lists.store import Colour, ListStore
from anxin.engine.policy.definition import Policy
from anxin.engine.policy.loader import parse_policy
from anxin.engine.roster import Roster
from anxin.engine.schema.schema import Schema
from anxin.engine.stations import Working, put_to_work
from anxin.engine.verdict import Verdict

_MOST_BYTES = 1 << 26
_KEPT = 4
_MOST_BROAD_ENTRIES = 20_000
_COLOURS: dict[str, Colour] = {"black": "black", "white": "white", "grey": "grey"}
_ROLES: dict[str, Role] = {"live": "live", "shadow": "shadow", "canary": "canary"}
_files = msgspec.json.Decoder(dict[str, str])


class PolicyGone(Refusal):
    """The policy of the day is not in the log any more."""

    code: ClassVar[str] = "decision.policy_gone"
    zh: ClassVar[str] = "当日策略 {policy} 已不在日志中，无法解释或重放此决策。"
    en: ClassVar[str] = "The policy of that day, {policy}, is no longer in the log: it cannot be explained or replayed."
    status: ClassVar[int] = 410


def files_of(published: PublishedPolicy) -> Mapping[str, str]:
    """Return the policy's files by name; none for a withdrawal."""
    if not published.files:
        return {}
    return _files.decode(zstandard.ZstdDecompressor().decompress(bytes(published.files), max_output_size=_MOST_BYTES))


def working_at(scope: Scope, decision_id: int, policy: str, keys: EntityKeys) -> Working:
    """Return the policies that were at work at a decision, compiled; raise PolicyGone.

    Compiling takes a second for a large policy: the latest few are kept.
    """
    start, _ = scope.rows
    rows = PublishedPolicy.objects.filter(id__gte=start, id__lt=decision_id).order_by("id")
    ids = tuple(rows.values_list("id", flat=True))
    working = _compiled(ids, keys.index_key, keys.windows_key) if ids else None
    if working is None or all(judge.label != policy for judge in working.judges):
        raise PolicyGone(policy=policy)
    return working


@functools.lru_cache(maxsize=_KEPT)
def _compiled(ids: tuple[int, ...], index_key: bytes, windows_key: bytes) -> Working | None:
    """Follow publications and withdrawals as the gateway did: what it refused changes nothing here either."""
    working: Working | None = None
    for row in PublishedPolicy.objects.filter(id__in=ids).order_by("id"):
        try:
            roster = _followed(working.roster if working else None, row)
            if roster is not None:
                working = put_to_work(roster, Schema.shipped(), index_key=index_key, windows_key=windows_key)
        except EngineError:
            continue
    return working


def _followed(roster: Roster | None, row: PublishedPolicy) -> Roster | None:
    if row.role == "withdrawn":
        return roster.without(row.label) if roster is not None else None
    policy = parse_policy(files_of(row))
    if roster is None:
        return Roster(policy)
    return roster.with_policy(policy, _ROLES[row.role], row.share_permille)


def lists_at(scope: Scope, decision_id: int, working: Working, values: Iterable[str]) -> ListStore:
    """Return the lists as they stood at a decision, as far as these values could have met them."""
    store = ListStore()
    for policy in working.roster.counting:
        _declare(store, policy)
    rows = EntityOrder.objects.filter(
        ~Q(list_name="") & (Q(key__in=set(values)) | ~Q(entry_kind="exact")),
        Q(ended_seq=None) | Q(ended_seq__gt=seq_of(decision_id)),
        projection_id=scope.projection_id,
        id__lt=decision_id,
    ).order_by("id")[:_MOST_BROAD_ENTRIES]
    words = open_words(scope.organisation_id, {row.pk: bytes(row.sealed) for row in rows})
    for row in rows:
        _put(store, row, words[row.pk])
    return store


def _declare(store: ListStore, policy: Policy) -> None:
    for declared in policy.lists.values():
        if declared.name in store.names():
            continue
        store.define(declared.name, _COLOURS[declared.colour])
        for each in declared.entries:
            store.put(
                declared.name, Entry(each.value, EntryKind(each.kind), each.reason, policy.label, "policy", each.until)
            )


def _put(store: ListStore, row: EntityOrder, words: Mapping[str, str]) -> None:
    if row.colour in _COLOURS:
        store.define(row.list_name, _COLOURS[row.colour])
    kind = EntryKind(row.entry_kind)
    entry = Entry(row.key, kind, words.get("reason", ""), words.get("by", ""), words.get("source", ""), row.until_at)
    try:
        store.put(row.list_name, entry)
    except ListEntryInvalid:
        # The gateway refused it too.
        return


def holds_at(scope: Scope, decision_id: int, entities: Iterable[tuple[str, str]], t: int) -> tuple[Hold, ...]:
    """Return the holds in force on these entities (kind, key) at a decision, strongest first."""
    wanted = set(entities)
    rows = EntityOrder.objects.filter(
        Q(ended_seq=None) | Q(ended_seq__gt=seq_of(decision_id)),
        projection_id=scope.projection_id,
        id__lt=decision_id,
        list_name="",
        key__in={key for _, key in wanted},
    )
    found = [row for row in rows if (row.entity_kind, row.key) in wanted and (row.until_at is None or t < row.until_at)]
    words = open_words(scope.organisation_id, {row.pk: bytes(row.sealed) for row in found})
    holds = [
        Hold(
            row.entity_kind,
            row.key,
            Verdict(row.verdict or 0),
            row.measure,
            words[row.pk].get("reason", ""),
            words[row.pk].get("by", ""),
            row.until_at,
        )
        for row in found
    ]
    return tuple(sorted(holds, key=lambda hold: -hold.verdict))
