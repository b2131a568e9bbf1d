"""What the desk writes into its journal: never an address as it was typed, which may hold anything."""

from __future__ import annotations

import logging


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
