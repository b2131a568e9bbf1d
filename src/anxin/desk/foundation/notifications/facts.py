"""What this package tells others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class PagesQueued:
    """Somebody is called: `code` names the message, `n` counts people and channels together."""

    kind: ClassVar[str] = "page.queued"
    topic: ClassVar[str] = "notices"
    code: str
    subject_kind: str
    subject_id: str
    n: int

    @property
    def object_id(self) -> str:
        """What the pages are about."""
        return self.subject_id


@dataclass(frozen=True)
class PageChanged:
    """A page was acknowledged, or could not be sent; `state` says which, `how` is link, desk or the last outcome."""

    kind: ClassVar[str] = "page.changed"
    topic: ClassVar[str] = "notices"
    page_id: str
    code: str
    subject_kind: str
    subject_id: str
    person_id: str
    state: str
    how: str

    @property
    def object_id(self) -> str:
        """What the page is about."""
        return self.subject_id


@dataclass(frozen=True)
class StatusLineChanged:
    """The status line was set or taken back."""

    kind: ClassVar[str] = "status_line.changed"
    topic: ClassVar[str] = "notices"
    object_id: str
    is_set: bool
