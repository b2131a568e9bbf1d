"""One open incident as its page shows it: head, next step, strip, commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import forbidden
from anxin.desk.foundation.ui.shapes import Step
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.incidents.choices import choices
from anxin.desk.operations.incidents.detail import ClockLine, IncidentDetail, get_detail
from anxin.desk.operations.incidents.errors import guard_words
from anxin.desk.operations.incidents.next_step import NextStep, Standing, loop_steps, next_step
from anxin.desk.operations.incidents.stages import COMMANDS, Stage
from anxin.desk.operations.incidents.standing import guards_before, read_standing
from anxin.desk.workbench.incident.commands import CommandForm, command_forms, group_words
from anxin.desk.workbench.incident.panels_listed import PanelDoor, Place, list_panels
from anxin.desk.workbench.incident.wording import clock_words

PROTECT = "protect"
_STEP_STATES = {"done": "done", "next": "next", "later": "todo", "not_needed": "skipped"}
_FIXES = {
    "protection.effective": "protect",
    "measures.settled": "protect",
    "measures.reverted": "protect",
    "measures.owned": "protect",
    "measures.match": "protect",
    "measures.answered": "protect",
    "loss.filled": "record_loss",
    "finding.recorded": "record_finding",
    "victim.informed": "log_contact",
    "lease.mine": "claim",
    "evidence.enough": "evidence",
    "tasks.done": "tasks",
    "review.published": "review",
    "actions.proven": "review",
}
"""Where a guard that is not met can be met: a command, or the name of a panel."""


@dataclass(frozen=True)
class NextPanel:
    """The next act: `command` to press or to fill in, else `href` of a panel; neither says that one waits."""

    code: str
    words: str
    why: str
    command: str
    href: str
    panel: str
    is_tick: bool
    is_wait: bool


@dataclass(frozen=True)
class Button:
    """A command in the menu. `who` says who can, "" when the reader can; `key` is its single key."""

    form: CommandForm
    href: str
    who: str = ""
    key: str = ""


@dataclass(frozen=True)
class GuardLine:
    """One guard in words; `fix` is where it can be met, "" when only time or others can."""

    code: str
    words: Words
    is_met: bool
    fix: str
    fix_words: Words


@dataclass(frozen=True)
class Case:
    """Everything of the page that commands change; `seen` is the last happening that the page knows."""

    found: IncidentDetail
    now: Standing
    kind: str
    stage: str
    clock: ClockLine | None
    clock_words: str
    next: NextPanel | None
    steps: tuple[Step, ...]
    groups: tuple[tuple[Words, tuple[Button, ...]], ...]
    levels: tuple[Button | None, ...]
    seen: int
    tabs: tuple[PanelDoor, ...]

    @property
    def can_claim(self) -> bool:
        """Return whether claiming is offered."""
        return "claim" in self.found.commands and not (self.now.is_held and self.now.is_mine)


def read_case(*, incident_id: str, by: Actor, at: datetime) -> Case:
    """Return the incident as it stands; raise Forbidden or NotFound."""
    found = get_detail(incident_id=incident_id, by=by, at=at)
    now = read_standing(found.row, by=by, at=at)
    tabs = list_panels(Place.TAB, incident_id=incident_id, by=by)
    buttons = _buttons(found, now)
    clock = _primary(found)
    return Case(
        found=found,
        now=now,
        kind=say(found.line.kind_words),
        stage=say(choices("stages")[found.line.stage]),
        clock=clock,
        clock_words=clock_words(clock.kind) if clock is not None else "",
        next=_next_panel(next_step(now), incident_id, tabs),
        steps=tuple(Step(each.words, _STEP_STATES[each.state]) for each in loop_steps(now)),
        groups=_grouped(buttons),
        levels=tuple(_level_button(level, found, buttons) for level in (1, 2, 3)),
        seen=found.row.next_event_seq - 1,
        tabs=tabs,
    )


def guard_lines(command: str, case: Case, *, by: Actor) -> tuple[GuardLine, ...]:
    """Return what a command asks for before it is tried, in words, with the way to meet what is missing."""
    lines = []
    for code, is_met in guards_before(command, case.now, case.found.row, by=by):
        target = _FIXES.get(code, "")
        form = command_forms().get(target)
        panel = next((each for each in case.tabs if each.panel.name == target), None)
        href, words = "", Words("", "")
        if form is not None:
            href, words = command_href(case.found.line.id, target), form.words
        elif panel is not None:
            href, words = panel.href, panel.panel.words
        elif target == PROTECT:
            href, words = "#protect-title", Words("保护措施", "Measures")
        lines.append(GuardLine(code, guard_words()[code], is_met, href, words))
    return tuple(lines)


def command_href(incident_id: str, command: str) -> str:
    """Return where a command is done."""
    return reverse("incident_do", args=[incident_id, command])


def _next_panel(found: NextStep | None, incident_id: str, tabs: tuple[PanelDoor, ...]) -> NextPanel | None:
    if found is None:
        return None
    act, values = found.act, _shown(found.values)
    door = next((each for each in tabs if each.panel.name == act.panel), None)
    href = command_href(incident_id, act.command) if act.command else door.href if door is not None else ""
    if act.panel == PROTECT:
        href = "#protect-title"
    words, why = say(act.words, None, **values), say(act.why, None, **values)
    return NextPanel(act.code, words, why, act.command, href, act.panel, act.is_tick, act.is_wait)


def _shown(values: Mapping[str, str | int]) -> dict[str, str | int]:
    shown = dict(values)
    if "until" in shown:
        until = timezone.localtime(datetime.fromisoformat(str(shown["until"])))
        shown["until"] = until.strftime("%m-%d %H:%M")
    return shown


def _primary(found: IncidentDetail) -> ClockLine | None:
    own = [each for each in found.clocks if each.kind == found.line.clock_kind]
    return own[-1] if own else None


def _buttons(found: IncidentDetail, now: Standing) -> dict[str, Button]:
    """Return the commands possible in this stage; of those the reader may not do, who can."""
    stage, buttons = Stage(found.line.stage), dict[str, Button]()
    for code, form in command_forms().items():
        if stage not in COMMANDS[code].stages or not _makes_sense(code, now):
            continue
        who = "" if code in found.commands else _who(COMMANDS[code].permission)
        buttons[code] = Button(form, command_href(found.line.id, code), who)
    return buttons


def _makes_sense(code: str, now: Standing) -> bool:
    sense = {
        "claim": not (now.is_mine and now.is_held),
        "release": now.is_mine and now.is_held,
        "accept_handover": now.is_offered,
        "decline_handover": now.is_offered,
        "record_no_action": not now.has_decided and not (now.stage is Stage.DISPOSING and now.measures.stands),
        "resume": now.is_paused,
        "pause": not now.is_paused and now.level == 3,
        "begin_care": not now.is_caring,
        "end_care": now.is_caring,
        "triage": now.is_provisional,
        "raise_level": now.level > 1,
        "lower_level": now.level < 3,
    }
    return sense.get(code, True)


def _who(permission: str) -> str:
    refusal = forbidden(permission)
    return str(say(Words("{who_zh}", "{who}"), None, **refusal.details))


def _grouped(buttons: dict[str, Button]) -> tuple[tuple[Words, tuple[Button, ...]], ...]:
    shown = (
        (words, tuple(each for each in buttons.values() if each.form.group == group and each.form.code != "note"))
        for group, words in group_words().items()
    )
    return tuple((words, held) for words, held in shown if held)


def _level_button(level: int, found: IncidentDetail, buttons: dict[str, Button]) -> Button | None:
    current = found.line.level
    code = "triage" if level == current else "raise_level" if level < current else "lower_level"
    button = buttons.get(code)
    if button is None or button.who:
        return None
    href = button.href if code == "triage" else f"{button.href}?level={level}"
    return Button(button.form, href, key=str(level))
