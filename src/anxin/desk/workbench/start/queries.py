"""What waits for one person right now: the incidents due next, and how much else there is of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from anxin.desk.foundation.approvals.queries import count_waiting
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.advice import count_open
from anxin.desk.operations.incidents.department_queues import count_tasks, department_of
from anxin.desk.operations.incidents.queries import QueueFilter, count_incidents, list_offered, list_queue
from anxin.desk.operations.incidents.stages import COMMANDS
from anxin.desk.workbench.queue.rows import QueueRow, queue_rows

NEXT = 3
"""How many of the incidents due next are named: one to take, and what would come after it."""
_LATE = Words("已超时", "Overdue")
_FREE = Words("无人持有", "Held by nobody")
_MINE = Words("我手上的", "Mine")
_OFFERED = Words("等我接手", "Offered to me")
_APPROVALS = Words("等我审批", "For my approval")
_TASKS = Words("本部门任务", "My department's tasks")
_ADVICE = Words("等导师答复", "Questions for a mentor")


@dataclass(frozen=True)
class Pile:
    """How many things of one kind wait, at least one."""

    words: Words
    n: int
    icon: str
    href: str
    is_late: bool = False


@dataclass(frozen=True)
class Start:
    """What waits: incidents due next that are the reader's or nobody's, and piles; both empty when nothing does.

    `works_incidents` tells whether the reader may take any.
    """

    rows: tuple[QueueRow, ...]
    piles: tuple[Pile, ...]
    works_incidents: bool


def get_start(*, by: Actor, at: datetime) -> Start:
    """Return what waits for the actor; raise Forbidden."""
    require(by, "desk.open")
    works_incidents = all(by.grant(code) is not None for code in ("incident.view", COMMANDS["claim"].permission))
    return Start(
        rows=_next(by, at) if works_incidents else (),
        piles=(*(_incidents(by, at) if works_incidents else ()), *_others(by, at)),
        works_incidents=works_incidents,
    )


def _next(by: Actor, at: datetime) -> tuple[QueueRow, ...]:
    found = list_queue(QueueFilter(whose="at_hand"), by=by, at=at, limit=NEXT)
    return tuple(row for row in queue_rows(found.lines, by=by, at=at) if row.is_running)


def _incidents(by: Actor, at: datetime) -> Iterator[Pile]:
    counts, queue = count_incidents(by=by, at=at), reverse("queue")
    yield from _pile(counts.late, _LATE, "octagon-alert", f"{queue}?whose=late", is_late=True)
    yield from _pile(counts.free, _FREE, "hand", f"{queue}?whose=free")
    yield from _pile(counts.mine, _MINE, "user-round-check", reverse("shift"))
    yield from _pile(len(list_offered(by=by)), _OFFERED, "hand-helping", reverse("handovers:page"))


def _others(by: Actor, at: datetime) -> Iterator[Pile]:
    yield from _pile(count_waiting(by=by, at=at), _APPROVALS, "user-check", reverse("approvals"))
    if by.grant("incident.task") is not None and (department := department_of(by)):
        found = count_tasks(by=by, department_id=department)
        yield from _pile(found, _TASKS, "building-2", reverse("department_tasks:queue"))
    if by.grant("consult.answer") is not None:
        yield from _pile(count_open(by=by), _ADVICE, "message-circle-question-mark", reverse("consults:advice"))


def _pile(n: int, words: Words, icon: str, href: str, *, is_late: bool = False) -> Iterator[Pile]:
    if n:
        yield Pile(words, n, icon, href, is_late=is_late)
