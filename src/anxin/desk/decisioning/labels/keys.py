"""The desk's own key for labels: drawn when missing, ordered through the control stream, renewed before it ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.decisioning.labels.models import LabelKey
from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.control.actions import order_gateway
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.service_accounts.drawing import draw_gateway_key
from anxin.desk.foundation.vault.sealing import seal, unseal

LASTS = timedelta(days=90)
RENEWED_BEFORE = timedelta(days=7)
BURST = 500


def label_key(organisation_id: str, *, at: datetime) -> str:
    """Return the key in clear, for one request; a fresh one works once the gateway has obeyed its order."""
    row = LabelKey.objects.filter(pk=organisation_id).first()
    if row is None or row.expires_at - at < RENEWED_BEFORE:
        return draw_key(organisation_id, at=at)
    return unseal(organisation_id, bytes(row.secret_sealed), about=f"label.key:{organisation_id}")


@transaction.atomic
def draw_key(organisation_id: str, *, at: datetime) -> str:
    """Draw a key, order it of the gateway, keep it sealed, and return it in clear; the one before is revoked."""
    lock_head(organisation_id)
    slug = Organisation.objects.values_list("slug", flat=True).get(pk=organisation_id)
    drawn, expires_at = draw_gateway_key(), at + LASTS
    by = system_actor(organisation_id, "labels")
    record_entry("label.key", by=by, at=at, on=("organisation", organisation_id), details={"key": drawn.id})
    body = {
        "key_id": drawn.id,
        "secret_hash": drawn.secret_hash,
        "scopes": ["label"],
        "networks": [],
        "rate": 0,
        "burst": BURST,
        "expires_at": to_ms(expires_at),
    }
    order_gateway("key.put", body, organisation=slug, at=at)
    before = LabelKey.objects.filter(pk=organisation_id).first()
    if before is not None:
        order_gateway("key.revoke", {"key_id": before.key_id}, organisation=slug, at=at)
    sealed = seal(organisation_id, drawn.text, about=f"label.key:{organisation_id}", at=at)
    LabelKey.objects.update_or_create(
        organisation_id=organisation_id,
        defaults={"key_id": drawn.id, "secret_sealed": sealed, "drawn_at": at, "expires_at": expires_at},
    )
    return drawn.text
