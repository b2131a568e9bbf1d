"""Reviews on the screen: what is due, one review, its corrective actions, and the panel of an incident."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.oversight.reviews.actions import improving, writing
from anxin.desk.oversight.reviews.choices import choices
from anxin.desk.oversight.reviews.forms import (
    EntryForm,
    ImprovementForm,
    read_day,
    read_moment,
    read_number,
    require_valid,
)
from anxin.desk.oversight.reviews.panels import action_panel, review_filters, review_panel, review_table
from anxin.desk.oversight.reviews.queries import (
    SHOWN,
    count_due,
    find_review,
    get_review,
    list_actions,
    list_reviews,
)


@require_GET
@page
def reviews(request: DeskRequest, by: Actor) -> HttpResponse:
    """List the reviews that are due, the next first."""
    shown = request.GET.get("shown", "")
    shown = shown if shown in SHOWN else "due"
    lines, following = list_reviews(by=by, at=request.moment, shown=shown, after=request.GET.get("after", ""))
    next_href = f"?shown={shown}&after={following}" if following else None
    context = {
        "table": review_table(lines, kind_names(by.organisation_id), next_href),
        "filters": review_filters(shown),
        "counts": count_due(by=by, at=request.moment),
    }
    return render(request, "reviews/list.html", context)


@require_GET
@page
def review(request: DeskRequest, by: Actor, review_id: str) -> HttpResponse:
    """Show one review: what it says, the timeline by role, what is to become better."""
    panel = review_panel(get_review(review_id=review_id, by=by, at=request.moment), by)
    context = {
        "panel": panel,
        "line": panel.view.line,
        "entry_form": EntryForm(auto_id="entry_%s"),
        "improvement_form": ImprovementForm(auto_id="improvement_%s"),
        "types": choices("types").items(),
        "protections": choices("protections").items(),
    }
    return render(request, "reviews/review.html", context)


@require_GET
@page
def panel(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show an incident's review beside the incident: how far it is, what it found, what is open."""
    view = find_review(incident_id=incident_id, by=by, at=request.moment)
    context = {"panel": review_panel(view, by) if view is not None else None, "incident_id": incident_id}
    is_fragment = request.headers.get("HX-Request") == "true"
    return render(request, "reviews/panel.html" if is_fragment else "reviews/panel_page.html", context)


@require_GET
@page
def improvements(request: DeskRequest, by: Actor) -> HttpResponse:
    """List corrective actions, the next due first."""
    shown = request.GET.get("shown", "open")
    lines = list_actions(by=by, at=request.moment, shown=shown)
    shown_words = (
        ("open", Words("进行中", "Under way")),
        ("mine", Words("我负责的", "Mine")),
        ("check", Words("待核验", "To check")),
        ("done", Words("已完成", "Done")),
    )
    context = {"actions": [action_panel(each) for each in lines], "shown": shown, "choices": shown_words}
    return render(request, "reviews/improvements.html", context)


@require_POST
@page
def schedule(request: DeskRequest, by: Actor, review_id: str) -> HttpResponse:
    """Take a review on and say when it is held."""
    held_at, type_ = read_moment(request.POST, "held"), request.POST.get("type", "")
    writing.schedule_review(review_id=review_id, held_at=held_at, type_=type_, by=by, at=request.moment)
    return redirect("review", review_id)


@require_POST
@page
def write(request: DeskRequest, by: Actor, review_id: str) -> HttpResponse:
    """Write down a finding, praise, or what helped."""
    form = EntryForm(request.POST)
    require_valid(form)
    writing.write_entry(review_id=review_id, entry=form.entry(), by=by, at=request.moment)
    return redirect("review", review_id)


@require_POST
@page
def refer(request: DeskRequest, by: Actor, review_id: str) -> HttpResponse:
    """Refer to an event of the timeline."""
    seq = read_number(request.POST, "event")
    writing.refer_to(review_id=review_id, event_seq=seq, by=by, at=request.moment)
    return redirect("review", review_id)


@require_POST
@page
def protect(request: DeskRequest, by: Actor, review_id: str) -> HttpResponse:
    """Protect a decision made in good faith."""
    seq, reason = read_number(request.POST, "event"), request.POST.get("reason", "")
    writing.protect_decision(review_id=review_id, event_seq=seq, reason=reason, by=by, at=request.moment)
    return redirect("review", review_id)


@require_POST
@page
def reveal(request: DeskRequest, by: Actor, review_id: str) -> HttpResponse:
    """Show the facilitator who acted, for a minute, and record it."""
    seq, purpose = read_number(request.POST, "event"), request.POST.get("purpose", "")
    name = writing.reveal_who(review_id=review_id, event_seq=seq, purpose=purpose, by=by, at=request.moment)
    masked = say(Words("同事", "a colleague"))
    response = render(request, "reviews/revealed.html", {"name": name, "masked": masked, "review_id": review_id})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@page
def publish(request: DeskRequest, by: Actor, review_id: str) -> HttpResponse:
    """Publish a review."""
    writing.publish(review_id=review_id, by=by, at=request.moment)
    return redirect("review", review_id)


@require_POST
@page
def improve(request: DeskRequest, by: Actor, review_id: str) -> HttpResponse:
    """Ask for a corrective action."""
    form = ImprovementForm(request.POST)
    require_valid(form)
    improving.ask_for(form.improvement(), review_id=review_id, by=by, at=request.moment)
    return redirect("review", review_id)


@require_POST
@page
def prove(request: DeskRequest, by: Actor, action_id: str) -> HttpResponse:
    """Give the proof of one's own action."""
    proof_ref = request.POST.get("proof_ref", "")
    row = improving.give_proof(action_id=action_id, proof_ref=proof_ref, by=by, at=request.moment)
    return redirect("review", row.review_id)


@require_POST
@page
def check(request: DeskRequest, by: Actor, action_id: str) -> HttpResponse:
    """Say whether somebody's proof proves it."""
    is_proven = request.POST.get("finding") == "proven"
    note = request.POST.get("note", "")
    row = improving.check_proof(action_id=action_id, is_proven=is_proven, note=note, by=by, at=request.moment)
    return redirect("review", row.review_id)


@require_POST
@page
def accept(request: DeskRequest, by: Actor, action_id: str) -> HttpResponse:
    """Accept the risk until a day."""
    until, reason = read_day(request.POST, "until"), request.POST.get("reason", "")
    row = improving.accept_risk(action_id=action_id, until=until, reason=reason, by=by, at=request.moment)
    return redirect("review", row.review_id)
