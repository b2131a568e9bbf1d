"""Render a part: alone when htmx asks for it, else as a page of its own."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.ui.words import Words

Context = Mapping[str, object]


def render_part(
    request: DeskRequest, part: str, title: Words, context: Context, *, refusal: Refusal | None = None
) -> HttpResponse:
    """Render `together/<part>.html`; a refusal is said in it, with status 422."""
    sentence = refusal.sentence(get_language() or "zh") if refusal is not None else ""
    template = f"together/{part}.html"
    given = {**context, "refusal": sentence, "part": template, "title": title}
    is_fragment = request.headers.get("HX-Request") == "true"
    shown = template if is_fragment else "together/whole.html"
    response = render(request, shown, given, status=422 if refusal is not None else 200)
    response["Cache-Control"] = "no-store"
    return response
