"""What the fields of events are called."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources

import yaml

from anxin.engine.decision import Text


def field_name(name: str) -> Text:
    """Return a field's name in both languages; one that has no name of its own is called as it is written."""
    return _names().get(name) or Text(name, name)


@functools.cache
def _names() -> Mapping[str, Text]:
    source = resources.files("anxin.engine.explain").joinpath("field_names.yaml").read_text(encoding="utf-8")
    return {name: Text(each["zh"], each["en"]) for name, each in yaml.load(source, Loader=yaml.CSafeLoader).items()}
