"""The words a holder of an account gets, and when they get none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words, say

_FILE = Path(__file__).with_name("texts.yaml")


@dataclass(frozen=True)
class Text:
    """A notice in both languages."""

    title: Words
    body: Words
    appeal: Words


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = read_yaml(_FILE)
    return document


def text_version() -> str:
    """Return the version of the words."""
    return str(_document()["version"])


def told_within() -> timedelta:
    """Return how soon the holder is to be told."""
    return timedelta(minutes=_document()["within_minutes"])


def why_withheld(reason: str, *, kind: str = "", is_suspect: bool = False) -> str:
    """Return the rule by which nothing is told, "" when the holder is told.

    `kind` is the incident's, "" without one; `is_suspect`: the incident names the entity as a suspect.
    """
    if rule := _document()["reasons"][reason].get("withheld"):
        return f"reason.{rule}"
    return "kind.suspect" if is_suspect and kind in _document()["quiet_kinds"] else ""


def text_placed(measure: str, reason: str, *, until: datetime, zone: str) -> Text:
    """Return what is told when a measure begins; `until` is shown by the clock in the zone."""
    entry, sentence = _document()["measures"][measure], _words("sentence")
    end = until.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    spoken = {
        language: say(
            sentence,
            language,
            reason=say(_of(_document()["reasons"][reason]), language),
            stops=say(_of(entry["stops"]), language),
            leaves=say(_of(entry["leaves"]), language),
            remedy=say(_of(entry["remedy"]), language),
            until=end,
        )
        for language in ("zh", "en")
    }
    return Text(_of(entry["title"]), Words(**spoken), _words("appeal"))


def text_lifted(measure: str) -> Text:
    """Return what is told when a measure ends."""
    return Text(_of(_document()["measures"][measure]["title"]), _words("lifted"), _words("appeal"))


def _words(name: str) -> Words:
    return _of(_document()[name])


def _of(entry: dict[str, str]) -> Words:
    return Words(entry["zh"], entry["en"])
