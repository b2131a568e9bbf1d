"""Optional packages, imported when they are asked for, with a refusal that names the extra to install."""

from __future__ import annotations

import importlib
from types import ModuleType

from anxin.history.errors import ExtraMissing


def load_extra(module: str, *, extra: str) -> ModuleType:
    """Return an optional module; raise ExtraMissing with the name of the extra that brings it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as problem:
        raise ExtraMissing(package=module.partition(".")[0], extra=extra) from problem
