"""What a call does not know: fields of its body and parameters of its address, with the known name next to each.

Events are another matter: they keep unknown fields.
"""

from __future__ import annotations

import re
from typing import Any, get_args
from urllib.parse import parse_qsl

import msgspec

from anxin.engine.near_names import LONGEST_NAME, near_name_hint
from anxin.gateway.problems import FieldUnknown, ParameterUnknown

_UNKNOWN = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$([^`]*)`)?\Z", re.DOTALL)


def unknown_field(problem: msgspec.ValidationError, kind: type[Any]) -> FieldUnknown | None:
    """Return the refusal when the problem is a field that `kind` does not know, else None."""
    found = _UNKNOWN.match(str(problem))
    if found is None:
        return None
    steps = [each for each in (found[2] or "").split(".") if each]
    name = found[1][:LONGEST_NAME].replace("~", "~0").replace("/", "~1")
    pointer = "/".join(("", *steps, name))
    hint, hint_zh = near_name_hint(found[1], _names(kind, steps))
    return FieldUnknown(pointer=pointer, field=".".join((*steps, name)), hint=hint, hint_zh=hint_zh)


def check_query(query: bytes, known: tuple[str, ...]) -> None:
    """Raise ParameterUnknown for the first name that a call does not take."""
    for name in parse_query(query):
        if name not in known:
            hint, hint_zh = near_name_hint(name, known)
            raise ParameterUnknown(name=name[:LONGEST_NAME], hint=hint, hint_zh=hint_zh)


def parse_query(query: bytes) -> dict[str, str]:
    """Return the parameters of an address by name, the last of each."""
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))


def _names(kind: Any, steps: list[str]) -> list[str]:
    fields = {each.encode_name: each.type for each in msgspec.structs.fields(kind)}
    if not steps:
        return list(fields)
    inner = (fields[steps[0]], *get_args(fields[steps[0]]))
    return _names(next(each for each in inner if hasattr(each, "__struct_fields__")), steps[1:])
