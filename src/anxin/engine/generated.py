"""Code that is written out at run time: the same text is compiled once, for however many engines need it."""

from __future__ import annotations

import functools
from types import CodeType


@functools.lru_cache(maxsize=2048)
def compiled(source: str, name: str) -> CodeType:
    """Return the code of a module's text; `name` is what a traceback calls it."""
    return compile(source, f"<{name}>", "exec")
