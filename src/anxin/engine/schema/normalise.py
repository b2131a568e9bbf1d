"""Bringing addresses, phone numbers and mail addresses into one spelling."""

from __future__ import annotations

import functools
import ipaddress
import re
import unicodedata

from anxin.engine.schema.types import FieldType

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_THREE_OCTETS = re.compile(rf"{_OCTET}\.{_OCTET}\.{_OCTET}", re.ASCII)
_LAST_OCTETS = frozenset(str(number) for number in range(256))
_SEPARATORS = re.compile(r"[\s\-().]+")
_MAINLAND = re.compile(r"(?:\+?86|0086)?(1\d{10})\Z")
_INTERNATIONAL = re.compile(r"(?:\+|00)([1-9]\d{6,14})\Z")


def normalised_ip(text: str) -> tuple[str, str] | None:
    """Return the canonical address and its network (/24 of IPv4, /48 of IPv6), or None when it is no address."""
    head, _, tail = text.rpartition(".")
    if tail in _LAST_OCTETS and (network := _ipv4_network(head)) is not None:
        return text, network
    return _other_ip(text)


@functools.lru_cache(maxsize=16_384)
def _ipv4_network(head: str) -> str | None:
    # Networks come again much more often than addresses.
    return f"{head}.0/24" if _THREE_OCTETS.fullmatch(head) else None


@functools.lru_cache(maxsize=16_384)
def _other_ip(text: str) -> tuple[str, str] | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return None
        address = address.ipv4_mapped or address
    bits = 24 if address.version == 4 else 48
    network = ipaddress.ip_network((address, bits), strict=False)
    return str(address), str(network)


@functools.lru_cache(maxsize=16_384)
def normalised_phone(text: str) -> str:
    """Return the number as `+86…` or `+…`; a text that is no number comes back stripped and in lower case."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = _SEPARATORS.sub("", plain)
    mainland = _MAINLAND.match(digits)
    if mainland:
        return "+86" + mainland[1]
    international = _INTERNATIONAL.match(digits)
    if international:
        return "+" + international[1]
    return plain.lower()


@functools.lru_cache(maxsize=16_384)
def normalised_email(text: str) -> str:
    """Return the address in lower case, without spaces around it and with full-width characters made plain."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def normal_form(kind: FieldType, text: str) -> str:
    """Return a value of a personal type in the one spelling that events are brought into; other types as they are."""
    if kind is FieldType.IP:
        return (normalised_ip(text) or (text,))[0]
    if kind is FieldType.PHONE:
        return normalised_phone(text)
    return normalised_email(text) if kind is FieldType.EMAIL else text
