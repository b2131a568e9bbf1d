"""Every command of the loop as a form in place: what it is called, what it asks, what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

from django import forms as django_forms

from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.incidents.actions import (
    contacts,
    disposing,
    ending,
    joining,
    leases,
    levels,
    notes,
    responding,
)
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.desk.operations.incidents.queries import QueueFilter, list_queue
from anxin.desk.operations.incidents.stages import Stage
from anxin.desk.workbench.incident import forms

_FILE = Path(__file__).with_name("commands.yaml")
Typed = Mapping[str, object]
Done = Incident | Approval | IncidentEvent


class Where(TypedDict):
    """What every command gets."""

    incident_id: str
    by: Actor
    at: datetime
    version: int | None


@dataclass(frozen=True)
class CommandForm:
    """One command as people meet it. `group` is where it stands in the menu.

    `is_grave`: it ends or hides something, so its button warns.
    """

    code: str
    words: Words
    about: Words
    icon: str
    group: str
    fields: forms.Fields
    run: Callable[[Where, Typed], Done]
    is_grave: bool = False


def _sum(value: object) -> int | None:
    return int(value * 100) if isinstance(value, Decimal) else None


def _text(given: Typed, name: str) -> str:
    return str(given.get(name) or "")


def _texts(given: Typed, name: str) -> tuple[str, ...]:
    found = given.get(name)
    return tuple(str(each) for each in found) if isinstance(found, list) else ()


def _number(given: Typed, name: str) -> int:
    return int(str(given[name]))


def _start(where: Where, given: Typed) -> Done:
    return responding.start(**where, is_taking_over=bool(given.get("is_taking_over")))


def _claim(where: Where, given: Typed) -> Done:
    return leases.claim(**where, is_taking_over=bool(given.get("is_taking_over")))


def _dismiss(where: Where, given: Typed) -> Done:
    is_answered = bool(given.get("is_reporter_answered"))
    return responding.dismiss(
        **where, code=_text(given, "code"), note=_text(given, "note"), is_reporter_answered=is_answered
    )


def _no_action(where: Where, given: Typed) -> Done:
    return responding.record_no_action(**where, code=_text(given, "code"), note=_text(given, "note"))


def _loss(where: Where, given: Typed) -> Done:
    sums = {f"{name}_minor": _sum(given.get(name)) for name in ("at_risk", "blocked", "confirmed", "recovered")}
    return disposing.record_loss(**where, loss=disposing.Loss(_text(given, "currency"), **sums))


def _finding(where: Where, given: Typed) -> Done:
    found = disposing.Finding(_text(given, "cause"), _text(given, "responsible"), _texts(given, "factors"))
    return disposing.record_finding(**where, finding=found, note=_text(given, "note"))


def _fail(where: Where, given: Typed) -> Done:
    return disposing.fail_verify(**where, check=_text(given, "check"), note=_text(given, "note"))


def _verify(where: Where, given: Typed) -> Done:
    return disposing.verify(**where, checks=_texts(given, "checks"))


def _merge(where: Where, given: Typed) -> Done:
    wanted = QueueFilter(stages=frozenset(Stage), number=_number(given, "number"), is_drill=None)
    found = list_queue(wanted, by=where["by"], at=where["at"], limit=1).lines
    if not found:
        raise FieldInvalid(
            pointer="/number", field="number", reason="no such incident", field_zh="编号", reason_zh="没有这个事件"
        )
    return joining.merge(**where, into=found[0].id, note=_text(given, "note"))


def _split(where: Where, given: Typed) -> Done:
    return joining.split(**where, signal_ids=_texts(given, "signal_ids"))


def _raise(where: Where, given: Typed) -> Done:
    return levels.raise_level(
        **where, level=_number(given, "level"), code=_text(given, "code"), note=_text(given, "note")
    )


def _lower(where: Where, given: Typed) -> Done:
    return levels.lower_level(
        **where, level=_number(given, "level"), code=_text(given, "code"), note=_text(given, "note")
    )


def _pause(where: Where, given: Typed) -> Done:
    until = where["at"] + timedelta(minutes=_number(given, "minutes"))
    return contacts.pause(**where, pause=contacts.Pause(_text(given, "reason"), _text(given, "request_id"), until))


def _contact(where: Where, given: Typed) -> Done:
    is_informing = bool(given.get("is_informing"))
    made = contacts.Contact(_text(given, "channel"), _text(given, "outcome"), is_informing=is_informing)
    return contacts.log_contact(**where, contact=made, note=_text(given, "note"))


def _note(where: Where, given: Typed) -> Done:
    """Write a note on whatever the incident is by now: it disturbs nobody's command."""
    return notes.add_note(incident_id=where["incident_id"], by=where["by"], at=where["at"], text=_text(given, "note"))


