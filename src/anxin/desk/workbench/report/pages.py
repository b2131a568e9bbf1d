"""Report a risk that somebody sees: it folds into the incident it looks like, or opens one."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.organisations.choices import site_choices
from anxin.desk.foundation.permissions.authority import Forbidden, require
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.checks.access import access_check
from anxin.desk.operations.incidents.access import access_incident
from anxin.desk.operations.incidents.actions.signals import Promoted
from anxin.desk.operations.incidents.kinds import OTHER, kind_names
from anxin.desk.operations.incidents.reports import take_report
from anxin.desk.workbench.report.forms import KINDS, ReportForm, report_of

_TOLD = Words("已上报，事件 #{n}。", "Reported: incident #{n}.")
_FOLDED = Words("已并入正在处理的事件 #{n}。", "Added to incident #{n}, which is being worked on.")


@require_http_methods(["GET", "POST"])
@page
def report(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show the form, or take it and lead to the incident."""
    require(by, "incident.report")
    sites, kinds = _sites(by), kind_names(by.organisation_id)
    if request.method == "GET":
        form = ReportForm(initial=_given(request), sites=sites, kinds=kinds)
        return render(request, "report/report.html", {"form": form})
    form = ReportForm(request.POST, sites=sites, kinds=kinds)
    if not form.is_valid():
        return render(request, "report/report.html", {"form": form}, status=422)
    if form.cleaned_data["check_id"]:
        access_check(check_id=form.cleaned_data["check_id"], by=by, permission="check.run")
    told = report_of(form, only_site=sites[0][0])
    return _led_on(request, by, take_report(told, by=by, at=request.moment))


def _sites(by: Actor) -> list[tuple[str, str]]:
    """Return the sites a report may belong to; the whole organisation first for those who work for all of it."""
    open_ = site_choices(by)
    if by.sites is None:
        return [("", say(Words("整个组织", "the whole organisation"))), *(open_ if len(open_) > 1 else [])]
    return [each for each in open_ if each[0] in by.sites] or [("", "")]


def _given(request: HttpRequest) -> dict[str, str]:
    """Return what the page that leads here knows already: ids that are nobody's personal value."""
    kind, value = request.GET.get("entity_kind", ""), request.GET.get("entity_key", "")[:200]
    known = {"kind": OTHER, "key": secrets.token_hex(16), "check_id": request.GET.get("check", "")[:64]}
    if kind in KINDS and kind not in ("phone", "email", "ip"):
        role = "victim" if kind == "user" else "suspect"
        known |= {f"{role}_kind": kind, role: value}
    return known


def _led_on(request: HttpRequest, by: Actor, done: Promoted) -> HttpResponse:
    messages.success(request, say(_TOLD if done.is_new else _FOLDED, n=done.number))
    try:
        access_incident(incident_id=done.incident_id, by=by)
    except (Forbidden, NotFound):
        # A confidential kind: what was reported is kept, and is not the reporter's to see.
        return redirect("report")
    return redirect("incident", done.incident_id)
