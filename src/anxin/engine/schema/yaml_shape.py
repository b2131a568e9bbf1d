"""A look at the shape of a YAML text before it is composed: the composer recurses without a bound of its own."""

from __future__ import annotations

import yaml

MAX_DEPTH = 24


def hostile_place(source: str) -> tuple[int, int] | None:
    """Return line and column (from 1) of the first alias or too deep nesting, or None; raise yaml.YAMLError."""
    depth = 0
    for event in yaml.parse(source, Loader=yaml.CSafeLoader):
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        if isinstance(event, yaml.AliasEvent) or depth > MAX_DEPTH:
            mark = event.start_mark
            return (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return None
