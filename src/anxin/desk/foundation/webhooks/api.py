"""Calls about webhooks."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from anxin.desk.foundation.api.calls import caller, etag, require_version
from anxin.desk.foundation.api.document import VERSIONED
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.api.places import place_of
from anxin.desk.foundation.webhooks import actions
from anxin.desk.foundation.webhooks.queries import (
    DeliveryLine,
    EndpointLine,
    get_endpoint,
    list_deliveries,
    list_endpoints,
)

router = Router(tags=["webhooks"])


class WebhookIn(
    Given,
    json_schema_extra={"examples": [{"name": "shop", "url": "https://partner.example/anxin", "kinds": ["measure."]}]},
):
    """A webhook to add; `kinds` are prefixes of fact kinds, none means all."""

    name: str
    url: str
    kinds: tuple[str, ...] = ()


class WebhookList(Schema):
    """All webhooks of the organisation."""

    items: list[EndpointLine]


class SecretOut(Schema):
    """The signing secret, told this once."""

    id: str
    secret: str


class DeliveryList(Schema):
    """A page of deliveries, newest first."""

    items: list[DeliveryLine]
    next: str | None


class ReplayIn(Given):
    """What to send again: one delivery, or all that were given up."""

    delivery_id: str = ""


class CountOut(Schema):
    """How many."""

    count: int


@router.get("/webhooks", response=WebhookList)
def list_(request: HttpRequest) -> dict[str, object]:
    """List the webhooks."""
    by, _ = caller(request)
    return {"items": list_endpoints(by=by)}


@router.post("/webhooks", response={201: SecretOut})
def open_(request: HttpRequest, body: WebhookIn) -> Status[dict[str, str]]:
    """Add a webhook; it gets facts from now on."""
    by, at = caller(request)
    opened = actions.open_endpoint(name=body.name, url=body.url, kinds=body.kinds, by=by, at=at)
    return Status(201, {"id": opened.endpoint_id, "secret": opened.secret})


@router.get("/webhooks/{slug:webhook_id}", response=EndpointLine)
def get(request: HttpRequest, webhook_id: str, response: HttpResponse) -> EndpointLine:
    """Return one webhook; its ETag is needed to change it."""
    by, _ = caller(request)
    found = get_endpoint(endpoint_id=webhook_id, by=by)
    response["ETag"] = etag(found.version)
    return found


@router.get("/webhooks/{slug:webhook_id}/deliveries", response=DeliveryList)
def deliveries(
    request: HttpRequest,
    webhook_id: str,
    state: Literal["", "waiting", "delivered", "given_up"] = "",
    cursor: str = place_of("msg"),
) -> dict[str, object]:
    """List deliveries, newest first."""
    by, _ = caller(request)
    items = list_deliveries(endpoint_id=webhook_id, state=state, before=cursor, by=by)
    return {"items": items, "next": items[-1].id if len(items) == 100 else None}


@router.post("/webhooks/{slug:webhook_id}:rotate", response=SecretOut, openapi_extra=VERSIONED)
def rotate(request: HttpRequest, webhook_id: str) -> dict[str, str]:
    """Give it another secret; for a day both sign."""
    by, at = caller(request)
    require_version(request, get_endpoint(endpoint_id=webhook_id, by=by).version)
    opened = actions.rotate_secret(endpoint_id=webhook_id, by=by, at=at)
    return {"id": opened.endpoint_id, "secret": opened.secret}


@router.post("/webhooks/{slug:webhook_id}:disable", response={204: None})
def disable(request: HttpRequest, webhook_id: str) -> Status[None]:
    """Send nothing more; what waits is kept."""
    by, at = caller(request)
    actions.disable_endpoint(endpoint_id=webhook_id, by=by, at=at)
    return Status(204, None)


@router.post("/webhooks/{slug:webhook_id}:enable", response={204: None})
def enable(request: HttpRequest, webhook_id: str) -> Status[None]:
    """Send again from where it stopped."""
    by, at = caller(request)
    actions.enable_endpoint(endpoint_id=webhook_id, by=by, at=at)
    return Status(204, None)


@router.post("/webhooks/{slug:webhook_id}:replay", response=CountOut)
def replay(request: HttpRequest, webhook_id: str, body: ReplayIn) -> dict[str, int]:
    """Send again."""
    by, at = caller(request)
    return {"count": actions.replay(endpoint_id=webhook_id, delivery_id=body.delivery_id, by=by, at=at)}
