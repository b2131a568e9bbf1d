"""What the rail and the palette offer to whom."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.words import Words
from anxin.desk.workbench.commands import _FRAME
from anxin.desk.workbench.context import split_rail
from anxin.desk.workbench.navigation import NAVIGATION, Destination, Door, find_path, list_doors

ALL = (*NAVIGATION.rooms, *NAVIGATION.mine, *NAVIGATION.pages)


def initials(text: str) -> str:
    # Its dictionary takes a second to load, which no process should spend that runs other tests.
    from pypinyin import Style, lazy_pinyin

    return "".join(each for each in lazy_pinyin(text, style=Style.FIRST_LETTER) if each.isalpha() and each.isascii())


@pytest.mark.parametrize("destination", ALL, ids=lambda each: each.page)
def test_initials_are_those_of_the_words(destination: Destination) -> None:
    assert destination.initials == initials(destination.words.zh)


def test_initials_of_the_frame_begin_those_of_the_words() -> None:
    assert [words.zh for words, short, _icon, _press in _FRAME if not initials(words.zh).startswith(short)] == []


def test_keys_are_pressed_for_one_thing_only() -> None:
    keys = [each.keys for each in ALL if each.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("destination", ALL, ids=lambda each: each.page)
def test_every_destination_leads_to_a_page(destination: Destination) -> None:
    assert find_path(destination.page) is not None


def test_rooms_that_nobody_built_are_not_shown(actor: Callable[..., Actor]) -> None:
    ghost = Destination("no_such_page", Words("无", "None"), "circle", "w")
    assert list_doors((ghost,), by=actor("specialist"), path="/") == ()


def test_rooms_open_to_holders_of_one_of_their_permissions(actor: Callable[..., Actor]) -> None:
    room = Destination("home", Words("首页", "Start"), "house", "sy", permissions=("audit.read", "key.rotate"))
    assert list_doors((room,), by=actor("service_agent"), path="/") == ()
    assert [each.href for each in list_doors((room,), by=actor("auditor"), path="/")] == ["/"]


@pytest.mark.parametrize(("path", "is_here"), [("/ui/", True), ("/ui/table/", True), ("/", False), ("/uis/", False)])
def test_the_room_one_stands_in_is_marked(actor: Callable[..., Actor], path: str, is_here: bool) -> None:
    guide = tuple(each for each in NAVIGATION.pages if each.page == "guide")
    (door,) = list_doors(guide, by=actor("specialist"), path=path)
    assert door.is_here is is_here


def test_only_the_nearest_room_is_marked(actor: Callable[..., Actor]) -> None:
    outer, inner = (Destination(page, Words("一", "one"), "circle", "y") for page in ("guide", "guide_now"))
    doors = list_doors((outer, inner), by=actor("specialist"), path="/ui/now/")
    assert [each.is_here for each in doors] == [False, True]


def door(number: int, **more: bool) -> Door:
    return Door(Words(str(number), str(number)), Words("", ""), "house", f"/{number}/", "", **more)


@pytest.mark.parametrize(
    ("count", "here", "shown", "behind"),
    [(13, 0, 13, 0), (14, 0, 12, 2), (20, 5, 12, 8), (20, 15, 13, 7), (20, 19, 12, 8)],
)
def test_what_does_not_fit_on_the_rail_waits_behind_more(count: int, here: int, shown: int, behind: int) -> None:
    rooms = tuple(door(n, is_here=n == here, is_last=n == count - 1) for n in range(count))
    rail, more = split_rail(rooms)
    assert (len(rail), len(more)) == (shown, behind)
    assert rooms[here] in rail
    assert rooms[-1] in rail
    assert sorted((*rail, *more), key=rooms.index) == list(rooms)


@pytest.mark.parametrize(("path", "current"), [("/incidents/", "page"), ("/incidents/inc_none/", "true")])
def test_the_rail_says_whether_one_is_on_the_page_or_below_it(
    path: str, current: str, sign_in: Callable[..., Client]
) -> None:
    client = sign_in("specialist")
    for _ in range(2):
        rail = client.get(path).content.decode().partition('<nav class="rail"')[2].partition("</nav>")[0]
        assert re.findall(r'href="([^"]*)" aria-current="(\w+)"', rail) == [("/incidents/", current)]
    elsewhere = client.get("/").content.decode().partition('<nav class="rail"')[2].partition("</nav>")[0]
    assert "aria-current" in elsewhere
    assert 'href="/incidents/" aria-current' not in elsewhere
