"""One link taken apart and written in one canonical way, without fetching anything."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import quote, unquote, unquote_to_bytes

import msgspec

from anxin.checkers.links import host as hosts

MAX_CHARACTERS = 8192
MAX_DECODING = 6

_HIDDEN = re.compile(
    "[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad\u180e\ufe00-\ufe0f\x00-\x08\x0b\x0c\x0e-\x1f]"
)
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DEFANGED_DOT = re.compile(r"[\[({]\s?(?:\.|dot)\s?[\])}]", re.IGNORECASE)
_DEFANGED_COLON = re.compile(r"[\[({](:|://)[\])}]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.*\-]{0,30}+):", re.IGNORECASE | re.ASCII)
_DEFANGED_SCHEME = re.compile(r"h[x*t]{2}p(s?)\Z", re.IGNORECASE)
_AUTHORITY = re.compile(r"[/\\]{1,8}+")
_ENCODED = re.compile(r"%[0-9a-fA-F]{2}")
_PERSONAL = re.compile(r"[\w.+\-]{1,64}+(?:@|%40)[\w.\-]{1,255}+|(?<!\d)1[3-9]\d{9}(?!\d)|\d{15,19}[0-9xX]?")
_OPAQUE = frozenset({"javascript", "data", "vbscript", "mailto", "tel", "sms", "intent", "blob", "file"})


class Address(msgspec.Struct, frozen=True):
    """The parts of a link.

    `scheme` is lower-case ("http" is assumed when none was written: `is_scheme_written`). `host` is ASCII (punycode),
    `shown_host` Unicode. `port` None means the scheme's own. `decoded` is everything after the host with all
    percent-encodings undone. `encodings` counts how often that took a turn. `oddities` name what was hidden.
    """

    scheme: str
    is_scheme_written: bool
    userinfo: str
    host: str
    shown_host: str
    ip: str
    ip_form: str
    port: int | None
    path: str
    query: str
    fragment: str
    decoded: str
    encodings: int
    oddities: tuple[str, ...]
    length: int

    @property
    def canonical(self) -> str:
        """The link in canonical form: no user part, no default port, personal data masked."""
        if self.scheme in _OPAQUE:
            return _masked(f"{self.scheme}:{self.path[:200]}")
        return f"{self.scheme}://{self._place}{_masked(self._rest)}"

    @property
    def exact(self) -> str:
        """The canonical form with nothing masked: for comparing only, never to be shown or stored."""
        return f"{self.scheme}://{self._place}{self._rest}"

    @property
    def defanged(self) -> str:
        """The canonical form in a shape no program turns into a live link."""
        if self.scheme in _OPAQUE:
            return _masked(f"{self.scheme}[:]{self.path[:200]}")
        scheme = self.scheme.replace("http", "hxxp").replace("ftp", "fxp")
        return f"{scheme}[:]//{self._place.replace('.', '[.]')}{_masked(self._rest)}"

    @property
    def _place(self) -> str:
        host = f"[{self.ip or self.host}]" if self.ip_form == "ipv6" else (self.ip or self.host)
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def _rest(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return self.path + query + (f"#{self.fragment}" if self.fragment else "")


def parse_address(text: str) -> Address | None:
    """Return the parts of one link; None when the text holds nothing that could be a host or a script.

    Everything after the first 8192 characters is left out of the parts (`length` counts it).
    """
    cleaned, oddities = _clean(text)
    if not cleaned:
        return None
    scheme, is_written, rest = _split_scheme(cleaned)
    if scheme in _OPAQUE:
        return _opaque(scheme, rest, oddities, len(text))
    if "\\" in rest:
        oddities.append("backslash")
        rest = rest.replace("\\", "/")
    authority, tail = _split_authority(rest)
    userinfo, _, place = authority.rpartition("@")
    host_text, port = _split_port(place)
    host = hosts.read_host(host_text)
    if host is None:
        return None
    oddities.extend(host.oddities)
    path, query, fragment = _split_tail(tail)
    decoded, encodings = _decode(tail)
    return Address(
        scheme=scheme,
        is_scheme_written=is_written,
        userinfo=userinfo,
        host=host.ascii,
        shown_host=host.shown,
        ip=host.ip,
        ip_form=host.ip_form,
        port=None if port == {"http": 80, "https": 443, "ftp": 21}.get(scheme) else port,
        path=path,
        query=query,
        fragment=fragment,
        decoded=decoded,
        encodings=encodings,
        oddities=tuple(dict.fromkeys(oddities)),
        length=len(text),
    )


def _clean(text: str) -> tuple[str, list[str]]:
    oddities: list[str] = []
    cleaned = text[:MAX_CHARACTERS].strip()
    if not cleaned.isascii():
        cleaned = _SURROGATE.sub("\ufffd", cleaned).translate(_WIDE)
        if _BIDI.search(cleaned):
            oddities.append("bidi")
    without = _HIDDEN.sub("", cleaned)
    if without != cleaned:
        oddities.append("hidden_characters")
    without = without.replace("\n", "").replace("\r", "").replace("\t", "")
    if "[" in without or "(" in without or "{" in without:
        without = _DEFANGED_COLON.sub(r"\1", _DEFANGED_DOT.sub(".", without))
    return without.strip(" <>\"'“”‘’`"), oddities


def _split_scheme(text: str) -> tuple[str, bool, str]:
    found = _SCHEME.match(text)
    if found is None:
        return "http", False, text.lstrip("/\\")
    scheme = found[1].lower()
    rest = text[found.end() :]
    defanged = _DEFANGED_SCHEME.match(scheme)
    scheme = f"http{defanged[1].lower()}" if defanged else scheme
    slashes = _AUTHORITY.match(rest)
    if scheme in _OPAQUE or slashes:
        return scheme, True, rest if slashes is None or scheme in _OPAQUE else rest[slashes.end() :]
    if scheme in {"http", "https", "ftp"}:
        return scheme, True, rest
    return "http", False, text


def _split_authority(rest: str) -> tuple[str, str]:
    end = len(rest)
    for mark in "/?#":
        at = rest.find(mark, 0, end)
        if at >= 0:
            end = at
    return rest[:end], rest[end:]


def _split_port(place: str) -> tuple[str, int | None]:
    host, colon, digits = place.rpartition(":")
    if colon and digits.isascii() and digits.isdigit() and not host.endswith(":"):
        number = int(digits[:6])
        return host, number if number < 65536 else None
    return (host, None) if colon and not digits else (place, None)


def _split_tail(tail: str) -> tuple[str, str, str]:
    before, _, fragment = tail.partition("#")
    path, _, query = before.partition("?")
    return _clean_path(path), _respelled(query), _respelled(fragment)


def _clean_path(path: str) -> str:
    spelled = _respelled(path) or "/"
    if "/." not in spelled:
        return spelled
    short = posixpath.normpath(spelled)
    short = "/" + short.lstrip("/.") if short.startswith(("/..", "//")) else short
    return short + "/" if spelled.endswith(("/", "/.", "/..")) and short != "/" else short


def _respelled(part: str) -> str:
    if "%" not in part and part.isascii() and " " not in part:
        return part
    return quote(unquote_to_bytes(_ENCODED.sub(_kept_reserved, part)), safe="!$&'()*+,;=:@/?%-._~[]|")


def _kept_reserved(found: re.Match[str]) -> str:
    code = int(found[0][1:], 16)
    character = chr(code)
    is_free = character.isascii() and (character.isalnum() or character in "-._~")
    return character if is_free else f"%25{found[0][1:].upper()}"


def _decode(tail: str) -> tuple[str, int]:
    turns = 0
    while turns < MAX_DECODING and "%" in tail:
        decoded = unquote(tail, errors="replace")
        if decoded == tail:
            break
        tail, turns = decoded, turns + 1
    return tail, turns


def _opaque(scheme: str, rest: str, oddities: list[str], length: int) -> Address:
    decoded, turns = _decode(rest)
    return Address(
        scheme=scheme,
        is_scheme_written=True,
        userinfo="",
        host="",
        shown_host="",
        ip="",
        ip_form="",
        port=None,
        path=_respelled(rest),
        query="",
        fragment="",
        decoded=decoded,
        encodings=turns,
        oddities=tuple(oddities),
        length=length,
    )


def _masked(link: str) -> str:
    return _PERSONAL.sub("***", link) if "@" in link or "%40" in link or any(map(str.isdigit, link)) else link
