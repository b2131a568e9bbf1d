"""Put a page into words for whoever gets it, at the moment it is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words, say

_FILE = Path(__file__).with_name("wording.yaml")
Argument = str | int


@dataclass(frozen=True)
class Wording:
    """A message in words."""

    title: str
    text: str


@cache
def message_codes() -> frozenset[str]:
    """Return the codes of all messages there are."""
    return frozenset(_document()["messages"])


@cache
def _document() -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    document: dict[str, dict[str, dict[str, dict[str, str]]]] = read_yaml(_FILE)
    return document


def word_page(code: str, arguments: str, *, language: str, at: datetime) -> Wording:
    """Return title and text of a message; `arguments` is the page's JSON."""
    message, given = _document()["messages"][code], _arguments(json.loads(arguments), language, at)
    title, text = Words(**message["title"]), Words(**message["text"])
    return Wording(say(title, language, **given), say(text, language, **given))


def word_link(link: str, *, language: str) -> str:
    """Return the line that leads to the acknowledgement."""
    line = _document()["acknowledge"]
    return say((str(line["zh"]), str(line["en"])), language, link=link)


def _arguments(given: Mapping[str, Argument], language: str, at: datetime) -> dict[str, Argument]:
    suffix, other = ("_zh", "_en") if language.startswith("zh") else ("_en", "_zh")
    spoken = {name.removesuffix(suffix): each for name, each in given.items() if not name.endswith(other)}
    if "due_at" in spoken:
        spoken["left"] = _left(abs(datetime.fromisoformat(str(spoken["due_at"])) - at), language)
    return spoken


def _left(lapse: timedelta, language: str) -> str:
    hours, minutes = divmod(int(lapse.total_seconds()) // 60, 60)
    line = _document()["hours" if hours else "minutes"]
    return say((str(line["zh"]), str(line["en"])), language, n=minutes, h=hours)
