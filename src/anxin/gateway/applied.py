"""Orders that took effect, as lines of the journal: many of one kind in a row make one line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from anxin.gateway.journal import note

_GATHER_SECONDS = 1.0


class AppliedOrders:
    """Gathers orders of one kind that come within a second, and tells of them in one line."""

    def __init__(self, organisation: str, *, loop: asyncio.AbstractEventLoop) -> None:
        self._organisation = organisation
        self._loop = loop
        self._kind = ""
        self._seqs: list[int] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, kind: str, seq: int, remarks: Sequence[str]) -> None:
        """Take in one order; one with remarks has a line of its own."""
        if remarks or kind != self._kind:
            self.tell()
        if remarks:
            note("control.applied", organisation=self._organisation, kind=kind, control_seq=seq, remarks=remarks)
            return
        self._kind = kind
        self._seqs.append(seq)
        if self._timer is None:
            self._timer = self._loop.call_later(_GATHER_SECONDS, self.tell)

    def tell(self) -> None:
        """Write the line of what was gathered, if anything was."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        seqs, self._seqs = self._seqs, []
        if not seqs:
            return
        facts: dict[str, object] = {"organisation": self._organisation, "kind": self._kind, "control_seq": seqs[0]}
        if len(seqs) > 1:
            facts |= {"last_control_seq": seqs[-1], "orders": len(seqs)}
        note("control.applied", **facts)
