"""Entries that match a domain and everything below it."""

from __future__ import annotations

import re

from anxin.engine.lists.entry import ValueUnfit, is_live

HOST = re.compile(r"[^\s/:@?#.]{1,63}(?:\.[^\s/:@?#.]{1,63})*")


class DomainEntries:
    """One look-up per label of the host, the longest name first."""

    def __init__(self) -> None:
        self.entries: dict[str, int] = {}

    def canonical(self, value: str) -> str:
        """Return the domain in lower case without leading `*.` and trailing dot; raise ValueUnfit when it is none."""
        domain = value.lower().removeprefix("*.").rstrip(".")
        if not HOST.fullmatch(domain) or len(domain) > 253:
            raise ValueUnfit("不是域名", "not a domain name")
        return domain

    def put(self, value: str, code: int) -> None:
        self.entries[value] = code

    def remove(self, value: str) -> bool:
        return self.entries.pop(value, None) is not None

    def find(self, text: str, t: int) -> str | None:
        domain = text.lower().rstrip(".")
        while domain:
            code = self.entries.get(domain)
            if code is not None and is_live(code, t):
                return domain
            domain = domain.partition(".")[2]
        return None
