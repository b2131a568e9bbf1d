"""What the worker does for webhooks: make deliveries of new facts, and send what is due."""

from __future__ import annotations

import json
import logging
import random
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError, transaction

from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.audit.models import AuditHead
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.duties import Duty, one_by_one
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.vault.errors import KeyServiceUnreachable, SealBroken, Shredded
from anxin.desk.foundation.vault.sealing import unseal
from anxin.desk.foundation.webhooks.actions import inner_networks
from anxin.desk.foundation.webhooks.addresses import parse_target
from anxin.desk.foundation.webhooks.errors import UrlRefused
from anxin.desk.foundation.webhooks.facts import WebhookDisabled
from anxin.desk.foundation.webhooks.models import Delivery, Endpoint
from anxin.desk.foundation.webhooks.posting import Attempt, Message, post
from anxin.desk.foundation.webhooks.schedule import GIVE_UP_AFTER, next_attempt

_LOG = logging.getLogger(__name__)
FACTS_AT_ONCE = 500
DUE_AT_ONCE = 100
OF_ONE_ENDPOINT = 10
_SENDERS = 8
_CHANCE = random.Random()


def enqueue(at: datetime) -> int:
    """Make a delivery of each new fact for each endpoint that wants it; return how many facts were looked at."""
    endpoints = list(Endpoint.objects.filter(disabled_at=None))
    if not endpoints:
        return 0
    heads = dict(AuditHead.objects.values_list("organisation_id", "fact_seq"))
    behind = [each for each in endpoints if heads.get(each.organisation_id, 0) > each.cursor]
    return one_by_one((each.pk for each in behind), lambda each: _enqueue_alone(each, at), at=at)


def _enqueue_alone(endpoint_id: str, at: datetime) -> int:
    """Enqueue for one endpoint; one whose facts cannot be made deliveries of is shown as failing."""
    try:
        return _enqueue_for(endpoint_id, at)
    except Exception as fault:
        if not isinstance(fault, OperationalError | InterfaceError):
            Endpoint.objects.filter(pk=endpoint_id, failing_since=None).update(failing_since=at)
        raise


@transaction.atomic
def _enqueue_for(endpoint_id: str, at: datetime) -> int:
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    facts = list(
        Fact.objects.filter(organisation_id=endpoint.organisation_id, seq__gt=endpoint.cursor).order_by("seq")[
            :FACTS_AT_ONCE
        ]
    )
    if not facts:
        return 0
    prefixes = tuple(endpoint.kinds.split())
    wanted = [each for each in facts if not prefixes or each.kind.startswith(prefixes)]
    Delivery.objects.bulk_create(_delivery(endpoint, each, at) for each in wanted)
    Endpoint.objects.filter(pk=endpoint_id).update(cursor=facts[-1].seq)
    return len(facts)


def _delivery(endpoint: Endpoint, fact: Fact, at: datetime) -> Delivery:
    body = {
        "type": fact.kind,
        "timestamp": fact.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "sequence": fact.seq,
        "data": json.loads(fact.payload),
    }
    return Delivery(
        id=new_id("msg", at=at),
        organisation_id=endpoint.organisation_id,
        endpoint=endpoint,
        fact_seq=fact.seq,
        kind=fact.kind,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        next_at=at,
        created_at=at,
    )


@dataclass(frozen=True)
class _Parcel:
    """All that one thread needs to send to one endpoint; `url` None when it could not be unsealed."""

    endpoint: Endpoint
    messages: tuple[Message, ...]
    timestamp: int
    url: str | None = None
    secrets: tuple[str, ...] = ()


def deliver(at: datetime) -> int:
    """Send what is due, endpoints side by side so that a slow one keeps nobody waiting; return how many were sent."""
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=at, endpoint__disabled_at=None)
    by_endpoint: dict[str, list[Delivery]] = defaultdict(list)
    for each in due.select_related("endpoint").order_by("next_at", "fact_seq")[:DUE_AT_ONCE]:
        if len(by_endpoint[each.endpoint_id]) < OF_ONE_ENDPOINT:
            by_endpoint[each.endpoint_id].append(each)
    if not by_endpoint:
        return 0
    parcels = [_pack(rows, at) for rows in by_endpoint.values()]
    with ThreadPoolExecutor(_SENDERS, "webhooks") as senders:
        results = list(senders.map(_send, parcels))
    return sum(_settle(parcel, attempts, at) for parcel, attempts in zip(parcels, results, strict=True))


