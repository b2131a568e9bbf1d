"""Pages about people and permissions."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.organisations.queries import list_my_permissions


@page
def my_permissions(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show what the signed-in person may do, and who can do the rest."""
    return render(request, "organisations/my_permissions.html", {"lines": list_my_permissions(by=by)})
