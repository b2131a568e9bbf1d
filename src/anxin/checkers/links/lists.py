"""An organisation's own black and white lists of links."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from anxin.checkers.links.address import Address, parse_address
from anxin.checkers.links.domain import Domain, split_domain


class ListEntryRefused(ValueError):
    """A list entry that would cover more, or less, than its author means."""

    code = "links.list_entry_refused"

    def __init__(self, entry: str) -> None:
        self.zh = f"名单条目不是可登记的域名: {entry[:80]}"
        self.en = f"the list entry is not a registrable domain: {entry[:80]}"
        super().__init__(self.en)


class LinkLists(msgspec.Struct, frozen=True):
    """Black entries (hosts, domains, canonical links) and white registrable domains; make them with `link_lists`."""

    black: frozenset[str] = frozenset()
    white: frozenset[str] = frozenset()

    def is_black(self, address: Address, domain: Domain) -> bool:
        """Say whether the link, its host, site or registrable domain is on the black list."""
        names = (address.exact, address.ip or domain.host, domain.site, domain.registrable)
        return any(name in self.black for name in names if name)

    def is_white(self, domain: Domain) -> bool:
        """Say whether the registrable domain is on the white list; a lent sub-domain must be listed itself."""
        return bool(domain.site) and domain.site in self.white


def link_lists(*, black: Iterable[str] = (), white: Iterable[str] = ()) -> LinkLists:
    """Return lists of entries as people write them; raises `ListEntryRefused` for a white suffix or sub-domain."""
    return LinkLists(frozenset(map(_black_entry, black)), frozenset(map(_white_entry, white)))


def _black_entry(entry: str) -> str:
    address = parse_address(entry)
    if address is None or (not address.ip and not split_domain(address.host).site):
        raise ListEntryRefused(entry)
    is_link = address.path not in {"", "/"} or bool(address.query)
    return address.exact if is_link else (address.ip or address.host.removeprefix("www."))


def _white_entry(entry: str) -> str:
    address = parse_address(entry)
    site = "" if address is None or address.ip else split_domain(address.host).site
    if address is None or not site or address.host.removeprefix("www.") != site or address.path not in {"", "/"}:
        raise ListEntryRefused(entry)
    return site
