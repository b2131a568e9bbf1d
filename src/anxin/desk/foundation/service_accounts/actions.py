"""Open and close service accounts; issue, rotate and revoke their secrets."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction

from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.control.actions import order_gateway
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.organisations.errors import Taken
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.service_accounts.drawing import Drawn, draw_desk_token, draw_gateway_key
from anxin.desk.foundation.service_accounts.limits import Limits, check_limits, desk_scopes, gateway_scopes
from anxin.desk.foundation.service_accounts.models import DeskToken, GatewayKey, ServiceAccount

CONFIGURE = "key.configure"
OVERLAP = timedelta(hours=24)
"""How long a rotated key still works, so that nothing stands still while the new one is rolled out."""

_NAME = re.compile(r"[a-z][a-z0-9-]{1,31}")
_SecretRow = TypeVar("_SecretRow", GatewayKey, DeskToken)


@transaction.atomic
def open_account(*, name: str, by: Actor, at: datetime) -> ServiceAccount:
    """Open an account for a program; raise Forbidden, FieldInvalid, Taken."""
    require(by, CONFIGURE)
    if not _NAME.fullmatch(name):
        rule, rule_zh = "2–32 small letters, digits and -", "2–32 个小写字母、数字和 -"
        raise FieldInvalid(pointer="/name", field="name", field_zh="名称", reason=rule, reason_zh=rule_zh)
    lock_head(by.organisation_id)
    if ServiceAccount.objects.filter(organisation_id=by.organisation_id, name=name, closed_at=None).exists():
        raise Taken(what="service account", what_zh="服务账号")
    account = ServiceAccount(id=new_id("svc", at=at), organisation_id=by.organisation_id, name=name, created_at=at)
    account.save(force_insert=True)
    record_entry("service.open", by=by, at=at, on=("service_account", account.id), details={"name": name})
    return account


@transaction.atomic
def close_account(*, account_id: str, by: Actor, at: datetime) -> None:
    """Close an account: its keys and tokens stop working."""
    account = _account(account_id, by)
    for key in GatewayKey.objects.filter(account=account, revoked_at=None):
        _revoke_key(key, by, at)
    for token in DeskToken.objects.filter(account=account, revoked_at=None):
        _revoke_token(token, by, at)
    account.closed_at = at
    account.save(update_fields=["closed_at"])
    record_entry("service.close", by=by, at=at, on=("service_account", account.id), details={"name": account.name})


@transaction.atomic
def issue_gateway_key(*, account_id: str, limits: Limits, by: Actor, at: datetime) -> str:
    """Issue a key of the gateway and return it in clear, the only time it can be seen; it works once committed."""
    account = _account(account_id, by)
    check_limits(limits, allowed=frozenset(gateway_scopes()), at=at)
    drawn = draw_gateway_key()
    key = GatewayKey(rate=limits.rate, burst=limits.burst)
    _keep(key, account, drawn=drawn, limits=limits, by=by, at=at)
    _put(key, at)
    _record("key.issue", key, by, at)
    return drawn.text


@transaction.atomic
def rotate_gateway_key(*, key_id: str, by: Actor, at: datetime) -> str:
    """Issue a successor with the same limits and return it in clear; the old one works for another 24 h at most."""
    old = _key(key_id, by)
    if old.expires_at <= at or old.replaced_by:
        raise NotFound
    account, limits = _account(old.account_id, by), _limits(old, at)
    drawn = draw_gateway_key()
    key = GatewayKey(rate=old.rate, burst=old.burst)
    _keep(key, account, drawn=drawn, limits=limits, by=by, at=at)
    old.replaced_by, old.expires_at = key.id, min(old.expires_at, at + OVERLAP)
    old.save(update_fields=["replaced_by", "expires_at"])
    _put(key, at)
    _put(old, at)
    _record("key.rotate", key, by, at, {"old": old.id})
    return drawn.text


@transaction.atomic
def revoke_gateway_key(*, key_id: str, by: Actor, at: datetime) -> None:
    """Revoke a key for good."""
    _revoke_key(_key(key_id, by), by, at)


@transaction.atomic
def issue_desk_token(*, account_id: str, limits: Limits, by: Actor, at: datetime) -> str:
    """Issue a token of the desk's API and return it in clear, the only time it can be seen."""
    account = _account(account_id, by)
    check_limits(limits, allowed=frozenset(desk_scopes()), at=at)
    drawn = draw_desk_token()
    token = DeskToken()
    _keep(token, account, drawn=drawn, limits=limits, by=by, at=at)
    _record("token.issue", token, by, at)
    return drawn.text


@transaction.atomic
def revoke_desk_token(*, token_id: str, by: Actor, at: datetime) -> None:
    """Revoke a token for good."""
    require(by, CONFIGURE)
    lock_head(by.organisation_id)
    token = DeskToken.objects.filter(pk=token_id, organisation_id=by.organisation_id, revoked_at=None).first()
    if token is None:
        raise NotFound
    _revoke_token(token, by, at)


def _account(account_id: str, by: Actor) -> ServiceAccount:
    require(by, CONFIGURE)
    lock_head(by.organisation_id)
    rows = ServiceAccount.objects.filter(organisation_id=by.organisation_id, closed_at=None)
    account = rows.filter(pk=account_id).first()
    if account is None:
        raise NotFound
    return account


def _key(key_id: str, by: Actor) -> GatewayKey:
    require(by, CONFIGURE)
    lock_head(by.organisation_id)
    key = GatewayKey.objects.filter(pk=key_id, organisation_id=by.organisation_id, revoked_at=None).first()
    if key is None:
        raise NotFound
    return key


def _keep(row: _SecretRow, account: ServiceAccount, *, drawn: Drawn, limits: Limits, by: Actor, at: datetime) -> None:
    row.id, row.secret_hash = drawn.id, drawn.secret_hash
    row.account, row.organisation_id = account, account.organisation_id
    row.scopes, row.networks = ",".join(limits.scopes), ",".join(limits.networks)
    row.created_at, row.created_by, row.expires_at = at, by.person_id or by.label, limits.expires_at
    row.save(force_insert=True)


def _limits(key: GatewayKey, at: datetime) -> Limits:
    length = key.expires_at - key.created_at
    networks = tuple(filter(None, key.networks.split(",")))
    return Limits(tuple(key.scopes.split(",")), at + length, networks, key.rate, key.burst)


def _put(key: GatewayKey, at: datetime) -> None:
    body = {
        "key_id": key.id,
        "secret_hash": key.secret_hash,
        "scopes": key.scopes.split(","),
        "networks": [each for each in key.networks.split(",") if each],
        "rate": key.rate,
        "burst": key.burst,
        "expires_at": to_ms(key.expires_at),
    }
    order_gateway("key.put", body, organisation=_slug(key.organisation_id), at=at)


def _revoke_key(key: GatewayKey, by: Actor, at: datetime) -> None:
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    order_gateway("key.revoke", {"key_id": key.id}, organisation=_slug(key.organisation_id), at=at)
    _record("key.revoke", key, by, at)


def _revoke_token(token: DeskToken, by: Actor, at: datetime) -> None:
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    _record("token.revoke", token, by, at)


def _slug(organisation_id: str) -> str:
    return Organisation.objects.values_list("slug", flat=True).get(pk=organisation_id)


def _record(
    act: str, row: GatewayKey | DeskToken, by: Actor, at: datetime, more: dict[str, Detail] | None = None
) -> None:
    details: dict[str, Detail] = {"key": row.id, "scopes": row.scopes, "networks": row.networks}
    record_entry(act, by=by, at=at, on=("service_account", row.account_id), details=details | (more or {}))
