"""Move a stream to another time, so that a demonstration can play it as of now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from anxin.simulator.event_ids import id_time, time_part
from anxin.simulator.labelled import Event, Labelled

TIME_FIELDS = ("last_login_at", "licence_expires_at", "inspect_due", "evidence_due", "due_at")
ID_FIELDS = ("disputed_event_id", "labelled_event_id")


def retimed(stream: Iterable[Labelled], start: int, speed: float = 1.0) -> Iterator[Labelled]:
    """Yield `stream` as if its first delivery arrived at `start`, in ms UTC, and time ran `speed` times as fast.

    Nothing waits here: the caller holds each delivery back until its `arrival_at`. Event ids change with their time,
    so that a second start of the same stream is no retry of the first. Above speed 1 windows hold more events.
    Raises ValueError when `speed` is not above 0.
    """
    if speed <= 0:
        raise ValueError("speed must be above 0")
    first: int | None = None
    for item in stream:
        first = item.arrival_at if first is None else first
        shift = _Shift(first, start, speed)
        yield item._replace(arrival_at=shift.moment(item.arrival_at), event=shift.event(item.event))


class _Shift:
    def __init__(self, first: int, start: int, speed: float) -> None:
        self.first, self.start, self.speed = first, start, speed

    def moment(self, at: int) -> int:
        return self.start + int((at - self.first) / self.speed)

    def event(self, event: Event) -> Event:
        moved = {**event, "occurred_at": self.moment(event["occurred_at"]), "event_id": self.id(event["event_id"])}
        days_kept = moved["occurred_at"] - event["occurred_at"]
        moved.update({name: event[name] + days_kept for name in TIME_FIELDS if name in event})
        moved.update({name: self.id(event[name]) for name in ID_FIELDS if name in event})
        return moved

    def id(self, event_id: str) -> str:
        return f"{time_part(self.moment(id_time(event_id)))}{event_id[10:]}"
