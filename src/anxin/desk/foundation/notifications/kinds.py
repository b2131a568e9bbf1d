"""The kinds of channel there are, and which addresses each of them takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.notifications.errors import AddressRefused
from anxin.desk.foundation.ui.words import Words
from anxin.desk.foundation.webhooks.addresses import Network, parse_target
from anxin.desk.foundation.webhooks.errors import UrlRefused

_FILE = Path(__file__).with_name("kinds.yaml")
_LONGEST = 1_000


@dataclass(frozen=True)
class ChannelKind:
    """One kind: how its addresses begin; those of `inner` are plain and reach trusted networks inside only.

    `hosts` are the vendor's own, each with the scheme it stands for; `web` is the scheme that https://… becomes.
    """

    code: str
    words: Words
    schemes: tuple[str, ...]
    example: str
    inner: tuple[str, ...] = ()
    hosts: Mapping[str, str] = field(default_factory=dict)
    web: str = ""


@cache
def channel_kinds() -> Mapping[str, ChannelKind]:
    """Return the kinds by code."""
    document = read_yaml(_FILE)["kinds"]
    return {
        code: ChannelKind(
            code,
            Words(each["zh"], each["en"]),
            tuple(each["schemes"]),
            each["example"],
            inner=tuple(each.get("inner", ())),
            hosts=each.get("hosts", {}),
            web=each.get("web", ""),
        )
        for code, each in document.items()
    }


def parse_address(code: str, typed: str, *, inner: Sequence[Network]) -> str:
    """Return the address as it is sent to, from what somebody copied or typed; raise AddressRefused.

    `inner` are the networks inside that this installation trusts; the sender checks again where the name leads.
    """
    kind = channel_kinds().get(code)
    if kind is None:
        raise AddressRefused(reason="no such kind of channel", reason_zh="没有这种渠道")
    address = typed.strip()
    if not address or len(address) > _LONGEST or any(ord(each) <= 0x20 for each in address):
        raise AddressRefused(reason="empty, blank inside or too long", reason_zh="为空、含空白或过长")
    scheme = address.partition("://")[0].lower()
    if scheme in kind.schemes and "://" in address:
        return address
    if scheme in kind.inner:
        _require_inner(address, inner)
        return address
    if scheme in ("http", "https"):
        return _of_web(kind, address, scheme, inner)
    raise AddressRefused(reason=f"it begins like {kind.example}", reason_zh=f"应形如 {kind.example}")


def _of_web(kind: ChannelKind, address: str, scheme: str, inner: Sequence[Network]) -> str:
    try:
        host = parse_target(address, inner=inner).host
    except UrlRefused as refused:
        raise AddressRefused(reason=refused.sentence("en"), reason_zh=refused.sentence("zh")) from None
    if host in kind.hosts:
        return _native(kind.hosts[host], address)
    if not kind.web:
        raise AddressRefused(reason=f"it begins like {kind.example}", reason_zh=f"应形如 {kind.example}")
    return kind.web + ("s" if scheme == "https" else "") + address[len(scheme) :]


def _native(scheme: str, address: str) -> str:
    """Return the sender's own form of an address as the vendor gives it out."""
    parts = urlsplit(address)
    given = parse_qs(parts.query)
    token = (given.get("access_token") or given.get("key") or [""])[0]
    if scheme == "slack":
        token = parts.path.removeprefix("/services/").strip("/")
    token = token or parts.path.rstrip("/").rpartition("/")[2]
    return f"{scheme}://{token}/"


def _require_inner(address: str, inner: Sequence[Network]) -> None:
    """Plain, unencrypted addresses lead to literal addresses of trusted networks only."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        parse_target(f"http://{host}/", inner=inner)
    except UrlRefused:
        raise AddressRefused(reason="TLS is needed", reason_zh="须使用加密连接") from None