def _care(where: Where, given: Typed) -> Done:
    return contacts.begin_care(**where, reason=_text(given, "reason"), message_id=_text(given, "message_id"))


_DOING: Mapping[str, tuple[forms.Fields, Callable[[Where, Typed], Done]]] = {
    "start": (forms.taking_over, _start),
    "claim": (forms.taking_over, _claim),
    "release": (forms.blank, lambda where, _: leases.release(**where)),
    "accept_handover": (forms.blank, lambda where, _: leases.accept_handover(**where)),
    "decline_handover": (
        forms.remark,
        lambda where, given: leases.decline_handover(**where, note=_text(given, "note")),
    ),
    "contain": (forms.blank, lambda where, _: responding.contain(**where)),
    "record_no_action": (forms.no_action, _no_action),
    "submit": (forms.blank, lambda where, _: disposing.submit(**where)),
    "verify": (forms.every_check, _verify),
    "fail_verify": (forms.one_check, _fail),
    "publish_review": (forms.blank, lambda where, _: ending.publish_review(**where)),
    "close": (forms.remark, lambda where, given: ending.close(**where, note=_text(given, "note"))),
    "reopen": (forms.reason, lambda where, given: ending.reopen(**where, note=_text(given, "note"))),
    "log_contact": (forms.contact, _contact),
    "pause": (forms.pausing, _pause),
    "resume": (forms.blank, lambda where, _: contacts.resume(**where)),
    "begin_care": (forms.care, _care),
    "end_care": (forms.blank, lambda where, _: contacts.end_care(**where)),
    "waive": (forms.reason, lambda where, given: contacts.waive(**where, note=_text(given, "note"))),
    "triage": (forms.blank, lambda where, _: levels.triage(**where)),
    "raise_level": (forms.raising, _raise),
    "lower_level": (forms.lowering, _lower),
    "record_loss": (forms.loss, _loss),
    "record_finding": (forms.finding, _finding),
    "note": (forms.internal_note, _note),
    "dismiss": (forms.dismissal, _dismiss),
    "merge": (forms.merging, _merge),
    "split": (forms.splitting, _split),
}


@cache
def command_forms() -> Mapping[str, CommandForm]:
    """Return every command by its code, in the order of the menu."""
    return {
        code: CommandForm(
            code,
            Words(each["zh"], each["en"]),
            Words(each["about_zh"], each["about_en"]),
            each["icon"],
            each["group"],
            *_DOING[code],
            is_grave=each.get("is_grave", False),
        )
        for code, each in _document()["commands"].items()
    }


@cache
def group_words() -> Mapping[str, Words]:
    """Return what each group of commands is called."""
    return {code: Words(each["zh"], each["en"]) for code, each in _document()["groups"].items()}


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = read_yaml(_FILE)
    return document


def run_command(command: CommandForm, where: Where, form: django_forms.Form) -> Done:
    """Do a command with what a valid form holds; raise what the command refuses with."""
    return command.run(where, form.cleaned_data)
