"""The first page after signing in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest


@page
def home(request: DeskRequest, _by: Actor) -> HttpResponse:
    """Show where to go from here."""
    return render(request, "workbench/home.html")
