"""From which address a call comes: the socket's peer, or what a trusted proxy says about it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

UNKNOWN = ""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def parse_address(text: str) -> Address | None:
    """Return the address, an IPv4 one written as IPv6 as IPv4; None when the text is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _parse_hop(text: str) -> Address | None:
    """Return the address of one hop of X-Forwarded-For, which some proxies write with a port."""
    if text.startswith("["):
        return parse_address(text[1:].partition("]")[0])
    if text.count(":") == 1:
        return parse_address(text.partition(":")[0])
    return parse_address(text)


class Proxies:
    """The networks whose word about a call's origin is believed."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = tuple(ipaddress.ip_network(each) for each in networks)

    def trusts(self, address: str) -> bool:
        """Return whether the address is one of a trusted proxy."""
        return self._is_trusted(parse_address(address))

    def _is_trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)

    def origin(self, peer: str, forwarded: bytes | None) -> str:
        """Return the last hop of X-Forwarded-For that is no trusted proxy, for a call whose peer is one.

        All before that hop may be invented. Without the header it is the peer; `UNKNOWN` when a hop cannot be read.
        """
        origin = peer
        for hop in reversed((forwarded or b"").decode("latin-1").split(",")):
            text = hop.strip(" \t")
            if not text:
                continue
            address = _parse_hop(text)
            if address is None:
                return UNKNOWN
            origin = str(address)
            if not self._is_trusted(address):
                break
        return origin
