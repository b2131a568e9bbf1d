"""Reads about service accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.service_accounts.models import DeskToken, GatewayKey, ServiceAccount


@dataclass(frozen=True)
class AccountLine:
    """One account in the list."""

    id: str
    name: str
    created_at: datetime
    is_closed: bool


@dataclass(frozen=True)
class SecretLine:
    """One key or token; `state` is active, replaced, expired or revoked."""

    id: str
    kind: str
    scopes: tuple[str, ...]
    networks: str
    rate: int
    created_at: datetime
    expires_at: datetime
    state: str
    used_on: date | None = None


@dataclass(frozen=True)
class AccountCard:
    """One account with its secrets, newest first."""

    account: AccountLine
    secrets: tuple[SecretLine, ...]


def list_accounts(*, by: Actor) -> tuple[AccountLine, ...]:
    """Return the service accounts, open ones first; raise Forbidden."""
    require(by, "key.configure")
    rows = ServiceAccount.objects.filter(organisation_id=by.organisation_id).order_by("name")[:200]
    return tuple(sorted((_account_line(row) for row in rows), key=lambda line: line.is_closed))


def get_account(*, account_id: str, by: Actor, at: datetime) -> AccountCard:
    """Return one account with its keys and tokens; raise Forbidden, NotFound."""
    require(by, "key.configure")
    row = ServiceAccount.objects.filter(pk=account_id, organisation_id=by.organisation_id).first()
    if row is None:
        raise NotFound
    keys = [_line(each, "gateway", each.rate, at) for each in GatewayKey.objects.filter(account=row)[:200]]
    tokens = [_line(each, "desk", 0, at) for each in DeskToken.objects.filter(account=row)[:200]]
    return AccountCard(
        _account_line(row), tuple(sorted((*keys, *tokens), key=lambda each: each.created_at, reverse=True))
    )


def is_any_open(account_ids: Sequence[str]) -> bool:
    """Return whether one of these accounts is not closed."""
    return bool(account_ids) and ServiceAccount.objects.filter(pk__in=account_ids, closed_at=None).exists()


def _account_line(row: ServiceAccount) -> AccountLine:
    return AccountLine(row.id, row.name, row.created_at, row.closed_at is not None)


def _line(row: GatewayKey | DeskToken, kind: str, rate: int, at: datetime) -> SecretLine:
    return SecretLine(
        id=row.id,
        kind=kind,
        scopes=tuple(row.scopes.split(",")),
        networks=row.networks,
        rate=rate,
        created_at=row.created_at,
        expires_at=row.expires_at,
        state=_state(row, at),
        used_on=row.used_on if isinstance(row, DeskToken) else None,
    )


def _state(row: GatewayKey | DeskToken, at: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at <= at:
        return "expired"
    return "replaced" if isinstance(row, GatewayKey) and row.replaced_by else "active"
