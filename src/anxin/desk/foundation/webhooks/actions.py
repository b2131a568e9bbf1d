"""Add endpoints, rotate their secrets, switch them off and on, send again."""

from __future__ import annotations

import base64
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.vault.sealing import seal
from anxin.desk.foundation.webhooks.access import access_endpoint
from anxin.desk.foundation.webhooks.addresses import Network, parse_target
from anxin.desk.foundation.webhooks.facts import WebhookTested
from anxin.desk.foundation.webhooks.models import Delivery, Endpoint
from anxin.desk.foundation.webhooks.posting import SECRET_PREFIX

BOTH_SECRETS = timedelta(hours=24)
_MOST_ENDPOINTS = 20
_MOST_AGAIN = 10_000


@dataclass(frozen=True)
class Opened:
    """An endpoint and its secret, which is shown once."""

    endpoint_id: str
    secret: str


def inner_networks() -> Sequence[Network]:
    """Return the networks inside that this installation allows as targets."""
    return tuple(ipaddress.ip_network(each) for each in settings.ANXIN.webhook_networks)


@transaction.atomic
def open_endpoint(*, name: str, url: str, kinds: Sequence[str], by: Actor, at: datetime) -> Opened:
    """Deliver facts from now on to `url`; `kinds` are prefixes of fact kinds, none means all. Raise UrlRefused."""
    require(by, "webhook.configure")
    parse_target(url, inner=inner_networks())
    if not name.strip():
        raise FieldInvalid(pointer="/name", field="name", reason="empty", reason_zh="不能为空")
    endpoint_id = new_id("whk", at=at)
    record_entry("webhook.open", by=by, at=at, on=("webhook", endpoint_id))
    if Endpoint.objects.filter(organisation_id=by.organisation_id).count() >= _MOST_ENDPOINTS:
        raise FieldInvalid(pointer="/url", field="url", reason=f"at most {_MOST_ENDPOINTS}", reason_zh="已达上限")
    secret = _new_secret()
    Endpoint.objects.create(
        id=endpoint_id,
        organisation_id=by.organisation_id,
        name=name.strip()[:80],
        url_sealed=seal(by.organisation_id, url, about=f"webhook.url:{endpoint_id}", at=at),
        secret_sealed=seal(by.organisation_id, secret, about=f"webhook.secret:{endpoint_id}", at=at),
        kinds=" ".join(kinds),
        cursor=lock_head(by.organisation_id).fact_seq,
        created_at=at,
    )
    return Opened(endpoint_id, secret)


@transaction.atomic
def rotate_secret(*, endpoint_id: str, by: Actor, at: datetime) -> Opened:
    """Give the endpoint another secret; for a day every message is signed with both."""
    endpoint = access_endpoint(endpoint_id=endpoint_id, by=by)
    record_entry("webhook.rotate", by=by, at=at, on=("webhook", endpoint_id))
    secret = _new_secret()
    endpoint.old_secret_sealed, endpoint.old_secret_until = endpoint.secret_sealed, at + BOTH_SECRETS
    endpoint.secret_sealed = seal(by.organisation_id, secret, about=f"webhook.secret:{endpoint_id}", at=at)
    endpoint.version += 1
    endpoint.save()
    return Opened(endpoint_id, secret)


@transaction.atomic
def disable_endpoint(*, endpoint_id: str, by: Actor, at: datetime) -> None:
    """Send nothing more; what waits is kept for a replay."""
    endpoint = access_endpoint(endpoint_id=endpoint_id, by=by)
    record_entry("webhook.disable", by=by, at=at, on=("webhook", endpoint_id), details={"why": "asked"})
    Endpoint.objects.filter(pk=endpoint.pk).update(disabled_at=at, disabled_why="asked")


@transaction.atomic
def enable_endpoint(*, endpoint_id: str, by: Actor, at: datetime) -> None:
    """Send again from where it stopped: nothing between was lost."""
    endpoint = access_endpoint(endpoint_id=endpoint_id, by=by)
    record_entry("webhook.enable", by=by, at=at, on=("webhook", endpoint_id))
    Endpoint.objects.filter(pk=endpoint.pk).update(disabled_at=None, disabled_why="", failing_since=None)


@transaction.atomic
def replay(*, endpoint_id: str, delivery_id: str, by: Actor, at: datetime) -> int:
    """Send one delivery again, or ("" for `delivery_id`) all that were given up; return how many."""
    endpoint = access_endpoint(endpoint_id=endpoint_id, by=by)
    rows = Delivery.objects.filter(endpoint=endpoint)
    chosen = rows.filter(pk=delivery_id) if delivery_id else rows.filter(state=Delivery.State.GIVEN_UP)
    keys = list(chosen.values_list("pk", flat=True)[:_MOST_AGAIN])
    record_entry("webhook.replay", by=by, at=at, on=("webhook", endpoint_id), details={"n": len(keys)})
    return Delivery.objects.filter(pk__in=keys).update(state=Delivery.State.WAITING, attempts=0, next_at=at)


@transaction.atomic
def probe_endpoint(*, endpoint_id: str, by: Actor, at: datetime) -> None:
    """Publish a fact that every endpoint of the organisation gets, so that one can see it arrive."""
    access_endpoint(endpoint_id=endpoint_id, by=by)
    record_entry("webhook.test", by=by, at=at, on=("webhook", endpoint_id))
    publish_fact(WebhookTested(endpoint_id), organisation_id=by.organisation_id, at=at)


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
