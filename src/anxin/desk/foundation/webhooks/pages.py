"""Webhooks on the screen."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.webhooks import actions
from anxin.desk.foundation.webhooks.queries import get_endpoint, list_deliveries, list_endpoints


@require_GET
@page
def endpoints(request: DeskRequest, by: Actor) -> HttpResponse:
    """List the endpoints."""
    return render(request, "webhooks/endpoints.html", {"endpoints": list_endpoints(by=by)})


@require_POST
@page
def open_(request: DeskRequest, by: Actor) -> HttpResponse:
    """Add an endpoint and show its secret once."""
    given = request.POST
    kinds = given.get("kinds", "").replace(",", " ").split()
    name, url = given.get("name", ""), given.get("url", "").strip()
    opened = actions.open_endpoint(name=name, url=url, kinds=kinds, by=by, at=request.moment)
    return render(request, "webhooks/secret.html", {"opened": opened})


@require_GET
@page
def endpoint(request: DeskRequest, by: Actor, endpoint_id: str) -> HttpResponse:
    """Show one endpoint and its deliveries."""
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    deliveries = list_deliveries(endpoint_id=endpoint_id, state=state, before=before, by=by)
    context = {"endpoint": get_endpoint(endpoint_id=endpoint_id, by=by), "deliveries": deliveries, "state": state}
    return render(request, "webhooks/endpoint.html", context)


@require_POST
@page
def rotate(request: DeskRequest, by: Actor, endpoint_id: str) -> HttpResponse:
    """Give it another secret and show it once."""
    opened = actions.rotate_secret(endpoint_id=endpoint_id, by=by, at=request.moment)
    return render(request, "webhooks/secret.html", {"opened": opened})


@require_POST
@page
def replay(request: DeskRequest, by: Actor, endpoint_id: str) -> HttpResponse:
    """Send again."""
    delivery_id = request.POST.get("delivery", "")
    actions.replay(endpoint_id=endpoint_id, delivery_id=delivery_id, by=by, at=request.moment)
    return redirect("webhook", endpoint_id)


@require_POST
@page
def switch(request: DeskRequest, by: Actor, endpoint_id: str, word: str) -> HttpResponse:
    """Disable, enable or test it."""
    acts = {"disable": actions.disable_endpoint, "enable": actions.enable_endpoint, "test": actions.probe_endpoint}
    acts[word](endpoint_id=endpoint_id, by=by, at=request.moment)
    return redirect("webhook", endpoint_id)
