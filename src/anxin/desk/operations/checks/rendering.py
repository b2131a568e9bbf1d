"""A part of the page by itself, or within the whole page for a browser without scripts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.operations.checks.kinds import KINDS


def render_part(request: DeskRequest, name: str, context: dict[str, object]) -> HttpResponse:
    """Show the part `name`; nothing of it is kept by the browser."""
    is_fragment = request.headers.get("HX-Request") == "true"
    given = {"kinds": KINDS, "fragment": f"checks/{name}.html"} | context
    response = render(request, f"checks/{name}.html" if is_fragment else "checks/box.html", given)
    response["Cache-Control"] = "no-store"
    return response
