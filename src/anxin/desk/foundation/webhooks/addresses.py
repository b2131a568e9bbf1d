"""Where a webhook may go: public addresses over TLS, looked up once and connected to as looked up."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from anxin.desk.foundation.webhooks.errors import UrlRefused

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LONGEST = 2_000


class InwardTarget(Exception):
    """The name leads to an address inside: refused, whatever it led to before."""


@dataclass(frozen=True)
class Target:
    """A parsed address; `host` as written, for the certificate and the Host header."""

    host: str
    port: int
    path: str
    is_tls: bool


def parse_target(url: str, *, inner: Sequence[Network] = ()) -> Target:
    """Return the parts of `https://host[:port]/path`; raise UrlRefused.

    Plain http is taken only for literal addresses inside `inner`, the networks that the installation trusts.
    """
    if len(url) > _LONGEST or any(ord(each) <= 0x20 or ord(each) == 0x7F for each in url):
        raise UrlRefused(reason="blank, control character or too long", reason_zh="含空白、控制字符或过长")
    parts = urlsplit(url)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise UrlRefused(reason="no such port", reason_zh="端口无效") from None
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.password or parts.fragment:
        raise UrlRefused(reason="https://host/path is needed", reason_zh="须为 https://主机/路径")
    if parts.scheme == "http" and not _is_trusted(host, inner):
        raise UrlRefused(reason="TLS is needed", reason_zh="须使用 https")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, port or (443 if parts.scheme == "https" else 80), path, parts.scheme == "https")


def resolve_target(target: Target, *, inner: Sequence[Network] = ()) -> str:
    """Return the address to connect to; raise InwardTarget when any the name leads to is not public, OSError when none.

    The caller connects to this very address, so that a name cannot lead elsewhere a moment later.
    """
    found = {each[4][0] for each in socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)}
    addresses = [ipaddress.ip_address(str(each).partition("%")[0]) for each in sorted(map(str, found))]
    if not all(is_allowed(each, inner) for each in addresses):
        raise InwardTarget(target.host)
    return str(addresses[0])


def is_allowed(address: Address, inner: Sequence[Network]) -> bool:
    """Return whether the desk may connect to an address: a public one, or one of the networks inside it may reach."""
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return is_allowed(mapped, inner)
    if any(address in network for network in inner if network.version == address.version):
        return True
    return address.is_global and not address.is_multicast


def _is_trusted(host: str, inner: Sequence[Network]) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in inner if network.version == address.version)
