"""Choose the implementation of windows: the compiled kernel when it is there, else the pure-Python reference."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType
from typing import Literal

from anxin.engine.windows.contract import Windows
from anxin.engine.windows.plan import WindowPlan
from anxin.engine.windows.reference import ReferenceWindows

Implementation = Literal["kernel", "reference"]
KERNEL = "anxin.engine.windows.kernel"


def _compiled() -> ModuleType | None:
    if importlib.util.find_spec(KERNEL) is None:
        return None
    return importlib.import_module(KERNEL)


_KERNEL = _compiled()


def implementation() -> Implementation:
    """Return which implementation `new_windows` picks by itself."""
    return "reference" if _KERNEL is None else "kernel"


def new_windows(plan: WindowPlan, *, key: bytes, force: Implementation | None = None) -> Windows:
    """Return empty windows; `force` picks one implementation; raise LookupError when it is not there."""
    wanted = force or implementation()
    if wanted == "reference":
        return ReferenceWindows(plan, key=key)
    if _KERNEL is None:
        raise LookupError("the compiled kernel is not there")
    windows: Windows = _KERNEL.KernelWindows(plan, key=key)
    return windows
