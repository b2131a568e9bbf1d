"""Orders about API keys in the control stream: only hashes travel, never a secret."""

from __future__ import annotations

import ipaddress
import re

import msgspec

from anxin.engine.control import ControlRefused
from anxin.engine.log.records import ControlRecord
from anxin.gateway.keys import SCOPES, ApiKey, KeyBook

PREFIX = "key."
_KEY_ID = re.compile(r"[0-9a-f]{12}")
_HASH = re.compile(r"[0-9a-f]{64}")


class PutKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Add a key or change its limits; `secret_hash` is the SHA-256 of its secret in hex. Fields as in `ApiKey`."""

    key_id: str
    secret_hash: str
    scopes: tuple[str, ...]
    networks: tuple[str, ...] = ()
    rate: int = 0
    burst: int = 100
    expires_at: int | None = None


class RevokeKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Revoke a key for good."""

    key_id: str


def obey_key_order(book: KeyBook, organisation: str, record: ControlRecord) -> None:
    """Take `key.put` or `key.revoke` into effect for one organisation; raise ControlRefused and change nothing."""
    try:
        _obey(book, organisation, record)
    except KeyError:
        raise ControlRefused(kind=record.kind, reason="there is no such key") from None
    except (msgspec.DecodeError, ValueError) as problem:
        raise ControlRefused(kind=record.kind, reason=str(problem)) from None


def _obey(book: KeyBook, organisation: str, record: ControlRecord) -> None:
    if record.kind == "key.put":
        book.put(_checked(msgspec.json.decode(record.body, type=PutKey), organisation, record))
    elif record.kind == "key.revoke":
        key_id = msgspec.json.decode(record.body, type=RevokeKey).key_id
        if book.get(key_id).organisation != organisation:
            raise KeyError(key_id)
        book.revoke(key_id)
    else:
        raise ControlRefused(kind=record.kind, reason="unknown kind")


def _checked(order: PutKey, organisation: str, record: ControlRecord) -> ApiKey:
    if not _KEY_ID.fullmatch(order.key_id) or not _HASH.fullmatch(order.secret_hash):
        raise ControlRefused(kind=record.kind, reason="key_id has 12 and secret_hash 64 hexadecimal digits")
    if not order.scopes or set(order.scopes) - set(SCOPES):
        raise ControlRefused(kind=record.kind, reason=f"scopes are {', '.join(SCOPES)}")
    for network in order.networks:
        ipaddress.ip_network(network)
    fields = msgspec.structs.asdict(order) | {"organisation": organisation, "created_at": record.at}
    return ApiKey(**fields)
