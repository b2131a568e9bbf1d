"""Find the links in a text, however they are glued to it or defanged, with their places in the text as given."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from anxin.checkers.links.address import Address, parse_address
from anxin.checkers.links.domain import split_domain
from anxin.checkers.links.rulebook import shipped_places

_DOT = r"(?:\.|[。．｡]|[\[({]\s?(?:\.|dot)\s?[\])}])"
_TAIL = r"(?:[:：][0-9]{1,5})?+(?:[/?#／？＃\\][A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%|\\{}^／？＃＝＆．％－]{0,4096}+)?+"
_LABEL = r"[A-Za-z0-9\u00c0-\u024f\u0370-\u052f\u3400-\u9fff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a_\-%]"
_ASCII_LABEL = r"[A-Za-z0-9\uff10-\uff19\uff21-\uff3a\uff41-\uff5a_\-]"
_SCHEME = r"(?:h[tTxX*]{2}ps?|ftps?|fxp|ｈｔｔｐｓ?)(?:[\[({]?[:：](?:[\])}])?[/／\\]{2,4}(?:[\])}])?)"
# Every repetition is bounded, so that no text takes more than a fixed time a character.
_DOTTED = rf"(?:{_LABEL}{{1,63}}+{_DOT}){{1,12}}{_ASCII_LABEL}{{1,63}}+"
_NUMBER = r"0[xX][0-9a-fA-F]{6,16}|[0-9]{8,12}"
_WITH_SCHEME = rf"{_SCHEME}(?:[^\s/@<>\"'，。]{{1,128}}@)?(?:\[[0-9a-fA-F:.]{{2,45}}\]|{_DOTTED}|{_NUMBER}){_TAIL}"
_QUAD = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?=[:/])"
_NAME = rf"(?:{_ASCII_LABEL}{{1,63}}+{_DOT}){{1,12}}{_ASCII_LABEL}{{2,63}}+(?![@A-Za-z0-9_\-])"
_BARE = rf"(?<![A-Za-z0-9@._\-])(?:{_QUAD}|{_NAME}){_TAIL}"
_SCRIPT = (
    r"(?<![A-Za-z0-9])(?:javascript|vbscript):[^\s\"'<>]{1,2048}"
    r"|(?<![A-Za-z0-9])data:[a-z]{2,16}/[^\s\"'<>]{1,2048}"
)
_LINK = re.compile(f"(?:{_WITH_SCHEME})|(?:{_SCRIPT})|(?:{_BARE})", re.IGNORECASE)
_HIDDEN = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
_TRAILING = ".,;:!?'*|_~、，；：！？…"
_MARKS = re.compile(r"[./／．。｡:\[({]|[dD]ot")
MAX_LINKS = 10_000


class FoundLink(msgspec.Struct, frozen=True):
    """A link in a text: its place as given (half-open), and its parts."""

    start: int
    end: int
    address: Address


def find_links(text: str, *, limit: int = MAX_LINKS) -> list[FoundLink]:
    """Return the links of a text, left to right, at most `limit`; linear in the length of the text."""
    if _MARKS.search(text) is None:
        return []
    plain, places = _without_hidden(text)
    found: list[FoundLink] = []
    for start, end, address in _candidates(plain):
        if places is not None:
            start, end = places[start], places[end - 1] + 1
        found.append(FoundLink(start, end, address))
        if len(found) == limit:
            break
    return found


def _without_hidden(text: str) -> tuple[str, list[int] | None]:
    if text.isascii() or _HIDDEN.search(text) is None:
        return text, None
    places = [at for at, one in enumerate(text) if not _HIDDEN.match(one)]
    return "".join([text[at] for at in places]), places


def _candidates(text: str) -> Iterator[tuple[int, int, Address]]:
    for found in _LINK.finditer(text):
        spelled = _trimmed(found[0])
        address = parse_address(spelled)
        if address is None or not _is_link(address, text, found.start()):
            continue
        yield found.start(), found.start() + len(spelled), address


def _trimmed(spelled: str) -> str:
    short = spelled.rstrip(_TRAILING)
    for opening, closing in ("()", "[]", "{}"):
        while short.endswith(closing) and short.count(closing) > short.count(opening):
            short = short[:-1].rstrip(_TRAILING)
    return short


def _is_link(address: Address, text: str, start: int) -> bool:
    if address.is_scheme_written or not address.host:
        return True
    if address.ip:
        return address.ip_form == "dotted" and (address.port is not None or len(address.decoded) > 1)
    domain = split_domain(address.host)
    if not domain.is_known or not domain.site or (start > 0 and text[start - 1] == "@"):
        return False
    is_bare = len(address.decoded) < 2 and not domain.before and domain.suffix in shipped_places().file_suffixes
    return not is_bare
