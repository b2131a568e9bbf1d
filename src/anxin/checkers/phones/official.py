"""The official lines that ship, beside an organisation's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec
import yaml


class OfficialLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A published number, whose it is, how sure that is, and whether it ever calls people."""

    number: str
    zh: str
    en: str
    confidence: str = "medium"
    calls_out: bool = True


@cache
def official_lines() -> Mapping[str, OfficialLine]:
    """Return the shipped lines by number."""
    raw = yaml.load(files(__package__).joinpath("official.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    lines = msgspec.convert(raw["lines"], list[OfficialLine])
    return {line.number: line for line in lines}
