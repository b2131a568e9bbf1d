"""What outside intelligence may say about a link: an interface, answered from memory by whoever calls the check."""

from __future__ import annotations

from typing import Protocol

import msgspec

from anxin.checkers.result import Words

DAY_MS = 86_400_000


class Reputation(msgspec.Struct, frozen=True):
    """What one feed knows of a host: how bad (0–100), what to tell, and when the domain was registered (ms UTC)."""

    weight: float = 0.0
    text: Words | None = None
    registered_at: int | None = None


class LinkFeed(Protocol):
    """A source of reputation. It must answer from what it holds; refreshing is its owner's work."""

    name: str

    def look_up(self, host: str, site: str) -> Reputation | None:
        """Return what is known of a host and its site; None for nothing; raises `FeedUnavailable`."""


class FeedUnavailable(RuntimeError):
    """A feed that cannot answer now; the check goes on without it and says so."""

    code = "links.feed_unavailable"
    zh = "情报源暂时无法回答"

    def __init__(self, name: str) -> None:
        self.en = f"the feed {name[:80]} cannot answer now"
        super().__init__(self.en)
