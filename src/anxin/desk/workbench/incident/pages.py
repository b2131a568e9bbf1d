"""One incident on the screen: its page, its parts as they change, and every command in place."""

from __future__ import annotations

from django import forms as django_forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anxin.desk.decisioning.decisions.reveals import purpose_choices
from anxin.desk.decisioning.decisions.rule_titles import rule_titles
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import Conflict, NotFound, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import Forbidden, require
from anxin.desk.operations.incidents.detail import list_tiles
from anxin.desk.operations.incidents.queries import list_similar, outcome_of
from anxin.desk.operations.incidents.stages import COMMANDS
from anxin.desk.workbench.incident import forms
from anxin.desk.workbench.incident.actions import note_viewing
from anxin.desk.workbench.incident.case import Case, guard_lines, read_case
from anxin.desk.workbench.incident.changes import changes_since
from anxin.desk.workbench.incident.commands import CommandForm, Where, command_forms, run_command
from anxin.desk.workbench.incident.contacts import list_contacts
from anxin.desk.workbench.incident.risk import (
    first_reasons,
    list_targets,
    measures_of_case,
    money_row,
    risk_tiles,
)
from anxin.desk.workbench.incident.story import LANES, incident_story
from anxin.desk.workbench.incident.wording import lane_words
from anxin.desk.workbench.queue.rows import queue_rows
from anxin.desk.workbench.rendering import render_whole_or


@require_GET
@page
def incident(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show one incident with everything to do about it."""
    at = request.moment
    case = read_case(incident_id=incident_id, by=by, at=at)
    context = _parts(case, by, request) | {
        "targets": list_targets(case.found),
        "lines": incident_story(case.found, (), by=by, with_platform=False),
        "lanes": _lanes(""),
    }
    response = render_whole_or(
        "incident/opened.html", "incident/incident.html", context, request=request, target="case"
    )
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@page
def now(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show the parts that commands change, as they are now."""
    case = read_case(incident_id=incident_id, by=by, at=request.moment)
    return render(request, "incident/parts.html", _parts(case, by, request) | {"is_swap": True})


@require_GET
@page
def story(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show what happened, one lane or all."""
    case = read_case(incident_id=incident_id, by=by, at=request.moment)
    chosen = request.GET.get("lane", "")
    lane = chosen if chosen in LANES else ""
    ordered = measures_of_case(case.found, by=by, at=request.moment)
    lines = incident_story(case.found, ordered, by=by, lane=lane)
    context = {"case": case, "lines": lines, "lanes": _lanes(lane), "lane": lane, "is_whole": True}
    return render(request, _fragment(request, "incident/story.html"), context | {"part": "incident/story.html"})


@require_GET
@page
def risk(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show who and what is in it and why that is a risk, with its age."""
    at = request.moment
    case = read_case(incident_id=incident_id, by=by, at=at)
    views = list_tiles(incident_id=incident_id, by=by, at=at) if by.grant("entity.view") else ()
    context = {
        "case": case,
        "tiles": risk_tiles(case.found, views, at=at, titles=rule_titles(by) if views else {}),
        "contacts": list_contacts(incident_id=incident_id, by=by),
        "similar": queue_rows(list_similar(case.found.row, by=by, limit=6), by=by, at=at),
        "purposes": purpose_choices(),
        "part": "incident/tiles.html",
    }
    return render(request, _fragment(request, "incident/tiles.html"), context)


@require_POST
@page
def presence(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Note that somebody looks, and show who else does."""
    others = note_viewing(incident_id=incident_id, by=by, at=request.moment)
    return render(request, "incident/present.html", {"others": others})


@require_http_methods(["GET", "POST"])
@page
def do(request: DeskRequest, by: Actor, incident_id: str, command: str) -> HttpResponse:
    """Ask for a command in place, and do it; a refusal keeps what was typed and says what is missing."""
    form_of = command_forms().get(command)
    if form_of is None:
        raise NotFound
    case = read_case(incident_id=incident_id, by=by, at=request.moment)
    require(by, COMMANDS[command].permission, at_least=COMMANDS[command].at_least)
    if request.method == "GET":
        return _ask(request, by, case, form_of, _form(form_of, case, None, request.GET.dict()))
    form = _form(form_of, case, request.POST, None)
    if not form.is_valid():
        return _ask(request, by, case, form_of, form, status=422)
    try:
        done = run_command(form_of, _where(request, by, incident_id), form)
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        return _ask(request, by, case, form_of, form, refusal=refusal, status=422)
    return _answer(request, by, form_of, incident_id, done)


def _where(request: DeskRequest, by: Actor, incident_id: str) -> Where:
    given = request.POST.get("version", "")
    version = int(given) if given.isascii() and given.isdecimal() else None
    return {"incident_id": incident_id, "by": by, "at": request.moment, "version": version}


def _form(form_of: CommandForm, case: Case, data: object, initial: object) -> django_forms.Form:
    found = case.found
    about = forms.About(
        level=found.line.level,
        kind=found.kind,
        signals=found.signals,
        is_foreign=case.now.is_held and not case.now.is_mine,
        has_reporter=case.now.has_reporter,
        has_victims=case.now.victims > 0,
    )
    return forms.build_form(form_of.fields, about, data, initial)


def _ask(
    request: DeskRequest,
    by: Actor,
    case: Case,
    form_of: CommandForm,
    form: django_forms.Form,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    seen = request.POST.get("seen", "")
    is_stale = isinstance(refusal, Conflict) and seen.isascii() and seen.isdecimal()
    context = {
        "case": case,
        "command": form_of,
        "form": form,
        "guards": guard_lines(form_of.code, case, by=by),
        "refusal": refusal.sentence(get_language() or "zh") if refusal is not None else "",
        "changes": changes_since(int(seen), incident_id=case.found.line.id, by=by) if is_stale else (),
        "part": "incident/ask.html",
        "is_alone": request.headers.get("HX-Request") != "true",
    }
    return render(request, _fragment(request, "incident/ask.html"), context, status=status)


def _answer(
    request: DeskRequest, by: Actor, form_of: CommandForm, incident_id: str, done: object
) -> HttpResponse | HttpResponseRedirect:
    """Show what came of it; where it goes on in another incident, lead there."""
    outcome = outcome_of(done) if not hasattr(done, "seq") else None  # type: ignore[arg-type]
    onward = outcome.id if outcome is not None and outcome.id != incident_id else incident_id
    if request.headers.get("HX-Request") != "true":
        return redirect("incident", onward)
    if onward != incident_id:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = redirect("incident", onward).url
        return response
    case = read_case(incident_id=incident_id, by=by, at=request.moment)
    context = {"command": form_of, "approval_id": outcome.approval_id if outcome is not None else ""}
    return render(request, "incident/done.html", _parts(case, by, request) | context | {"is_swap": True})


def _parts(case: Case, by: Actor, request: DeskRequest) -> dict[str, object]:
    """Return what the parts show that commands change."""
    return {
        "case": case,
        "reasons": first_reasons(case.found),
        "sums": money_row(case.found),
        "measures": [each for each in measures_of_case(case.found, by=by, at=request.moment) if each.ended_at is None],
    }


def _lanes(chosen: str) -> list[tuple[str, object, bool]]:
    return [(code, words, code == chosen) for code, words in lane_words().items()]


def _fragment(request: DeskRequest, template: str) -> str:
    return template if request.headers.get("HX-Request") == "true" else "incident/alone.html"
