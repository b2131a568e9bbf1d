"""Protect somebody at once, watch it take effect, take it back, review it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.access import named_incident
from anxin.desk.operations.measures import actions
from anxin.desk.operations.measures.actions import Target
from anxin.desk.operations.measures.catalogue import reasons
from anxin.desk.operations.measures.errors import AmountNeeded, Standing
from anxin.desk.operations.measures.forms import (
    HOURS,
    NOTE_LENGTH,
    Typed,
    parse_amount,
    parse_cursor,
    parse_hours,
    parse_standing,
    read_order,
    read_panel,
)
from anxin.desk.operations.measures.panels import (
    FINDINGS,
    filters,
    hours_alone,
    look_again_ms,
    may_release_alone,
    parse_filter,
    protect_panel,
    standing,
)
from anxin.desk.operations.measures.queries import get_measure, page_measures
from anxin.desk.operations.measures.verification import answer_question, awaits_answer


@require_GET
@page
def measures(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show the measures that stand, with their ends; filtered, the others."""
    given = request.GET.dict()
    chosen, before = parse_filter(given), parse_cursor(given.pop("before", ""))
    lines, following = page_measures(chosen, by=by, at=request.moment, before=before)
    kept = urlencode({name: value for name, value in given.items() if value} | {"before": following})
    context = {
        "rows": [standing(each, by) for each in lines],
        "filters": filters(chosen),
        "chosen": chosen,
        "here_href": request.get_full_path(),
        "next_href": f"{reverse('measures')}?{kept}" if following else "",
    }
    return render(request, "measures/list.html", context)


@require_GET
@page
def panel(request: DeskRequest, by: Actor, kind: str, key: str) -> HttpResponse:
    """Show what protects an entity, and what can."""
    return _panel(request, by, (kind, key), read_panel(request.GET))


@require_POST
@page
def order(request: DeskRequest, by: Actor, kind: str, key: str) -> HttpResponse:
    """Order a measure, or ask for it; a refusal is said in its place, with the way to ask."""
    require(by, "entity.view")
    typed = read_order(request.POST)
    try:
        _order(request, by, (kind, key), typed)
    except Refusal as refusal:
        return _panel(request, by, (kind, key), typed, refusal)
    return redirect(_panel_path(kind, key, typed.incident))


@require_GET
@page
def measure(request: DeskRequest, by: Actor, measure_id: str) -> HttpResponse:
    """Show one measure: how it stands, and what may be done about it."""
    line = get_measure(measure_id=measure_id, by=by, at=request.moment)
    context: dict[str, object] = {"each": standing(line, by), "findings": FINDINGS.items()}
    context["awaits_answer"] = awaits_answer(measure_id=measure_id, by=by)
    return render(request, "measures/measure.html", context | {"look_again_ms": look_again_ms([line], request.moment)})


@require_POST
@page
def undo(request: DeskRequest, by: Actor, measure_id: str) -> HttpResponse:
    """Take one's own measure back."""
    actions.undo_measure(measure_id=measure_id, note=_note(request), by=by, at=request.moment)
    return _back(request, by, measure_id)


@require_POST
@page
def release(request: DeskRequest, by: Actor, measure_id: str) -> HttpResponse:
    """End somebody's measure, or ask for a second person to end it."""
    act = actions.release_measure if may_release_alone(by) else actions.ask_to_release
    act(measure_id=measure_id, note=_note(request), by=by, at=request.moment)
    return _back(request, by, measure_id)


@require_POST
@page
def extend(request: DeskRequest, by: Actor, measure_id: str) -> HttpResponse:
    """Ask a second person to let it last longer."""
    actions.ask_to_extend(measure_id=measure_id, note=_note(request), by=by, at=request.moment)
    return _back(request, by, measure_id)


@require_POST
@page
def review(request: DeskRequest, by: Actor, measure_id: str) -> HttpResponse:
    """Say afterwards how it was."""
    finding = request.POST.get("finding", "")
    actions.review_measure(measure_id=measure_id, finding=finding, note=_note(request), by=by, at=request.moment)
    return _back(request, by, measure_id)


@require_POST
@page
def answer(request: DeskRequest, by: Actor, measure_id: str) -> HttpResponse:
    """Write down what the platform's duty desk said on the phone: whether the measure stands there."""
    said = parse_standing(request.POST.get("standing", ""))
    answer_question(measure_id=measure_id, is_standing=said, receipt=_note(request), by=by, at=request.moment)
    return _back(request, by, measure_id)


def _order(request: DeskRequest, by: Actor, entity: tuple[str, str], typed: Typed) -> None:
    incident_id = named_incident(typed.incident, by=by)
    target = Target(*entity, parse_amount(typed.amount), incident_id)
    if typed.is_request:
        actions.ask_for_measure(
            typed.kind,
            target,
            reason=typed.reason,
            note=typed.note,
            hours=parse_hours(typed.hours),
            by=by,
            at=request.moment,
        )
        return
    hours = parse_hours(typed.hours) or hours_alone(typed.kind, by)
    actions.order_measure(
        typed.kind, target, reason=typed.reason, note=typed.note, hours=hours, by=by, at=request.moment
    )


def _panel(
    request: DeskRequest, by: Actor, entity: tuple[str, str], typed: Typed, refusal: Refusal | None = None
) -> HttpResponse:
    kind, key = entity
    shown = protect_panel(kind, key, chosen=typed.kind, by=by, at=request.moment)
    context = {
        "kind": kind,
        "key": key,
        "panel": shown,
        "typed": typed,
        "refusal": refusal.sentence(get_language() or "zh") if refusal else "",
        "refused_id": refusal.details.get("measure", "") if isinstance(refusal, Standing) else "",
        "needs_amount": isinstance(refusal, AmountNeeded),
        "can_ask": refusal is not None and refusal.status == 403 and not typed.is_request,
        "reasons": reasons().items(),
        "hours": HOURS,
        "note_length": NOTE_LENGTH,
    }
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "measures/panel.html" if is_fragment else "measures/protect.html"
    response = render(request, template, context, status=422 if refusal else 200)
    response["Cache-Control"] = "no-store"
    return response


def _note(request: DeskRequest) -> str:
    return request.POST.get("note", "").strip()[:NOTE_LENGTH]


def _back(request: DeskRequest, by: Actor, measure_id: str) -> HttpResponse:
    """Lead back to where the button stood: the panel of the entity, or the measure's own page."""
    if request.POST.get("from") != "panel":
        return redirect("measure", measure_id)
    line = get_measure(measure_id=measure_id, by=by, at=request.moment)
    return redirect(_panel_path(line.entity_kind, line.entity_key, parse_cursor(request.POST.get("incident", ""))))


def _panel_path(kind: str, key: str, incident_id: str) -> str:
    path = reverse("measures_panel", args=[kind, key])
    return f"{path}?{urlencode({'incident': incident_id})}" if incident_id else path
