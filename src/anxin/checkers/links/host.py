"""Hosts: IDNA both ways, and addresses written in any of the ways browsers accept."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import unquote

import idna
import msgspec

_DOTS = str.maketrans({"。": ".", "．": ".", "｡": ".", "․": ".", "‧": ".", "·": ".", "・": "."})
_PLAIN = re.compile(r"[a-z0-9_\-]{1,63}+(?:\.[a-z0-9_\-]{1,63}+){0,126}+\Z")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*+|\d++)(?:\.(?:0x[0-9a-f]*+|\d++)){0,3}+\Z")
MAX_HOST = 1024


class Host(msgspec.Struct, frozen=True):
    """One host: ASCII and Unicode forms, and the address it stands for, if it is one.

    `ip` is the usual notation or empty; `ip_form` is dotted, decimal, hex, octal, short or ipv6 then.
    """

    ascii: str
    shown: str
    ip: str = ""
    ip_form: str = ""
    oddities: tuple[str, ...] = ()


def read_host(text: str) -> Host | None:
    """Return the host a browser would go to; None when the text is no host."""
    oddities: list[str] = []
    host = text[:MAX_HOST].strip()
    if "%" in host:
        host = unquote(unquote(host, errors="replace"), errors="replace")
        oddities.append("encoded_host")
    if not host.isascii():
        host = unicodedata.normalize("NFKC", host.translate(_DOTS)).translate(_DOTS)
    host = host.lower().rstrip(".")
    if host.startswith("["):
        return _ipv6(host.strip("[]"), oddities)
    if _NUMERIC.match(host):
        return _ipv4(host, oddities)
    if host.isascii():
        return _ascii(host, oddities)
    return _unicode(host, oddities)


def _ascii(host: str, oddities: list[str]) -> Host | None:
    if "." not in host or not _PLAIN.match(host):
        return None
    shown = host
    if "xn--" in host:
        shown = ".".join(_decoded_label(label) for label in host.split("."))
        oddities.append("punycode")
    return Host(host, shown, oddities=tuple(oddities))


def _unicode(host: str, oddities: list[str]) -> Host | None:
    labels = host.split(".")
    if len(labels) < 2 or any(not label or len(label) > 255 for label in labels):
        return None
    if any(character.isspace() or character in "/<>\"'" for character in host):
        return None
    encoded = ".".join(_encoded_label(label, oddities) for label in labels)
    if not _PLAIN.match(encoded):
        return None
    oddities.append("idn")
    return Host(encoded, host, oddities=tuple(oddities))


def _encoded_label(label: str, oddities: list[str]) -> str:
    if label.isascii():
        return label
    try:
        return idna.encode(label, uts46=True).decode("ascii")
    except idna.IDNAError:
        oddities.append("bad_idna")
        return "xn--" + label.encode("punycode").decode("ascii")


def _decoded_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


def _ipv4(host: str, oddities: list[str]) -> Host | None:
    parts = host.split(".")
    if len(parts) == 1 and host.isdigit() and len(host) < 8:
        return None
    numbers = [_number(part) for part in parts]
    if any(number is None for number in numbers):
        return None
    values = [number for number in numbers if number is not None]
    if any(value > 255 for value in values[:-1]) or values[-1] >= 256 ** (5 - len(values)):
        return None
    total = values[-1]
    for place, value in enumerate(values[:-1]):
        total += value << (8 * (3 - place))
    form = _form(parts)
    return Host(host, host, str(ipaddress.IPv4Address(total)), form, tuple(oddities))


def _number(part: str) -> int | None:
    if len(part) > 20:
        return None
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    if part.startswith("0") and len(part) > 1:
        return int(part, 8) if not set(part) & {"8", "9"} else None
    return int(part)


def _form(parts: list[str]) -> str:
    if any(part.startswith("0x") for part in parts):
        return "hex"
    if any(part.startswith("0") and len(part) > 1 for part in parts):
        return "octal"
    return {1: "decimal", 4: "dotted"}.get(len(parts), "short")


def _ipv6(host: str, oddities: list[str]) -> Host | None:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        return None
    return Host(host, host, address.compressed, "ipv6", tuple(oddities))