def _pack(rows: list[Delivery], at: datetime) -> _Parcel:
    endpoint = rows[0].endpoint
    parcel = _Parcel(endpoint, tuple(Message(each.id, each.body) for each in rows), int(at.timestamp()))
    where, about = endpoint.organisation_id, f"webhook.secret:{endpoint.id}"
    sealed = [bytes(endpoint.secret_sealed)]
    if endpoint.old_secret_sealed is not None and endpoint.old_secret_until and at < endpoint.old_secret_until:
        sealed.append(bytes(endpoint.old_secret_sealed))
    try:
        url = unseal(where, bytes(endpoint.url_sealed), about=f"webhook.url:{endpoint.id}")
        secrets = tuple(unseal(where, each, about=about) for each in sealed)
    except (SealBroken, Shredded, KeyServiceUnreachable) as problem:
        _LOG.error("the endpoint %s cannot be unsealed: %s", endpoint.pk, type(problem).__name__)
        return parcel
    return replace(parcel, url=url, secrets=secrets)


def _send(parcel: _Parcel) -> list[Attempt]:
    """Send in order and stop at the first that is not taken: the rest would fare no better now."""
    made: list[Attempt] = []
    for message in parcel.messages:
        made.append(_attempt(parcel, message))
        if not made[-1].is_accepted:
            break
    return made


def _attempt(parcel: _Parcel, message: Message) -> Attempt:
    if parcel.url is None:
        return Attempt("sealed", None, 0)
    inner = inner_networks()
    try:
        target = parse_target(parcel.url, inner=inner)
        return post(message, target, parcel.secrets, timestamp=parcel.timestamp, inner=inner)
    except UrlRefused:
        return Attempt("inward", None, 0)
    except Exception as fault:  # noqa: BLE001 what the others were sent has to be noted all the same
        _LOG.error("sending to %s failed: %s", parcel.endpoint.pk, type(fault).__name__)
        return Attempt("fault", None, 0)


@transaction.atomic
def _settle(parcel: _Parcel, attempts: Iterable[Attempt], at: datetime) -> int:
    endpoint, count = Endpoint.objects.select_for_update().get(pk=parcel.endpoint.pk), 0
    for message, attempt in zip(parcel.messages, attempts, strict=False):
        count += 1
        _note(message.message_id, attempt, at)
        if attempt.is_accepted:
            endpoint.failing_since = None
        elif endpoint.failing_since is None:
            endpoint.failing_since = at
        if attempt.outcome == "gone":
            _disable(endpoint, "gone", at)
    if endpoint.failing_since and at - endpoint.failing_since >= GIVE_UP_AFTER and endpoint.disabled_at is None:
        _disable(endpoint, "failing", at)
    endpoint.save(update_fields=("failing_since", "disabled_at", "disabled_why"))
    return count


def _note(delivery_id: str, attempt: Attempt, at: datetime) -> None:
    row = Delivery.objects.get(pk=delivery_id)
    row.attempts += 1
    row.outcome, row.status, row.took_ms = attempt.outcome, attempt.status, attempt.took_ms
    if attempt.is_accepted:
        row.state, row.delivered_at = Delivery.State.DELIVERED, at
    else:
        again = next_attempt(row.attempts, at=at, chance=_CHANCE)
        row.state = Delivery.State.WAITING if again else Delivery.State.GIVEN_UP
        row.next_at = again or row.next_at
    row.save()


def _disable(endpoint: Endpoint, why: str, at: datetime) -> None:
    by = system_actor(endpoint.organisation_id, "webhooks")
    record_entry("webhook.disable", by=by, at=at, on=("webhook", endpoint.id), details={"why": why})
    endpoint.disabled_at, endpoint.disabled_why = at, why
    publish_fact(WebhookDisabled(endpoint.id, why), organisation_id=endpoint.organisation_id, at=at)


DUTIES: tuple[Duty, ...] = (
    Duty("webhooks.enqueue", 0.5, enqueue),
    Duty("webhooks.deliver", 1.0, deliver),
)
