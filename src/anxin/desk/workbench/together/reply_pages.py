"""Reply to the party, write a note, check carefully: the part that shows what was said."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import NotFound, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.incidents.actions.contacts import end_care
from anxin.desk.operations.incidents.actions.notes import add_note
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.replies.actions import check_carefully, send_reply
from anxin.desk.workbench.together.conversation import (
    HOLDING,
    Typed,
    get_conversation,
    parse_reply,
    read_typed,
    written_channels,
)
from anxin.desk.workbench.together.deeds import DEEDS
from anxin.desk.workbench.together.rendering import render_part

TITLE = Words("沟通", "Conversation")


@require_GET
@page
def panel(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show what was said, and the two composers with their drafts."""
    return _shown(request, by, incident_id)


@require_POST
@page
def send(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Send a reply; what has to be decided first is shown in its place, and nothing typed is lost."""
    typed = read_typed(request.POST)
    reply, sending = parse_reply(typed)
    try:
        send_reply(incident_id=incident_id, reply=reply, sending=sending, by=by, at=request.moment)
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        return _shown(request, by, incident_id, typed=typed, refusal=refusal)
    return redirect("replies:panel", incident_id)


@require_POST
@page
def note(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Write an internal note."""
    try:
        add_note(incident_id=incident_id, text=request.POST.get("text", ""), by=by, at=request.moment)
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        return _shown(request, by, incident_id, refusal=refusal)
    return redirect("replies:panel", incident_id)


@require_POST
@page
def careful(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Tell the customer that it is being checked; one's own reply waits, the promise runs on."""
    typed = read_typed(request.POST)
    reply, sending = parse_reply(typed)
    reason = request.POST.get("reason", "")
    try:
        check_carefully(incident_id=incident_id, reply=reply, sending=sending, reason=reason, by=by, at=request.moment)
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        return _shown(request, by, incident_id, refusal=refusal)
    return redirect("replies:panel", incident_id)


@require_POST
@page
def stop_care(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Go on after the check."""
    end_care(incident_id=incident_id, by=by, at=request.moment)
    return redirect("replies:panel", incident_id)


def _shown(
    request: DeskRequest, by: Actor, incident_id: str, *, typed: Typed | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    found = get_conversation(incident_id=incident_id, by=by, at=request.moment, typed=typed, refusal=refusal)
    context = {
        "talk": found,
        "incident_id": found.incident_id,
        "channels": written_channels(),
        "cares": choices("care").items(),
        "holding": say(HOLDING),
        "deeds": DEEDS,
    }
    return render_part(request, "replies", TITLE, context, refusal=refusal)
