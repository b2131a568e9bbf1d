"""The actor behind a token of the desk's API."""

from __future__ import annotations

import hmac
import ipaddress
from datetime import datetime

from anxin.desk.foundation.edge.actor import Actor, ActorKind, Grade, Grant
from anxin.desk.foundation.service_accounts.drawing import hash_secret
from anxin.desk.foundation.service_accounts.models import DeskToken

_PREFIX = "Bearer axd_"


def actor_of_token(header: str, *, at: datetime, address: str = "") -> Actor | None:
    """Return the service account behind an Authorization header, or None when it is no token that works now.

    `address` is the caller's; a token bound to networks works from there only. The actor holds the token's scopes, no
    role that sees a personal field, and is never strong.
    """
    if not header.startswith(_PREFIX):
        return None
    token_id, _, secret = header.removeprefix(_PREFIX).partition("_")
    row = DeskToken.objects.select_related("account").filter(pk=token_id).first()
    expected = row.secret_hash if row is not None else "0" * 64
    matches = hmac.compare_digest(hash_secret(secret), expected)
    if row is None or not matches or row.revoked_at is not None or row.account.closed_at is not None:
        return None
    if not row.created_at <= at < row.expires_at or not _is_from(row.networks, address):
        return None
    if row.used_on != at.date():
        DeskToken.objects.filter(pk=row.pk).update(used_on=at.date())
    return Actor(
        organisation_id=row.organisation_id,
        kind=ActorKind.SERVICE,
        label=row.account.name,
        person_id=row.account_id,
        roles=frozenset({"integrator"}),
        grants={scope: Grant(Grade.ALONE) for scope in row.scopes.split(",")},
        session_id=row.id,
    )


def _is_from(networks: str, address: str) -> bool:
    if not networks:
        return True
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(peer in ipaddress.ip_network(each) for each in networks.split(","))
