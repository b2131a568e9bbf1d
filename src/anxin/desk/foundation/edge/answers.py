"""How a refusal looks: a problem document for programs, a fragment or a page for people."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import get_language

from anxin.desk.foundation.edge.refusals import Refusal, SignInNeeded
from anxin.desk.foundation.edge.requests import DeskRequest


def is_call(request: HttpRequest) -> bool:
    """Tell whether a program asks by the API, which is answered with documents and never with pages."""
    return request.path.startswith("/api/")


def render_refusal(request: DeskRequest, refusal: Refusal) -> HttpResponse:
    """Answer the refusal with its status; a page that needs a signed-in person leads to the sign-in instead."""
    if is_call(request):
        return _problem(request, refusal)
    is_fragment = request.headers.get("HX-Request") == "true"
    if isinstance(refusal, SignInNeeded) and not is_fragment:
        return redirect("/accounts/login/?" + urlencode({"next": _way_back(request)}))
    template = "ui/refusal_fragment.html" if is_fragment else "ui/refusal.html"
    context: dict[str, object] = {
        "sentence": refusal.sentence(get_language() or "zh"),
        "code": refusal.code,
        "status": refusal.status,
    }
    context["way_back"] = _way_back(request)
    return render(request, template, context, status=refusal.status)


def _way_back(request: DeskRequest) -> str:
    """Return the path of the page that the person was on: where to go on after showing a factor again."""
    if request.method == "GET":
        return request.get_full_path()
    come_from = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    return come_from.path if come_from.netloc == request.get_host() and come_from.path else "/"


def _problem(request: DeskRequest, refusal: Refusal) -> JsonResponse:
    body: dict[str, object] = {
        "type": f"about:blank#{refusal.code}",
        "title": refusal.sentence(get_language() or "zh"),
        "status": refusal.status,
        "code": refusal.code,
        "request_id": request.request_id,
    }
    if refusal.pointer is not None:
        body["pointer"] = refusal.pointer
    if refusal.unmet:
        body["unmet_guards"] = list(refusal.unmet)
    return JsonResponse(body, status=refusal.status, content_type="application/problem+json")
