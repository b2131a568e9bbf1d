"""Time left and time gone, as text, as a share and as a state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anxin.desk.foundation.ui.words import Words, say

SOON_SHARE = 0.25
"""Below this share of the whole time a clock says “soon”."""

_AGES = (
    (86_400, Words("{n} 天前", "{n} day ago|{n} days ago")),
    (3_600, Words("{n} 小时前", "{n} hour ago|{n} hours ago")),
    (60, Words("{n} 分钟前", "{n} minute ago|{n} minutes ago")),
)


@dataclass(frozen=True)
class ClockFace:
    """A clock at one moment: `share` is what is left, 0 to 1; `state` is running, soon or over."""

    text: str
    share: float
    state: str


def read_clock(*, due_at: datetime, started_at: datetime, now: datetime) -> ClockFace:
    """Return how a clock that runs from `started_at` to `due_at` stands; past due it counts up with a minus sign."""
    left = (due_at - now).total_seconds()
    whole = max((due_at - started_at).total_seconds(), 1.0)
    share = min(max(left / whole, 0.0), 1.0)
    state = "over" if left <= 0 else "soon" if share <= SOON_SHARE else "running"
    return ClockFace(render_duration(left), share, state)


def render_duration(seconds: float) -> str:
    """Return minutes and seconds, hours in front from one hour on: 11:42, 1:40:00, −00:07."""
    whole = int(abs(seconds))
    hours, rest = divmod(whole, 3600)
    text = f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60:02d}:{rest % 60:02d}"
    return f"−{text}" if seconds <= -1 else text


def render_age(at: datetime, *, now: datetime) -> str:
    """Return how long ago it was, in the language of the request."""
    seconds = (now - at).total_seconds()
    for unit, words in _AGES:
        if seconds >= unit:
            return say(words, n=int(seconds // unit))
    return say(Words("刚刚", "just now"))
