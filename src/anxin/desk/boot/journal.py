"""What the desk writes into its journal: no address as it was typed, no value of a fault: they may hold anything."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

_Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlacesOnly(logging.Formatter):
    """Writes of a fault and its causes what kind they are and where they passed, without their sentences and values."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line, and below it the places of its fault; what another handler made of it is not used."""
        made, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = made

    def formatException(self, ei: _Fault) -> str:  # noqa: N802 the name is the framework's
        """Write each cause before what came of it, as a traceback does."""
        fault = ei[1]
        told, seen = list[str](), set[int]()
        while fault is not None and id(fault) not in seen:
            seen.add(id(fault))
            told.append("\n".join((f"{type(fault).__module__}.{type(fault).__qualname__}", *_places(fault))))
            fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
        return "\n".join(reversed(told))


def _places(fault: BaseException) -> list[str]:
    steps = traceback.walk_tb(fault.__traceback__)
    return [f"  {step.f_code.co_filename}:{line} {step.f_code.co_name}" for step, line in steps]


class RoutesOnly(logging.Filter):
    """Replaces the path of a request by the pattern it fits and the request's id."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the framework's own sentences about a request; let everything through."""
        request = getattr(record, "request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            route = match.route if match is not None else "-"
            number = getattr(request, "request_id", "-")
            record.msg = "%s %s route=%s request=%s"
            record.args = (getattr(record, "status_code", "-"), getattr(request, "method", "-"), route, number)
        return True
