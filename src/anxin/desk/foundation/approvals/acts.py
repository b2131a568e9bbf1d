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
class Asked:
    """One request, as far as it has to be known to be put into words."""

    approval_id: str
    object_id: str
    arguments: Mapping[str, Argument]
    requested_by: str


@dataclass(frozen=True)
class Description:
    """What one request comes to, in sentences for whoever decides: never an id alone, never a personal value.

    `words` say what is asked, about whom or what, and why; `follows` what happens after a yes; `stake` what is at stake
    (None: nothing that is known). `href` leads to it, "" nowhere.
    """

    words: Words
    follows: Words
    stake: Words | None = None
    href: str = ""


Describing = Callable[[Sequence[Asked], Actor, datetime], Mapping[str, Description]]
"""From requests of one organisation and their reader to what each comes to, by approval.

What is not there, or the reader may not see, is left out: it cannot be decided then.
"""


@dataclass(frozen=True)
class Act:
    """One line of the table: the permission both people need, its name in words, what does it.

    `undo` (None: cannot be undone) takes it back when it went ahead alone and the second look said no, or never came.
    `let_go` (None: nothing waits) ends what waited for the answer, when it was no or never came.
    `answer_within`: somebody waits at this moment, people are called at once and again (None: it has hours).
    `describe` says what requests come to.
    `can_go_ahead`: the only one on duty of a small team may do it first and have it confirmed within 12 h.
    """

    permission: str
    words: Words
    carry_out: Doing
    describe: Describing
    undo: Doing | None = None
    let_go: Doing | None = None
    can_go_ahead: bool = False
    answer_within: timedelta | None = None


def acts() -> Mapping[str, Act]:
    """Return the table that `settings.APPROVED_ACTS` names."""
    return cast("Mapping[str, Act]", import_string(settings.APPROVED_ACTS))


def act(name: str) -> Act:
    """Return one line of the table; raise KeyError when there is none."""
    return acts()[name]
