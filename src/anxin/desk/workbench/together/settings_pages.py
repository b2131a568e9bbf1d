"""What an organisation sets about incidents: kinds with procedure, level and allocation, and its promises."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.organisations.queries import list_departments
from anxin.desk.foundation.permissions.authority import Forbidden, require
from anxin.desk.foundation.permissions.catalogue import roles
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.actions import configuring, recomputing
from anxin.desk.operations.incidents.clockwork import current_policy
from anxin.desk.operations.incidents.kinds import IncidentKind, KindChange, find_kind, list_kinds, shipped_kinds
from anxin.desk.operations.incidents.settings_text import (
    differing,
    export_kinds,
    promise_text,
    settings_of,
)
from anxin.desk.workbench.together.rendering import render_part
from anxin.desk.workbench.together.settings_forms import KindForm, PromiseForm

TITLE = Words("事件设置", "Incident settings")
CONFIGURE = "incident.configure"


@require_GET
@page
def settings(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show kinds and promises as they stand."""
    require(by, CONFIGURE)
    return _shown(request, by)


@require_GET
@page
def kinds_text(request: DeskRequest, by: Actor) -> HttpResponse:
    """Give all kinds as YAML."""
    require(by, CONFIGURE)
    text = export_kinds(by.organisation_id, at=request.moment)
    headers = {"Content-Disposition": 'attachment; filename="kinds.yaml"'}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)


@require_POST
@page
def set_kinds(request: DeskRequest, by: Actor) -> HttpResponse:
    """Put into force what differs."""
    given = request.POST.get("text", "")
    return _done(request, by, lambda: configuring.import_kinds(text=given, by=by, at=request.moment))


@require_http_methods(["GET", "POST"])
@page
def kind(request: DeskRequest, by: Actor, code: str) -> HttpResponse:
    """Show what is set of one kind, and change it, or go back to what is shipped."""
    require(by, CONFIGURE)
    found, shipped = find_kind(by.organisation_id, code, at=request.moment), shipped_kinds().get(code)
    if found is None or shipped is None:
        raise NotFound
    reset = _reset(request.POST.get("reset", ""), found, shipped)
    form = KindForm(None if reset else request.POST or None, kind=found, names=_assignable(by))
    if request.method == "POST" and (reset or form.is_valid()):
        change = reset or form.change()
        try:
            if differing(found, change):
                configuring.set_kind(kind=code, change=change, by=by, at=request.moment)
        except FieldInvalid as refusal:
            return _kind_shown(request, found, form, refusal)
        return redirect("incident_settings:page")
    return _kind_shown(request, found, form)


def _reset(which: str, found: IncidentKind, shipped: IncidentKind) -> KindChange | None:
    """Return how a kind is as it is shipped, or only its name; None for neither."""
    if which == "name":
        return {**settings_of(found), "name": settings_of(shipped)["name"]}
    return settings_of(shipped) if which else None


def _kind_shown(
    request: DeskRequest, found: IncidentKind, form: KindForm, refusal: Refusal | None = None
) -> HttpResponse:
    shipped = shipped_kinds()
    context = {
        "kind": found,
        "form": form,
        "is_own": differing(shipped[found.code], settings_of(found)),
        "shipped_words": shipped[found.code].words,
        "is_renamed": shipped[found.code].words != found.words,
        "procedures": sorted({each.procedure for each in shipped.values()}),
    }
    response = render_part(request, "kind", found.words, context, refusal=refusal)
    response.status_code = 422 if form.errors else response.status_code
    return response


def _assignable(by: Actor) -> dict[str, Words]:
    """Return who can stand in an allocation, with words."""
    names, people = _names(by), roles()
    return {
        code: words if code in people else Words(f"{words.zh}（部门）", f"{words.en} (department)")
        for code in sorted(configuring.assignable(by.organisation_id), key=lambda each: (each not in people, each))
        if code != "integrator" and (words := names.get(code, Words(code, code)))
    }


@require_POST
@page
def set_minutes(request: DeskRequest, by: Actor) -> HttpResponse:
    """Put other minutes of the promise into force for what begins after it."""
    require(by, CONFIGURE)
    form = PromiseForm(request.POST, policy=current_policy(by.organisation_id, at=request.moment))
    if not form.is_valid():
        return _shown(request, by, minutes=form)
    return _done(request, by, lambda: configuring.set_minutes(minutes=form.minutes(), by=by, at=request.moment))


@require_POST
@page
def set_promise(request: DeskRequest, by: Actor) -> HttpResponse:
    """Put a promise into force for what begins after it."""
    given = request.POST.get("text", "")
    return _done(request, by, lambda: configuring.set_policy(text=given, by=by, at=request.moment))


@require_POST
@page
def recompute(request: DeskRequest, by: Actor) -> HttpResponse:
    """Ask a second person to compute running promises anew."""
    return _done(request, by, lambda: recomputing.ask_to_recompute(by=by, at=request.moment))


def _names(by: Actor) -> dict[str, Words]:
    """Return what roles and departments are called."""
    departments = {each.code: Words(each.name_zh, each.name_en) for each in list_departments(by=by)}
    return departments | {name: role.words for name, role in roles().items()}


def _done(request: DeskRequest, by: Actor, act: Callable[[], object]) -> HttpResponse:
    require(by, CONFIGURE)
    try:
        act()
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        return _shown(request, by, refusal=refusal)
    return redirect("incident_settings:page")


def _shown(
    request: DeskRequest, by: Actor, *, refusal: Refusal | None = None, minutes: PromiseForm | None = None
) -> HttpResponse:
    at = request.moment
    policy = current_policy(by.organisation_id, at=at)
    context = {
        "kinds": list_kinds(by.organisation_id, at=at),
        "kinds_text": export_kinds(by.organisation_id, at=at),
        "promise_version": policy.version,
        "minutes": minutes or PromiseForm(policy=policy),
        "promise": promise_text(by.organisation_id, at=at),
        "moved": recomputing.preview_recompute(by=by, at=at),
        "role_words": _names(by),
        "typed": request.POST.get("text", ""),
    }
    response = render_part(request, "settings", TITLE, context, refusal=refusal)
    response.status_code = 422 if minutes is not None else response.status_code
    return response
