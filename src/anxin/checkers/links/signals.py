"""The cues of a link that need no brand: how it is written, where it is hosted, what it would do."""

from __future__ import annotations

import unicodedata
from urllib.parse import parse_qsl

from anxin.checkers.links.address import Address, parse_address
from anxin.checkers.links.domain import Domain, split_domain
from anxin.checkers.links.rulebook import Places

LONG_HOST, MANY_HYPHENS = 60, 4
_MAX_QUERY = 4096


def written_signals(address: Address, domain: Domain) -> list[str]:
    """Return the codes of how the link is written."""
    codes = []
    if address.ip:
        codes.append("link.host.address")
    if "bidi" in address.oddities or "hidden_characters" in address.oddities:
        codes.append("link.host.hidden")
    if "encoded_host" in address.oddities:
        codes.append("link.host.encoded")
    if address.host != address.shown_host and _is_foreign(address.shown_host):
        codes.append("link.host.mixed_script")
    if address.userinfo:
        codes.append("link.userinfo")
    if address.port not in {None, 80, 443}:
        codes.append("link.port")
    if address.encodings >= 2:
        codes.append("link.encodings")
    if len(address.host) > LONG_HOST or f"{domain.before}.{domain.label}".count("-") >= MANY_HYPHENS:
        codes.append("link.host.long")
    return codes


def _is_foreign(shown: str) -> bool:
    """Say whether a Unicode host mixes scripts within a label, or uses none of Han and plain Latin."""
    for label in shown.split("."):
        if label.isascii():
            continue
        scripts = {unicodedata.name(one, "?").split(" ")[0] for one in label if one.isalpha()}
        if not scripts <= {"CJK", "LATIN"} or (scripts == {"LATIN"}) or len(scripts) == 0:
            return True
    return False


def place_signals(address: Address, domain: Domain, places: Places) -> list[str]:
    """Return the codes of where the link is hosted, and what it would do."""
    codes = []
    if domain.suffix.rpartition(".")[2] in places.cheap_suffixes:
        codes.append("link.suffix.cheap")
    if _is_among(address.host, domain, places.shorteners):
        codes.append("link.shortener")
    elif is_freely_hosted(address.host, domain, places):
        codes.append("link.free_hosting")
    path = address.decoded.partition("#")[0].partition("?")[0].lower().rstrip("/")
    if path.rpartition(".")[2] in places.downloads and "." in path.rpartition("/")[2]:
        codes.append("link.download")
    is_open = address.is_scheme_written and address.scheme == "http"
    if is_open and any(word in address.decoded[:512].lower() for word in places.login_words):
        codes.append("link.http_login")
    return codes


def is_freely_hosted(host: str, domain: Domain, places: Places) -> bool:
    """Say whether anybody can put a page there."""
    return _is_among(host, domain, places.free_hosting)


def _is_among(host: str, domain: Domain, names: frozenset[str]) -> bool:
    if domain.site in names or domain.registrable in names or host in names:
        return True
    labels = host.split(".")[-6:]
    return any(".".join(labels[at:]) in names for at in range(1, len(labels) - 1))


def redirect_target(address: Address, domain: Domain, places: Places) -> Address | None:
    """Return the other site that a parameter would forward to; None without one."""
    if not address.query or ("." not in address.query and "%2" not in address.query):
        return None
    pairs = parse_qsl(address.query[:_MAX_QUERY], keep_blank_values=False, max_num_fields=None)
    for name, value in pairs[:64]:
        if name.lower() not in places.redirect_parameters:
            continue
        if "://" not in value and not value.startswith("//") and "%3a" not in value.lower():
            continue
        target = parse_address(value)
        if target is not None and target.host and split_domain(target.host).site != domain.site:
            return target
    return None
