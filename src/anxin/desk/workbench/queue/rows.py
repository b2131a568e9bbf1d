"""An incident as one row: of the queue, of the list of all, of the column beside an open one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from anxin.desk.decisioning.decisions.wording import amount_words
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.vocabulary import Mark
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.queries import Counts, IncidentLine, count_incidents
from anxin.desk.operations.incidents.stages import COMMANDS, Stage

_ANY = "inc_any"
LAST = "9999"
"""Where rows without a due time stand."""
_CLOCK = Words("#{number} 剩余时间", "#{number} time left")
_MARKS = {
    "drill": Mark(Words("演练", "drill"), "flag", "info"),
    "stalled": Mark(Words("停滞", "stalled"), "clock-alert", "danger"),
    "care": Mark(Words("核实中", "being checked"), "scan-search", "info"),
    "provisional": Mark(Words("级别待确认", "level to confirm"), "circle-dashed", "warning"),
    "paused": Mark(Words("计时暂停", "clock paused"), "pause", "neutral"),
    "met": Mark(Words("已达成", "met"), "check", "ok"),
}


@dataclass(frozen=True)
class QueueRow:
    """One row; `order` sorts by due time, `who` is the sign-in name of whoever holds or leads it, "" for nobody.

    `version` changes with everything the row shows but the clock's hand.
    """

    line: IncidentLine
    number: str
    version: str
    href: str
    claim_href: str
    kind: str
    stage: str
    who: str
    order: str
    is_running: bool
    can_claim: bool
    marks: tuple[Mark, ...]
    money: str
    clock_label: str


def queue_rows(lines: Iterable[IncidentLine], *, by: Actor, at: datetime) -> tuple[QueueRow, ...]:
    """Return incidents as rows."""
    may_work = by.grant(COMMANDS["claim"].permission) is not None
    # Looked up once: a long list would spend a sixth of its time on paths.
    href, claim_href = (reverse(name, args=[_ANY]) for name in ("incident", "queue_claim"))
    return tuple(_row(each, may_work, at, href=href, claim_href=claim_href) for each in lines)


@dataclass(frozen=True)
class CountPanel:
    """How many are open; `levels` are (level, how many), the strictest first."""

    counts: Counts
    levels: tuple[tuple[str, int], ...]


def count_panel(*, by: Actor, at: datetime) -> CountPanel:
    """Return how many are open."""
    counts = count_incidents(by=by, at=at)
    return CountPanel(counts, tuple((str(level), counts.by_level.get(level, 0)) for level in (1, 2, 3)))


def _row(line: IncidentLine, may_work: bool, at: datetime, *, href: str, claim_href: str) -> QueueRow:
    return QueueRow(
        line=line,
        number=str(line.number),
        version=f"{line.version}.{line.clock_standing}",
        href=href.replace(_ANY, line.id),
        claim_href=claim_href.replace(_ANY, line.id),
        kind=say(line.kind_words),
        stage=say(choices("stages")[line.stage]),
        who=line.holder or line.commander,
        order=f"{line.due_at.isoformat() if line.due_at is not None else LAST}|{line.id}",
        is_running=line.due_at is not None and line.clock_standing in ("running", "breached"),
        can_claim=may_work and not line.holder and Stage(line.stage) in COMMANDS["claim"].stages,
        marks=tuple(_marks(line, at)),
        money=amount_words(line.at_risk_minor, line.currency),
        clock_label=say(_CLOCK, None, number=line.number),
    )


def _marks(line: IncidentLine, at: datetime) -> Iterable[Mark]:
    holding = {
        "drill": line.is_drill,
        "stalled": line.stage in (Stage.RESPONDING, Stage.DISPOSING) and not line.holder,
        "care": line.care_until is not None and line.care_until > at,
        "provisional": line.is_provisional and line.stage in (Stage.IDENTIFIED, Stage.RESPONDING, Stage.DISPOSING),
        "paused": line.clock_standing == "paused",
        "met": line.clock_standing == "met",
    }
    return (_MARKS[name] for name, holds in holding.items() if holds)
