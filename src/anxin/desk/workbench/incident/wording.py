"""The codes of an incident's happenings in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from anxin.desk.decisioning.decisions.wording import amount_words
from anxin.desk.foundation.audit.acts import act_words
from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.detail import TimelineLine
from anxin.desk.operations.incidents.kinds import check_words
from anxin.desk.operations.measures.catalogue import measures

_FILE = Path(__file__).with_name("story.yaml")
_LISTS = {
    "level_reason": "level_reasons",
    "channel": "channels",
    "outcome": "contacts",
    "pause_reason": "pauses",
    "care": "care",
    "cause": "causes",
    "responsible": "responsible",
    "topic": "topics",
}
_CODES = {"record_no_action": "no_actions", "dismiss": "dismissals"}
_LISTED = Words("；", "; ")
_FIELD = re.compile(r"\{(\w+)\}")
Data = Mapping[str, str | int | bool | None]


def lane_words() -> Mapping[str, Words]:
    """Return the lanes of the timeline."""
    return {code: Words(each["zh"], each["en"]) for code, each in story_document()["lanes"].items()}


def source_words(source: str) -> str:
    """Return where a signal came from."""
    return _of_table("sources", source)


def clock_words(kind: str) -> str:
    """Return what a clock promises."""
    return _of_table("clocks", kind)


def actor_words(label: str) -> str:
    """Return who it was: a sign-in name as it is, the system's own programs in words."""
    return _of_table("actors", label)


def sentence_of(line: TimelineLine, kinds: Mapping[str, Words]) -> str:
    """Return what happened in one sentence of the reader's language; `kinds` are the names of kinds."""
    found = story_document()["events"].get(line.kind)
    values = _values(line.kind, line.data, kinds)
    if found is not None and line.source == "incident":
        return say_known(Words(found["zh"], found["en"]), values)
    code = f"incident.{line.kind}" if line.source == "incident" else line.kind
    words = act_words().get(code)
    return say_known(words, values) if words is not None else line.kind


def say_known(words: Words, values: Mapping[str, object]) -> str:
    """Return a sentence; what it names and nobody kept is a dash."""
    named = dict.fromkeys(_FIELD.findall(f"{words.zh} {words.en}"), "—")
    return say(words, None, **(named | dict(values)))


@cache
def story_document() -> dict[str, Any]:
    """Return the table of happenings."""
    document: dict[str, Any] = read_yaml(_FILE)
    return document


def _values(kind: str, data: Data, kinds: Mapping[str, Words]) -> dict[str, object]:
    currency = str(data.get("currency") or "")
    found: dict[str, object] = {}
    for name, value in data.items():
        if name.endswith("_minor"):
            amount = int(value) if isinstance(value, int) else None
            found[name.removesuffix("_minor")] = amount_words(amount, currency) or "—"
        elif value not in (None, ""):
            found[name] = _word(kind, name, str(value), kinds)
    return found


def _word(kind: str, name: str, value: str, kinds: Mapping[str, Words]) -> str:
    readers: Mapping[str, Callable[[str], str]] = {
        "kind": lambda code: say(kinds[code]) if code in kinds else code,
        "source": source_words,
        "role": lambda code: _of_table("roles", code),
        "state": lambda code: _of_table("states", code),
        "marks": lambda codes: say(_LISTED).join(_mark_words(each) for each in codes.split()),
        "measure": lambda code: say(measures()[code].words) if code in measures() else code,
        "check": lambda code: say(check_words()[code]) if code in check_words() else code,
    }
    if name in readers:
        return readers[name](value)
    listed = _LISTS.get(name) or (_CODES.get(kind) if name == "code" else None)
    known = choices(listed) if listed is not None else {}
    return say(known[value]) if value in known else value


def _mark_words(code: str) -> str:
    """Return which clock marked what: `handle.warn.75`, `start.breach`; `settled` names no clock."""
    clock, mark, share = (*code.split("."), "", "")[:3]
    found = story_document()["marks"].get(mark or clock)
    return say_known(Words(found["zh"], found["en"]), {"clock": clock_words(clock), "share": share}) if found else code


def _of_table(table: str, code: str) -> str:
    found = story_document()[table].get(code)
    return say(Words(found["zh"], found["en"])) if found is not None else code
