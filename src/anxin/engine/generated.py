"""Code that is written out at run time: the same text is compiled once, for however many engines need it."""

from __future__ import annotations

import functools
from types import CodeType
from typing import Any


def defined(source: str, name: str, space: dict[str, Any]) -> dict[str, Any]:
    """Run a module's text in `space` and return what it defines, taken out of `space` again.

    A function whose globals do not hold it is gone with its last user; otherwise only a search for garbage frees it.
    """
    given = space.keys() | {"__builtins__"}
    exec(compiled(source, name), space)
    return {each: space.pop(each) for each in list(space) if each not in given}


@functools.lru_cache(maxsize=2048)
def compiled(source: str, name: str) -> CodeType:
    """Return the code of a module's text; `name` is what a traceback calls it."""
    return compile(source, f"<{name}>", "exec")
