"""Pages about the organisation's settings, sites and departments."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.organisations import configuration
from anxin.desk.foundation.organisations.choices import fill
from anxin.desk.foundation.organisations.forms import DepartmentForm, SettingsForm, SiteForm
from anxin.desk.foundation.organisations.queries import get_organisation, list_departments, list_sites
from anxin.desk.foundation.permissions.authority import require


@page
def organisation_settings(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show and change name, time zone and team mode."""
    require(by, configuration.CONFIGURE)
    row = get_organisation(by=by)
    now = {"name": row.name, "time_zone": row.time_zone, "is_small_team": row.is_small_team, "version": row.version}
    form = SettingsForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        configuration.configure_organisation(**form.cleaned_data, by=by, at=request.moment)
        return redirect("organisation_settings")
    context = {"form": form, "organisation": row}
    return render(request, "organisations/settings.html", context, status=422 if form.is_bound else 200)


@page
def sites(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show the sites, and add one."""
    require(by, configuration.CONFIGURE)
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        configuration.open_site(**form.cleaned_data, by=by, at=request.moment)
        return redirect("sites")
    context = {"form": form, "sites": list_sites(by=by)}
    return render(request, "organisations/sites.html", context, status=422 if form.is_bound else 200)


@require_POST
@page
def close_site(request: DeskRequest, by: Actor, site_id: str) -> HttpResponse:
    """Close a site."""
    configuration.close_site(site_id=site_id, by=by, at=request.moment)
    return redirect("sites")


@page
def departments(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show the departments, and add one."""
    require(by, configuration.CONFIGURE)
    if request.method == "POST":
        given = fill(DepartmentForm(request.POST))
        configuration.open_department(**given, by=by, at=request.moment)
        return redirect("departments")
    context = {"form": DepartmentForm(), "departments": list_departments(by=by)}
    return render(request, "organisations/departments.html", context)


@require_POST
@page
def close_department(request: DeskRequest, by: Actor, department_id: str) -> HttpResponse:
    """Close a department."""
    configuration.close_department(department_id=department_id, by=by, at=request.moment)
    return redirect("departments")
