"""The rota on the screen."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.rota import actions
from anxin.desk.operations.rota.access import EDIT
from anxin.desk.operations.rota.forms import parse_post, parse_wall, parse_week
from anxin.desk.operations.rota.queries import list_choices, list_plans, list_posts, zone_of
from anxin.desk.operations.rota.roles import duty_roles

WEEKDAYS = tuple(
    (str(number), Words(f"周{zh}", en))
    for number, (zh, en) in enumerate(
        zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
    )
)


@require_GET
@page
def rota(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show who is on call now and next, the gaps, and the plans."""
    can_edit = by.grant(EDIT) is not None
    people, sites = list_choices(by=by) if can_edit else ((), ())
    context = {
        "posts": list_posts(by=by, at=request.moment),
        "plans": list_plans(by=by, at=request.moment),
        "can_edit": can_edit,
        "can_take": by.grant("incident.work") is not None,
        "people": people,
        "sites": sites,
        "roles": tuple(duty_roles().values()),
        "weekdays": WEEKDAYS,
        "zone": zone_of(by.organisation_id),
    }
    return render(request, "rota/rota.html", context)


@require_POST
@page
def plan(request: DeskRequest, by: Actor) -> HttpResponse:
    """Plan somebody for each week."""
    week = parse_week(request.POST, zone=zone_of(by.organisation_id), at=request.moment)
    person_id = request.POST.get("person", "")
    actions.plan_week(parse_post(request.POST.dict()), week, person_id=person_id, by=by, at=request.moment)
    return redirect("rota")


@require_POST
@page
def cover(request: DeskRequest, by: Actor) -> HttpResponse:
    """Let somebody stand in."""
    typed = request.POST.dict()
    begin, end = parse_wall(typed, "from"), parse_wall(typed, "until")
    person_id = typed.get("person", "")
    actions.plan_cover(parse_post(typed), begin, end, person_id=person_id, by=by, at=request.moment)
    return redirect("rota")


@require_POST
@page
def take_over(request: DeskRequest, by: Actor) -> HttpResponse:
    """Take over what runs now."""
    actions.take_over(parse_post(request.POST.dict()), by=by, at=request.moment)
    return redirect("rota")


@require_POST
@page
def end(request: DeskRequest, by: Actor, plan_id: str) -> HttpResponse:
    """End a plan."""
    actions.end_plan(plan_id=plan_id, by=by, at=request.moment)
    return redirect("rota")
