"""An organisation's own black and white lists of links, with who listed each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from anxin.checkers.links.address import Address, parse_address
from anxin.checkers.links.domain import Domain, split_domain
from anxin.checkers.result import Words

FINAL = 100.0


class ListEntryRefused(ValueError):
    """A list entry that would cover more, or less, than its author means."""

    code = "links.list_entry_refused"

    def __init__(self, entry: str) -> None:
        self.zh = f"名单条目不是可登记的域名：{entry[:80]}"
        self.en = f"the list entry is not a registrable domain: {entry[:80]}"
        super().__init__(self.en)


class Listed(msgspec.Struct, frozen=True):
    """Why a link is listed: who says so, how heavily (100 is final, less accuses within the feeds' limit), in words."""

    source: str
    weight: float = FINAL
    text: Words | None = None


class Lookup(Protocol):
    """A list that is not kept in clear, asked for one name of a link at a time."""

    def find(self, name: str) -> Listed | None: ...


BLACK, WHITE = Listed("list:black"), Listed("list:white")


class LinkLists(msgspec.Struct, frozen=True):
    """Black entries (hosts, domains, canonical links) and white registrable domains; make them with `link_lists`."""

    black: Mapping[str, Listed] = {}
    white: Mapping[str, Listed] = {}
    lookups: tuple[Lookup, ...] = ()

    def find_black(self, address: Address, domain: Domain) -> Listed | None:
        """Return why the link, its host, site or registrable domain is on the black list, the heaviest; None if not."""
        heaviest: Listed | None = None
        for name in (address.exact, address.ip or domain.host, domain.site, domain.registrable):
            if not name:
                continue
            for listed in (self.black.get(name), *(each.find(name) for each in self.lookups)):
                if listed is not None and (heaviest is None or listed.weight > heaviest.weight):
                    heaviest = listed
        return heaviest

    def find_white(self, domain: Domain) -> Listed | None:
        """Return why the registrable domain is on the white list; a lent sub-domain must be listed itself."""
        return self.white.get(domain.site) if domain.site else None


def link_lists(*, black: Iterable[str] = (), white: Iterable[str] = ()) -> LinkLists:
    """Return lists of entries as people write them; raises `ListEntryRefused` for a white suffix or sub-domain."""
    return LinkLists({black_entry(each): BLACK for each in black}, {white_entry(each): WHITE for each in white})


def black_entry(entry: str) -> str:
    """Return the name under which a black entry is found: a canonical link, a host or an address."""
    address = parse_address(entry)
    if address is None or (not address.ip and not split_domain(address.host).site):
        raise ListEntryRefused(entry)
    is_link = address.path not in {"", "/"} or bool(address.query)
    return address.exact if is_link else (address.ip or address.host.removeprefix("www."))


def white_entry(entry: str) -> str:
    """Return the site under which a white entry is found."""
    address = parse_address(entry)
    site = "" if address is None or address.ip else split_domain(address.host).site
    if address is None or not site or address.host.removeprefix("www.") != site or address.path not in {"", "/"}:
        raise ListEntryRefused(entry)
    return site
