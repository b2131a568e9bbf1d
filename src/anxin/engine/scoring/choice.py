"""The walk that serves: the compiled kernel when it was built, else its pure-Python twin."""

from __future__ import annotations

from anxin.engine.scoring import reference

try:
    from anxin.engine.scoring.trees import TreeWalk
except ImportError:
    TreeWalk = reference.TreeWalk  # type: ignore[assignment, misc]  # same interface, told by the stub beside the kernel

IS_COMPILED: bool = TreeWalk.__module__ != reference.__name__

__all__ = ["IS_COMPILED", "TreeWalk"]
