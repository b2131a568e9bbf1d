"""What approvals tell the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ApprovalRequested:
    """Somebody needs a second person; `is_done_already`: the owner is told that one person went ahead alone."""

    kind: ClassVar[str] = "approval.requested"
    topic: ClassVar[str] = "approvals"
    approval_id: str
    act: str
    permission: str
    is_done_already: bool

    @property
    def object_id(self) -> str:
        """The approval."""
        return self.approval_id


@dataclass(frozen=True)
class ApprovalDecided:
    """An approval came to its end in `state`; `requested_by` hears of it, the owner of one that was missed."""

    kind: ClassVar[str] = "approval.decided"
    topic: ClassVar[str] = "approvals"
    approval_id: str
    act: str
    state: str
    requested_by: str

    @property
    def object_id(self) -> str:
        """The approval."""
        return self.approval_id
