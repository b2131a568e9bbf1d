"""Orders about API keys in the control stream: only hashes travel, never a secret."""

from __future__ import annotations

import ipaddress
import re

import msgspec

from anxin.engine.control import ControlRefused
from anxin.engine.log.records import ControlRecord
from anxin.engine.schema.refusals import words_of
from anxin.gateway.keys import SCOPES, ApiKey, KeyBook

PREFIX = "key."
PUT, REVOKE = "key.put", "key.revoke"
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
        raise ControlRefused(kind=record.kind, reason_zh="没有这个密钥", reason="there is no such key") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        zh, en = words_of(problem)
        raise ControlRefused(kind=record.kind, reason_zh=zh, reason=en) from None
    except ValueError as problem:
        told = "密钥编号已被占用，或该密钥已吊销"
        raise ControlRefused(kind=record.kind, reason_zh=told, reason=str(problem)) from None


def _obey(book: KeyBook, organisation: str, record: ControlRecord) -> None:
    if record.kind == PUT:
        book.put(ordered_key(msgspec.json.decode(record.body, type=PutKey), organisation, at=record.at))
    elif record.kind == REVOKE:
        key_id = msgspec.json.decode(record.body, type=RevokeKey).key_id
        if book.get(key_id).organisation != organisation:
            raise KeyError(key_id)
        book.revoke(key_id)
    else:
        raise ControlRefused(kind=record.kind, reason_zh="没有这种命令", reason="unknown kind")


def ordered_key(order: PutKey, organisation: str, *, at: int) -> ApiKey:
    """Return the key that an order of the time `at` (ms UTC) puts; raise ControlRefused when it cannot be one."""
    if not _KEY_ID.fullmatch(order.key_id) or not _HASH.fullmatch(order.secret_hash):
        told = "key_id 须为 12 位、secret_hash 须为 64 位十六进制数字"
        raise ControlRefused(kind=PUT, reason_zh=told, reason="key_id has 12 and secret_hash 64 hexadecimal digits")
    if not order.scopes or set(order.scopes) - set(SCOPES):
        known = ", ".join(SCOPES)
        raise ControlRefused(kind=PUT, reason_zh=f"权限须取自 {known}", reason=f"scopes are {known}")
    if order.rate < 0 or order.burst < 1:
        told = "rate 不能为负，burst 至少为 1"
        raise ControlRefused(kind=PUT, reason_zh=told, reason="rate is not negative, burst at least 1")
    for network in order.networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as problem:
            told = f"{network!r} 不是网络地址段，例如 10.0.0.0/8"
            raise ControlRefused(kind=PUT, reason_zh=told, reason=str(problem)) from None
    fields = msgspec.structs.asdict(order) | {"organisation": organisation, "created_at": at}
    return ApiKey(**fields)
