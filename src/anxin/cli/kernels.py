"""Compiled kernels: whether they are there, and what to do about one that does not fit the program beside it."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path
from types import TracebackType

KERNELS = ("anxin.engine.windows.kernel", "anxin.engine.scoring.trees", "anxin.engine.log.id_kernel")
MISFITS = (ImportError, AttributeError, TypeError, ValueError)
"""What calling a kernel of other sources ends in."""
SOURCES = frozenset({".pyx", ".pxi", ".pxd", ".h"})
REMEDY = (
    "编译好的内核比它的源码旧，与程序不一致（{names}）：请重新运行 make run；"
    "若自行安装，请运行 pip install --editable . 重新编译。",
    "The compiled kernel is older than its sources and does not fit the program ({names}): run make run again; "
    "where you installed it yourself, build it anew with pip install --editable .",
)


def which_runs() -> str:
    """Return in both languages what windows and scores are computed by."""
    missing = [name.rpartition(".")[2] for name in KERNELS if _compiled(name) is None]
    if not missing:
        return "已编译内核 compiled kernel"
    return f"较慢的纯 Python 参考实现 the slower pure-Python reference ({', '.join(missing)})"


def stale_kernels() -> list[str]:
    """Return the kernels that are older than their sources; where no sources lie beside them, none is."""
    return [name for name in KERNELS if (file := _compiled(name)) is not None and _is_stale(file)]


def tell_failure(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
    """Say how to mend a kernel that may have made a command fail; print the traceback of any other failure."""
    if not _tell_remedy(kind, trace, f"{kind.__name__}: {problem}"):
        sys.__excepthook__(kind, problem, trace)


def keep_remedy() -> None:
    """Say how to mend a kernel before what a program says of its own faults, without their sentences."""
    otherwise = sys.excepthook

    def tell(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
        if not _tell_remedy(kind, trace, kind.__name__):
            otherwise(kind, problem, trace)

    sys.excepthook = tell


def _tell_remedy(kind: type[BaseException], trace: TracebackType | None, last_word: str) -> bool:
    stale = stale_kernels() if issubclass(kind, MISFITS) else []
    if not stale:
        return False
    told = [each.format(names=", ".join(stale)) for each in REMEDY]
    last = traceback.extract_tb(trace)[-1:]
    told += [f"{each.filename}:{each.lineno}" for each in last]
    sys.stderr.write("\n".join([*told, last_word, ""]))
    return True


def _compiled(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    return None if found is None or found.origin is None else Path(found.origin)


def _is_stale(kernel: Path) -> bool:
    built = kernel.stat().st_mtime_ns
    return any(each.suffix in SOURCES and each.stat().st_mtime_ns > built for each in kernel.parent.iterdir())
