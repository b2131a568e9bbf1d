"""What a call does not know: fields of its body and parameters of its address, with the known name next to each.

Events are another matter: they keep unknown fields.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any, get_args
from urllib.parse import parse_qsl

import msgspec

from anxin.gateway.problems import FieldUnknown, ParameterUnknown

_UNKNOWN = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$([^`]*)`)?\Z", re.DOTALL)
_MOST_SHOWN = 64


def unknown_field(problem: msgspec.ValidationError, kind: type[Any]) -> FieldUnknown | None:
    """Return the refusal when the problem is a field that `kind` does not know, else None."""
    found = _UNKNOWN.match(str(problem))
    if found is None:
        return None
    steps = [each for each in (found[2] or "").split(".") if each]
    name = found[1][:_MOST_SHOWN].replace("~", "~0").replace("/", "~1")
    pointer = "/".join(("", *steps, name))
    hint, hint_zh = _hint(found[1], _names(kind, steps))
    return FieldUnknown(pointer=pointer, field=".".join((*steps, name)), hint=hint, hint_zh=hint_zh)


def check_query(query: bytes, known: tuple[str, ...]) -> None:
    """Raise ParameterUnknown for the first name that a call does not take."""
    for name in parse_query(query):
        if name not in known:
            hint, hint_zh = _hint(name, known)
            raise ParameterUnknown(name=name[:_MOST_SHOWN], hint=hint, hint_zh=hint_zh)


def parse_query(query: bytes) -> dict[str, str]:
    """Return the parameters of an address by name, the last of each."""
    return dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))


def _names(kind: Any, steps: list[str]) -> list[str]:
    fields = {each.encode_name: each.type for each in msgspec.structs.fields(kind)}
    if not steps:
        return list(fields)
    inner = (fields[steps[0]], *get_args(fields[steps[0]]))
    return _names(next(each for each in inner if hasattr(each, "__struct_fields__")), steps[1:])


def _hint(name: str, known: Iterable[str]) -> tuple[str, str]:
    """Return what to do instead, in English and Chinese."""
    names, plain = list(known), name[:_MOST_SHOWN].casefold().replace("-", "_")
    near = [each for each in names if plain and each.startswith(plain)] or difflib.get_close_matches(plain, names, n=1)
    if near:
        return f" Did you mean {near[0]}?", f"您是否想写 {near[0]}？"
    if names:
        listed = ", ".join(names)
        return f" Known here: {listed}.", f"可用：{listed}。"
    return " None is taken here.", "此处不接受任何名称。"
