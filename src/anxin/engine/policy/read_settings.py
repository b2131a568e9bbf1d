"""Reading `policy.yaml`, `lists/*.yaml` and a model's file."""

from __future__ import annotations

import json
import re
import zoneinfo
from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

from anxin.engine.lists.entry import Entry, EntryKind, ListEntryInvalid
from anxin.engine.lists.store import ListStore
from anxin.engine.policy.definition import ListDeclaration, ListEntry, ModelFile, NamedValue, Settings
from anxin.engine.policy.documents import Document, Value, iterate_named
from anxin.engine.policy.read_parts import (
    NAME,
    plain_text,
    read_duration,
    read_moment,
    read_required,
    read_text,
    require,
)
from anxin.engine.policy.read_values import read_named_value
from anxin.engine.scoring.model import load_model
from anxin.engine.scoring.tables import ModelInvalid
from anxin.engine.verdict import Verdict

KEYS = [
    "name",
    "version",
    "owner",
    "timezone",
    "allowed_lateness",
    "score_levels",
    "model",
    "values",
    "row_cap",
    "entity_cap",
    "description",
]
SCORE_VERDICTS = ("challenge", "review", "hold")
LIST_COLOURS = ("black", "grey", "white")
LIST_KINDS = ("exact", "prefix", "network", "pattern", "domain")
_POLICY_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}\Z")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}\Z")


def read_settings(root: Value) -> tuple[Settings | None, dict[str, NamedValue]]:
    """Return the settings (None after recording what is wrong) and the named thresholds."""
    section = root.section(KEYS)
    if section is None:
        return None, {}
    name = _word(section, "name", root, _POLICY_NAME)
    version = _word(section, "version", root, _VERSION)
    owner = read_required(section, "owner", root)
    values: dict[str, NamedValue] = {}
    if "values" in section:
        for key, each in iterate_named(section["values"], "阈值名", "threshold's name", NAME):
            found = read_named_value(key, each)
            if found is not None:
                values[key] = found
    if name is None or version is None or owner is None:
        return None, values
    settings = Settings(
        name=name,
        version=version,
        owner=owner,
        timezone=_timezone(section),
        lateness_ms=_lateness(section),
        row_cap=_cap(section, "row_cap", 1_000_000),
        entity_cap=_cap(section, "entity_cap", 5_000_000),
        score_levels=_score_levels(section),
        model=_word(section, "model", root, NAME) if "model" in section else None,
        description=plain_text(section, "description"),
    )
    return settings, values


def _word(section: dict[str, Value], key: str, owner: Value, pattern: re.Pattern[str]) -> str | None:
    value = require(section, key, owner)
    if value is None:
        return None
    if not pattern.match(value.raw()):
        value.fail("policy.name", f"{key} 不正确", f"this cannot be a {key}")
        return None
    return value.raw()


def _timezone(section: dict[str, Value]) -> str:
    if "timezone" not in section:
        return "Asia/Shanghai"
    word = section["timezone"].raw()
    try:
        zoneinfo.ZoneInfo(word)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        section["timezone"].fail("policy.timezone", "未知的时区", "unknown time zone")
    return word


def _lateness(section: dict[str, Value]) -> int:
    if "allowed_lateness" not in section:
        return 600_000
    found = read_duration(section["allowed_lateness"], 0, 72 * 3_600_000)
    return 600_000 if found is None else found


def _cap(section: dict[str, Value], key: str, default: int) -> int:
    return (section[key].integer(100, 10**9) or default) if key in section else default


def _score_levels(section: dict[str, Value]) -> tuple[tuple[Verdict, float], ...]:
    if "score_levels" not in section:
        return ()
    levels: list[tuple[Verdict, float]] = []
    for key, each in (section["score_levels"].section(SCORE_VERDICTS) or {}).items():
        least = each.number(0, 100)
        if least is not None:
            levels.append((Verdict.from_word(key), least))
    levels.sort()
    scores = [least for _, least in levels]
    if scores != sorted(scores):
        zh, en = "更严厉的结论需要更高的分数", "a more severe verdict needs a higher score"
        section["score_levels"].fail("policy.range", zh, en)
    return tuple(levels)


def read_list(name: str, value: Value) -> ListDeclaration | None:
    """Return a named list, or None after recording what is wrong; its `kind` is that of entries that name none."""
    section = value.section(("kind", "colour", "text", "entries", "owner"))
    if section is None:
        return None
    kind = (section["kind"].choice(LIST_KINDS) or "exact") if "kind" in section else "exact"
    text = read_text(section, "text", value)
    items = (section["entries"].items() or []) if "entries" in section else []
    entries = [_entry(each, kind) for each in items]
    if text is None:
        return None
    colour = (section["colour"].choice(LIST_COLOURS) or "grey") if "colour" in section else "grey"
    kept = [(item, entry) for item, entry in zip(items, entries, strict=True) if entry is not None]
    _refuse_unfit(name, kept)
    declared = tuple(entry for _, entry in kept)
    return ListDeclaration(name, text, kind, colour, plain_text(section, "owner"), declared, value.place)


def _refuse_unfit(name: str, entries: Iterable[tuple[Value, ListEntry]]) -> None:
    """Record the entries that no list would take, by putting all of them on one."""
    trial = ListStore()
    for value, entry in entries:
        try:
            trial.put(name, Entry(entry.value, EntryKind(entry.kind), expires_at=entry.until))
        except ListEntryInvalid as problem:
            value.fail("policy.list_entry", str(problem.details["zh"]), str(problem.details["en"]))


def _entry(value: Value, kind: str) -> ListEntry | None:
    if value.is_scalar:
        word = value.text()
        return ListEntry(word, kind) if word is not None else None
    section = value.section(("value", "kind", "reason", "until"))
    word = read_required(section, "value", value) if section is not None else None
    if section is None or word is None:
        return None
    own = section["kind"].choice(LIST_KINDS) if "kind" in section else None
    until = read_moment(section["until"]) if "until" in section else None
    return ListEntry(word, own or kind, plain_text(section, "reason"), until)


def read_model(document: Document, name: str) -> ModelFile | None:
    """Return a model's file, or None after recording why it cannot be used."""
    place = (document.name, 1, 1)
    try:
        content: Any = json.loads(document.text)
    except (ValueError, RecursionError):
        document.problems.add(place, "policy.model", "不是有效的 JSON", "not valid JSON")
        return None
    head: Mapping[str, Any] = content if isinstance(content, dict) else {}
    inputs, categories = head.get("inputs"), head.get("categories", {})
    types = head.get("event_types", [])
    if not _are_words(inputs) or not _are_words(types) or not isinstance(categories, dict):
        zh, en = "需要 inputs（名称列表）", "inputs, a list of names, is needed; event_types and categories may follow"
        document.problems.add(place, "policy.model", zh, en)
        return None
    if not all(_are_words(each) for each in categories.values()):
        document.problems.add(place, "policy.model", "categories 应为文本列表", "categories hold lists of texts")
        return None
    try:
        load_model(document.text.encode())
    except ModelInvalid as problem:
        document.problems.add(place, "policy.model", problem.sentence("zh"), problem.sentence("en"))
        return None
    kept = {str(key): tuple(words) for key, words in categories.items()}
    version = str(head.get("version", "1"))
    return ModelFile(name, version, tuple(inputs), tuple(types), kept, document.text)


def _are_words(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
