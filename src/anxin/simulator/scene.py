"""Write events: a session fixes who, where and with what; a scene collects what happens."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from typing import Any

from anxin.simulator.event_ids import EventIds
from anxin.simulator.labelled import ORDINARY, Event, Label
from anxin.simulator.people import Device, Staff, User
from anxin.simulator.places import Connection, Place
from anxin.simulator.world import World

BUSINESS_LINES = {"mall": "goods", "social": "social", "local": "local_life"}
APP_VERSIONS = ("8.4.1", "8.4.0", "8.3.7", "8.2.2")
USER_AGENTS = ("Mozilla/5.0 desktop-a", "Mozilla/5.0 desktop-b", "Mozilla/5.0 desktop-c")

Later = Callable[..., None]


class Session:
    """One user on one device over one connection: the envelope that all its events share."""

    __slots__ = ("device", "envelope", "id", "place", "user")

    def __init__(self, id_: str, user: User, device: Device, place: Place) -> None:
        self.id = id_
        self.user = user
        self.device = device
        self.place = place
        self.envelope: Event = {}


class Scene:
    """Collect the events of one piece of the world's life, and what will follow from it later.

    `events` holds (event, label) in the order written; `agenda` is a heap of (at, number, label, function, arguments).
    """

    def __init__(self, world: World, rng: Random, ids: EventIds) -> None:
        self.world = world
        self.rng = rng
        self.ids = ids
        self.label: Label = ORDINARY
        self.events: list[tuple[Event, Label]] = []
        self.agenda: list[tuple[int, int, Label, Later, tuple[Any, ...]]] = []
        self._number = 0

    def open_session(
        self,
        user: User,
        at: int,
        *,
        device: Device | None = None,
        place: Place | None = None,
        connection: Connection | None = None,
        actor_type: str = "user",
    ) -> Session:
        """Begin a session; what is not given is the user's own device, home place and usual connection."""
        rng = self.rng
        device = device or user.devices[int(rng.random() * len(user.devices))]
        if connection is None:
            connection = user.mobile if device.terminal != "web" and rng.random() < 0.45 else user.home
        where = place or user.place
        session = Session(f"sess_{rng.getrandbits(60):015x}", user, device, where)
        session.envelope = _envelope(session, connection, at, rng)
        session.envelope["actor_type"] = actor_type
        return session

    def emit(self, session: Session, event_type: str, at: int, /, **fields: object) -> Event:
        """Write an event of `session` at `at`, in ms UTC; `fields` may override the envelope."""
        event: Event = {"event_id": self.ids.draw(at), "event_type": event_type, "occurred_at": at}
        event.update(session.envelope)
        event.update(fields)
        self.events.append((event, self.label))
        return event

    def emit_money(self, session: Session, event_type: str, at: int, /, **fields: object) -> Event:
        """Write an event that carries money, in the currency of the user's home."""
        return self.emit(session, event_type, at, currency=session.user.place.currency, **fields)

    def emit_staff(self, staff: Staff, event_type: str, at: int, /, **fields: object) -> Event:
        """Write an act of a member of staff at the usual working place."""
        link = staff.connection
        event: Event = {
            "event_id": self.ids.draw(at),
            "event_type": event_type,
            "occurred_at": at,
            "schema_version": 1,
            "source_system": "staff-console",
            "platform": "mall",
            "terminal": "web",
            "actor_type": "agent",
            "actor_id": staff.id,
            "device_id": staff.device.id,
            "device_fp": staff.device.fingerprint,
            "ip": link.ip,
            "ip_asn": link.asn,
            "ip_asn_type": link.kind,
        }
        event.update(fields)
        self.events.append((event, self.label))
        return event

    def emit_system(self, event_type: str, at: int, /, **fields: object) -> Event:
        """Write an event of the platform itself, which has no actor."""
        event: Event = {
            "event_id": self.ids.draw(at),
            "event_type": event_type,
            "occurred_at": at,
            "schema_version": 1,
            "source_system": "platform-monitor",
            "platform": "mall",
            "actor_type": "system",
        }
        event.update(fields)
        self.events.append((event, self.label))
        return event

    def later(self, at: int, follow_up: Later, /, *arguments: object) -> None:
        """Let `follow_up(scene, at, *arguments)` happen at `at`, in ms UTC."""
        self._number += 1
        heappush(self.agenda, (at, self._number, self.label, follow_up, arguments))

    def catch_up(self, until_at: int) -> None:
        """Let everything on the agenda happen that is due before `until_at`, in ms UTC."""
        while self.agenda and self.agenda[0][0] < until_at:
            at, _, label, follow_up, arguments = heappop(self.agenda)
            self.label = label
            follow_up(self, at, *arguments)
        self.label = ORDINARY


def _envelope(session: Session, connection: Connection, at: int, rng: Random) -> Event:
    user, device, place = session.user, session.device, session.place
    jitter = rng.getrandbits(16)
    envelope: Event = {
        "schema_version": 1,
        "source_system": f"{user.platform}-core",
        "platform": user.platform,
        "business_line": BUSINESS_LINES[user.platform],
        "terminal": device.terminal,
        "legal_region": place.legal_region,
        "actor_type": "user",
        "actor_id": user.id,
        "actor_age_days": user.age_days(at),
        "session_id": session.id,
        "device_id": device.id,
        "device_fp": device.fingerprint,
        "app_version": APP_VERSIONS[jitter & 3],
        "ip": connection.ip,
        "ip_country": place.country,
        "ip_city": place.city,
        "ip_asn": connection.asn,
        "ip_asn_type": connection.kind,
        "geo_lat_e4": place.lat_e4 + (jitter & 511) - 256,
        "geo_lon_e4": place.lon_e4 + (jitter >> 7) - 256,
        "geo_source": "ip",
        "fp_changed_permille": jitter & 63,
    }
    if place.code is not None:
        envelope["region"] = envelope["ip_province"] = place.code
    if device.flags:
        envelope["device_flags"] = list(device.flags)
    if device.terminal == "web":
        envelope["user_agent"] = USER_AGENTS[jitter % 3]
    return envelope
