"""What a program writes of a fault that nobody caught, wherever it was: its kind and places.

Its sentence and its values stay away: they may hold anything, also what somebody wrote about somebody.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

Tell = Callable[[str, BaseException], None]
"""Gets where it was, and the fault."""


def render_fault(fault: BaseException) -> str:
    """Return kind and places of a fault, each cause before what came of it, as a traceback does."""
    told, seen = list[str](), set[int]()
    each: BaseException | None = fault
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        told.append("\n".join((f"{type(each).__module__}.{type(each).__qualname__}", *_places(each))))
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return "\n".join(reversed(told))


def _places(fault: BaseException) -> list[str]:
    steps = traceback.walk_tb(fault.__traceback__)
    return [f"  {step.f_code.co_filename}:{line} {step.f_code.co_name}" for step, line in steps]


def tell_plainly(where: str, fault: BaseException) -> None:
    """Write a fault to standard error."""
    sys.stderr.write(f"{where}\n{render_fault(fault)}\n")


def catch_uncaught(tell: Tell = tell_plainly) -> None:
    """Tell what ends the main thread or another, and what fails where nobody can hear of it, as a finalizer.

    The exit code stays Python's: 1 when the main thread ended so.
    """

    def of_program(kind: type[BaseException], fault: BaseException, _trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, fault, None)
        else:
            tell("the program ended by a fault", fault)

    def of_thread(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is not None and not issubclass(ended.exc_type, SystemExit):
            name = ended.thread.name if ended.thread is not None else "?"
            tell(f"thread {name} ended by a fault", ended.exc_value)

    def unheard(failed: sys.UnraisableHookArgs) -> None:
        if failed.exc_value is not None:
            tell("a fault that nobody hears of", failed.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = of_program, of_thread, unheard
