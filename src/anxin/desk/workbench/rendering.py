"""Render a page whole, or only the part of it that a script puts into the page that is open."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from anxin.desk.foundation.edge.requests import DeskRequest


def render_whole_or(
    part: str, whole: str, context: Mapping[str, object], *, request: DeskRequest, target: str
) -> HttpResponse:
    """Render `whole`, or `part` alone when the element with the id `target` is all that will be replaced."""
    is_part = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") == target
    response = render(request, part if is_part else whole, dict(context))
    # Both have one address: coming back must never show the part alone.
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    if is_part:
        response["Cache-Control"] = "no-store"
    return response
