"""What the frame of every page shows; worked out only when a template draws it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.catalogue import roles
from anxin.desk.foundation.ui.words import joined, say
from anxin.desk.workbench.commands import Command, list_commands
from anxin.desk.workbench.look import is_night, read_look
from anxin.desk.workbench.navigation import NAVIGATION, Door, find_path, list_doors
from anxin.desk.workbench.queries import find_organisation_name

MOST_ROOMS, FIRST_ROOMS = 13, 11
"""How many rooms fit on a rail, and how many of more stand there beside *more* itself."""


@dataclass(frozen=True)
class Frame:
    """The frame for one actor; without an actor everything is empty and the page stands bare."""

    rooms: tuple[Door, ...] = ()
    more: tuple[Door, ...] = ()
    mine: tuple[Door, ...] = ()
    organisation: str = ""
    roles: str = ""
    shift: str = ""
    live_href: str | None = None
    live_cursor: int | None = None
    check_href: str | None = None
    bell_href: str | None = None
    is_night_offered: bool = False
    palette: tuple[Door, ...] = ()

    @cached_property
    def commands(self) -> list[Command]:
        """What the palette offers; asked for only where it is not drawn yet."""
        return list_commands(self.palette) if self.palette else []


def desk(request: HttpRequest) -> dict[str, object]:
    """Return the frame and the look."""
    return {"desk": SimpleLazyObject(lambda: read_frame(request)), "look": read_look(request)}


def read_frame(request: HttpRequest) -> Frame:
    """Return the frame for whoever asks."""
    finder = getattr(cast("DeskRequest", request), "find_actor", None)
    actor: Actor | None = finder() if finder else None
    if actor is None:
        return Frame()
    rooms = list_doors(NAVIGATION.rooms, by=actor, path=request.path)
    mine = list_doors(NAVIGATION.mine, by=actor, path=request.path)
    pages = list_doors(NAVIGATION.pages, by=actor, path=request.path)
    shown, more = split_rail(rooms)
    return Frame(
        rooms=shown,
        more=more,
        mine=mine,
        organisation=find_organisation_name(getattr(request, "user", None)),
        roles=_role_words(actor),
        live_href=find_path("live"),
        live_cursor=getattr(request, "live_cursor", None),
        check_href=find_path("checks") if actor.grant("check.run") is not None else None,
        is_night_offered=is_night(request) and read_look(request).theme != "night",
        bell_href=find_path("bell"),
        palette=(*rooms, *mine, *pages),
    )


def split_rail(rooms: tuple[Door, ...]) -> tuple[tuple[Door, ...], tuple[Door, ...]]:
    """Return what the rail shows and what waits behind *more*; the room one is in is always shown."""
    if len(rooms) <= MOST_ROOMS:
        return rooms, ()
    first = [each for each in rooms if not each.is_last][:FIRST_ROOMS]
    shown = tuple(each for each in rooms if each in first or each.is_last or each.is_here)
    return shown, tuple(each for each in rooms if each not in shown)


def _role_words(actor: Actor) -> str:
    known = roles()
    return joined(say(known[code].words) for code in sorted(actor.roles) if code in known)
