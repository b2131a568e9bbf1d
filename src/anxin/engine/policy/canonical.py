"""One text for everything that means the same."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from dataclasses import fields, is_dataclass


def canonical_text(source: str) -> str:
    """Return a checked expression's text in one layout."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.unparse(ast.parse(f"({source}\n)", mode="eval"))


def canonical(value: object) -> str:
    """Return a text that is equal for equal meaning: places in files do not count."""
    written = getattr(value, "canonical_text", None)
    if isinstance(written, str):
        return repr(written)
    if is_dataclass(value) and not isinstance(value, type):
        parts = (f"{each.name}={canonical(getattr(value, each.name))}" for each in fields(value) if each.compare)
        return f"{type(value).__name__}({', '.join(parts)})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {canonical(each)}" for key, each in sorted(value.items())) + "}"
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(canonical(each) for each in value) + "]"
    return repr(value)
