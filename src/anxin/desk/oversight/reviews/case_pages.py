"""The case library on the screen: search, one case, drafts to confirm, cases like an incident."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.ui.words import say
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.oversight.reviews.actions import remembering
from anxin.desk.oversight.reviews.case_queries import CaseFilter, cases_like, get_case, list_drafts, search_cases
from anxin.desk.oversight.reviews.forms import CaseForm, require_valid
from anxin.desk.oversight.reviews.panels import case_filters, case_panel


@require_GET
@page
def cases(request: DeskRequest, by: Actor) -> HttpResponse:
    """Search the library."""
    given = {name: request.GET.get(name, "")[:100] for name in ("q", "kind", "factor", "rule")}
    chosen = CaseFilter(given["q"], given["kind"], given["factor"], given["rule"])
    lines, following = search_cases(chosen, by=by, after=request.GET.get("after", "")[:40])
    kept = urlencode({name: value for name, value in given.items() if value} | {"after": following})
    kinds = kind_names(by.organisation_id)
    context = {
        "cases": [case_panel(each, kinds) for each in lines],
        "drafts": [case_panel(each, kinds) for each in list_drafts(by=by)],
        "filters": case_filters(chosen, kinds),
        "next_href": f"?{kept}" if following else "",
    }
    return render(request, "reviews/cases.html", context)


@require_GET
@page
def case(request: DeskRequest, by: Actor, case_id: str) -> HttpResponse:
    """Show one case; a draft with the form that confirms it."""
    view = get_case(case_id=case_id, by=by)
    panel = case_panel(view.line, kind_names(by.organisation_id))
    initial = {"title": say(panel.kind), "text": view.line.text}
    context = {"view": view, "panel": panel, "form": CaseForm(initial=initial)}
    return render(request, "reviews/case.html", context)


@require_POST
@page
def confirm(request: DeskRequest, by: Actor, case_id: str) -> HttpResponse:
    """Take a case into the library."""
    form = CaseForm(request.POST)
    require_valid(form)
    remembering.confirm_case(case_id=case_id, **form.cleaned_data, by=by, at=request.moment)
    return redirect("case", case_id)


@require_POST
@page
def refuse(request: DeskRequest, by: Actor, case_id: str) -> HttpResponse:
    """Keep a case out of the library."""
    remembering.refuse_case(case_id=case_id, reason=request.POST.get("reason", ""), by=by, at=request.moment)
    return redirect("cases")


@require_GET
@page
def like(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show cases like an incident, beside it."""
    kinds = kind_names(by.organisation_id)
    found = [case_panel(each, kinds) for each in cases_like(incident_id=incident_id, by=by)]
    is_fragment = request.headers.get("HX-Request") == "true"
    return render(request, "reviews/like.html" if is_fragment else "reviews/like_page.html", {"cases": found})
