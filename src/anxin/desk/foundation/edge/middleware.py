"""Give each request its moment and id, and turn refusals into answers."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse

from anxin.desk.foundation.edge.answers import render_refusal
from anxin.desk.foundation.edge.clock import now
from anxin.desk.foundation.edge.refusals import MethodUnknown, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest

_REQUEST_ID = re.compile(r"(?=[0-9-]*[a-f])[0-9a-f-]{16,64}")
"""UUIDs and random hexadecimal; the id is kept in clear, so it may not be able to hold a phone or an ID number."""


class EdgeMiddleware:
    """The outermost of the desk's own: moment, request id, refusals."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        desk_request = cast("DeskRequest", request)
        desk_request.moment = now()
        offered = request.headers.get("X-Request-Id", "")
        desk_request.request_id = offered if _REQUEST_ID.fullmatch(offered) else secrets.token_hex(8)
        response = self._get_response(request)
        if response.status_code == MethodUnknown.status:
            response = _say_method(desk_request, response["Allow"])
        response["X-Request-Id"] = desk_request.request_id
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal; faults go on to the error page."""
        if isinstance(exception, Refusal):
            return render_refusal(cast("DeskRequest", request), exception)
        return None


def _say_method(request: DeskRequest, allowed: str) -> HttpResponse:
    """Say in words what the framework answers with an empty page."""
    answer = render_refusal(request, MethodUnknown(method=request.method, allowed=allowed))
    answer["Allow"] = allowed
    return answer
