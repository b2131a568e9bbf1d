"""What happens to an incident, as far as its clocks care. `at` is the commit time of the database, always (C6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Happening:
    """Something that happened to an incident."""

    at: datetime


@dataclass(frozen=True)
class Opened(Happening):
    """The incident exists. `zero` is when its earliest signal came (C1); `is_triaged` False: provisional level."""

    zero: datetime
    level: int
    is_triaged: bool = True


@dataclass(frozen=True)
class Triaged(Happening):
    """A human confirmed the level."""


@dataclass(frozen=True)
class Started(Happening):
    """A human accepted `start`."""


@dataclass(frozen=True)
class Protected(Happening):
    """The first protective measure was accepted by the target system, or "no action needed" was recorded."""


@dataclass(frozen=True)
class Contacted(Happening):
    """A human's first message to the affected person was delivered, or a voice attempt logged.

    Where nobody is affected: the first step of the investigation.
    """


@dataclass(frozen=True)
class Wrote(Happening):
    """We sent an outbound message, or gave a state command: ends a pause (C9)."""


@dataclass(frozen=True)
class Heard(Happening):
    """The party wrote or called, on any channel: ends a pause (C9)."""


@dataclass(frozen=True)
class Paused(Happening):
    """Somebody asks to pause: `reason` waiting_customer or waiting_external; `request_id` was delivered."""

    reason: str
    request_id: str
    expected_by: datetime


@dataclass(frozen=True)
class Resumed(Happening):
    """Somebody ends the pause."""


@dataclass(frozen=True)
class Handled(Happening):
    """`contain` or `dismiss` was committed, or another team accepted the transfer."""


@dataclass(frozen=True)
class LevelRaised(Happening):
    """The level went up to `level` (C10)."""

    level: int


@dataclass(frozen=True)
class LevelLowered(Happening):
    """A second person approved a lower level (C11); before that nothing changes."""

    level: int


@dataclass(frozen=True)
class OwnerChanged(Happening):
    """A handover was accepted, or somebody took over: neither resets nor pauses (C14), but ends a pause (C9)."""


@dataclass(frozen=True)
class Reopened(Happening):
    """The incident was reopened: another generation (C13)."""


@dataclass(frozen=True)
class Recomputed(Happening):
    """A running promise is computed anew by the version in force, after preview and approval (C19)."""


@dataclass(frozen=True)
class Absorbed(Happening):
    """This incident was merged into another: its clocks end without a result (C12)."""


@dataclass(frozen=True)
class Waived(Happening):
    """Somebody else than the owner waived the promise, with reason and proof (C18)."""

    approver: str
