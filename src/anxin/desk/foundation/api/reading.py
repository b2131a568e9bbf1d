"""Reading a JSON body: what no field could hold, and what says two things at once, is refused here for all calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from anxin.desk.foundation.api.errors import BodyInvalid
from anxin.desk.foundation.api.given import escaped, is_text

_LARGEST = 2**63 - 1
_FINITE = ("has to be a finite number", "须为有限的数字")
_ONCE = ("is given twice", "重复出现")
_WHOLE = ("is too large a number", "数字过大")
_TEXT = ("holds characters that are no text", "含有无法保存的字符")


class BodyParser(Parser):
    """Ninja's own, except that it refuses repeated names, endless numbers and broken text."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body's JSON; raise BodyInvalid, or ValueError when it is none."""
        found = json.loads(request.body, object_pairs_hook=_object, parse_constant=_constant)
        for path, value in _leaves(found, ""):
            if isinstance(value, int) and abs(value) > _LARGEST:
                raise _refusal(path, _WHOLE)
            if isinstance(value, str) and not is_text(value):
                raise _refusal(path, _TEXT)
        return found


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _refusal("/" + escaped(next(each for each in names if names.count(each) > 1)), _ONCE)
    return found


def _constant(_name: str) -> object:
    raise _refusal("", _FINITE)


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, each in value.items():
            if not is_text(name):
                raise _refusal(path, _TEXT)
            yield from _leaves(each, f"{path}/{escaped(name)}")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _leaves(each, f"{path}/{place}")
    else:
        yield path, value


def _refusal(path: str, why: tuple[str, str]) -> BodyInvalid:
    en, zh = why
    return BodyInvalid(pointer=path, reason=f"{path} {en}".strip(), reason_zh=f"{path} {zh}".strip())
