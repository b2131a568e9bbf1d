"""What a secret is limited to, checked once."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.edge.yaml_files import parse_yaml
from anxin.desk.foundation.ui.words import Words

LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Limits:
    """Scopes, networks (CIDR; none: from anywhere) and the end of a secret; `rate` and `burst` are the gateway's."""

    scopes: tuple[str, ...]
    expires_at: datetime
    networks: tuple[str, ...] = ()
    rate: int = 0
    burst: int = 100


@cache
def gateway_scopes() -> Mapping[str, Words]:
    """Return the scopes of gateway keys."""
    return {name: Words(each["zh"], each["en"]) for name, each in _document()["gateway"].items()}


@cache
def desk_scopes() -> tuple[str, ...]:
    """Return the permissions that a desk token may carry."""
    return tuple(_document()["desk"])


def check_limits(limits: Limits, *, allowed: frozenset[str], at: datetime) -> None:
    """Raise FieldInvalid unless scopes are known, networks are networks, and the end lies within a year."""
    if not limits.scopes or set(limits.scopes) - allowed:
        raise _wrong("scopes", "权限范围", ", ".join(sorted(allowed)), "、".join(sorted(allowed)))
    if not at < limits.expires_at <= at + LONGEST:
        raise _wrong("expires_at", "到期日", "within a year from now", "须在一年之内")
    for network in limits.networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            raise _wrong("networks", "网段", "CIDR, e.g. 203.0.113.0/24", "CIDR 格式，例如 203.0.113.0/24") from None
    if limits.rate < 0 or limits.burst < 1:
        raise _wrong("rate", "速率", "not negative; burst at least 1", "不能为负，突发量至少为 1")


def _wrong(pointer: str, zh: str, reason: str, reason_zh: str) -> FieldInvalid:
    return FieldInvalid(pointer=f"/{pointer}", field=pointer, field_zh=zh, reason=reason, reason_zh=reason_zh)


def _document() -> dict[str, dict[str, dict[str, str]]]:
    text = Path(__file__).with_name("scopes.yaml").read_text(encoding="utf-8")
    document: dict[str, dict[str, dict[str, str]]] = parse_yaml(text)
    return document
