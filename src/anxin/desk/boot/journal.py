"""What the desk writes into its journal: no address as it was typed, no value of a fault: they may hold anything."""

from __future__ import annotations

import logging
from types import TracebackType

from anxin.faults import catch_uncaught, render_fault

_LOG = logging.getLogger(__name__)
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
        return render_fault(ei[1]) if ei[1] is not None else ""


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


class LoopFaults(logging.Filter):
    """Takes from what the event loop says of a fault the tasks and arguments it prints: they hold its values."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Leave its first line where there is no fault, which names what happened only; let everything through."""
        first = record.getMessage().partition("\n")[0]
        record.msg, record.args = ("a fault in the event loop" if record.exc_info else first), ()
        return True


def watch_faults() -> None:
    """Write what nobody caught, in whatever thread, as the rest of the journal; for the programs."""
    catch_uncaught(lambda where, fault: _LOG.critical(where, exc_info=fault))
