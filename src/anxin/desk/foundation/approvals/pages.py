"""The inbox of approvals."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from anxin.desk.foundation.approvals import actions
from anxin.desk.foundation.approvals.queries import get_inbox, list_answer_times
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import require, require_fresh


@page
def inbox(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show what waits for this person, and what they asked for."""
    require(by, "desk.open")
    context = {
        "inbox": get_inbox(by=by, at=request.moment),
        "times": list_answer_times(by=by, at=request.moment),
    }
    return render(request, "approvals/inbox.html", context)


@require_POST
@page
def approve(request: DeskRequest, by: Actor, approval_id: str) -> HttpResponse:
    """Say yes, with a factor shown a moment ago."""
    require_fresh(by, at=request.moment)
    actions.approve(approval_id=approval_id, by=by, at=request.moment)
    return redirect("approvals")


@require_POST
@page
def decline(request: DeskRequest, by: Actor, approval_id: str) -> HttpResponse:
    """Say no, or take one's own request back."""
    reason = request.POST.get("reason", "")[:500]
    actions.decline(approval_id=approval_id, by=by, at=request.moment, reason=reason)
    return redirect("approvals")
