"""The table of acts that may wait for a second person: one line an act, kept where everybody is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.words import Words

Argument = str | int | bool | None


@dataclass(frozen=True)
class ApprovedAct:
    """What an act gets when it is carried out: the object (kind, id), the arguments, and the two people.

    `second` is None when the only one on duty goes ahead and the second look follows.
    """

    approval_id: str
    organisation_id: str
    on: tuple[str, str]
    arguments: Mapping[str, Argument]
    requested_by: str
    second: Actor | None


Doing = Callable[[ApprovedAct, datetime], None]


@dataclass(frozen=True)
class Description:
    """What one request comes to, in a sentence for whoever decides; `href` leads to it, "" nowhere."""

    words: Words
    href: str = ""


Describing = Callable[[str, Sequence[str]], Mapping[str, Description]]
"""From an organisation and ids of objects to what is asked about each; those it does not know are left out."""


@dataclass(frozen=True)
class Act:
    """One line of the table: the permission both people need, its name in words, what does it.

    `undo` (None: cannot be undone) takes it back when it went ahead alone and the second look said no, or never came.
    `let_go` (None: nothing waits) ends what waited for the answer, when it was no or never came.
    `answer_within`: somebody waits at this moment, people are called at once and again (None: it has hours).
    `describe` (None: only codes) says what a request comes to.
    `can_go_ahead`: the only one on duty of a small team may do it first and have it confirmed within 12 h.
    """

    permission: str
    words: Words
    carry_out: Doing
    undo: Doing | None = None
    let_go: Doing | None = None
    can_go_ahead: bool = False
    answer_within: timedelta | None = None
    describe: Describing | None = None


def acts() -> Mapping[str, Act]:
    """Return the table that `settings.APPROVED_ACTS` names."""
    return cast("Mapping[str, Act]", import_string(settings.APPROVED_ACTS))


def act(name: str) -> Act:
    """Return one line of the table; raise KeyError when there is none."""
    return acts()[name]
