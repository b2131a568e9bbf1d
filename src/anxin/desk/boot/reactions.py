"""The one table of who reacts to which fact. Each reader keeps its own place: one that fails holds up no other.

Calls do not wait for one another: who is to be called now is called, though an earlier call about it failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TypeVar

import msgspec

from anxin.desk.foundation.approvals.facts import ApprovalDecided, ApprovalRequested
from anxin.desk.foundation.edge.duties import Duty
from anxin.desk.foundation.notifications.actions.paging import Notice, queue_pages
from anxin.desk.foundation.notifications.facts import PageChanged
from anxin.desk.foundation.outbox.following import Reaction, Told, follow
from anxin.desk.foundation.sign_in.facts import FactorsReset, PasswordLinkOpened
from anxin.desk.operations.incidents.actions.calls import note_call
from anxin.desk.operations.incidents.facts import (
    ClockBreached,
    ConsultChanged,
    ConsultLate,
    CoverageGap,
    LadderStepDue,
    LeaseNudged,
    LeaseStalled,
    ReviewDue,
)
from anxin.desk.operations.measures.facts import MeasureChanged, MeasureOrdered
from anxin.desk.operations.rota import asking, calling
from anxin.desk.operations.user_notices.actions import tell_lifted, tell_placed

SECONDS = 0.25
F = TypeVar("F")


def note_page(fact: PageChanged, told: Told, at: datetime) -> None:
    """Write into an incident's timeline that a call about it was taken, or could not be sent."""
    if fact.subject_kind == "incident":
        data = {"code": fact.code, "state": fact.state, "how": fact.how, "person": fact.person_id}
        note_call(incident_id=fact.subject_id, organisation_id=told.organisation_id, data=data, at=at)


def tell_of_measure(fact: MeasureOrdered, told: Told, at: datetime) -> None:
    """Tell the holder of the account that a measure began."""
    tell_placed(measure_id=fact.object_id, organisation_id=told.organisation_id, at=at)


def tell_of_end(fact: MeasureChanged, told: Told, at: datetime) -> None:
    """Tell the holder of the account that a measure ended, when it did."""
    tell_lifted(measure_id=fact.object_id, organisation_id=told.organisation_id, at=at)


def tell_of_reset(fact: FactorsReset, told: Told, at: datetime) -> None:
    """Call the person whose second factors two colleagues ended: it may not have been her who asked."""
    _call_owner("factors_reset", fact, told, at)


def tell_of_password_link(fact: PasswordLinkOpened, told: Told, at: datetime) -> None:
    """Call the person for whom a colleague made a link to a new password: it may not have been her who asked."""
    _call_owner("password_link", fact, told, at)


def _call_owner(code: str, fact: FactorsReset | PasswordLinkOpened, told: Told, at: datetime) -> None:
    notice = Notice(
        occasion=f"{code}:{fact.reenrolment_id}",
        code=code,
        subject=("person", fact.person_id),
        path="/accounts/2fa/",
        is_urgent=True,
    )
    queue_pages(notice, (fact.person_id,), organisation_id=told.organisation_id, at=at)


def _on(kind: type[F], react: Callable[[F, Told, datetime], object]) -> Reaction:
    """Return a reaction that reads the fact from its JSON first."""

    def read_and_react(told: Told, at: datetime) -> None:
        react(msgspec.json.decode(told.payload, type=kind), told, at)

    return read_and_react


REACTIONS: Mapping[str, Mapping[str, Reaction]] = {
    "calls": {
        LadderStepDue.kind: _on(LadderStepDue, calling.call_step),
        ClockBreached.kind: _on(ClockBreached, calling.tell_breach),
        CoverageGap.kind: _on(CoverageGap, calling.tell_gap),
        LeaseNudged.kind: _on(LeaseNudged, calling.nudge),
        LeaseStalled.kind: _on(LeaseStalled, calling.tell_stalled),
        ReviewDue.kind: _on(ReviewDue, calling.tell_review),
        ConsultChanged.kind: _on(ConsultChanged, calling.call_mentor),
        ConsultLate.kind: _on(ConsultLate, calling.call_next_mentor),
        FactorsReset.kind: _on(FactorsReset, tell_of_reset),
        PasswordLinkOpened.kind: _on(PasswordLinkOpened, tell_of_password_link),
    },
    "approvals": {
        ApprovalRequested.kind: _on(ApprovalRequested, asking.push),
        ApprovalDecided.kind: _on(ApprovalDecided, asking.tell_answer),
    },
    "user_notices": {
        MeasureOrdered.kind: _on(MeasureOrdered, tell_of_measure),
        MeasureChanged.kind: _on(MeasureChanged, tell_of_end),
    },
    "timeline": {PageChanged.kind: _on(PageChanged, note_page)},
}


def react(reader: str, at: datetime) -> int:
    """Let one reader react to what is new; return how many facts it reacted to."""
    return follow(reader, REACTIONS[reader], at=at, is_in_order=reader != "calls")


DUTIES: tuple[Duty, ...] = tuple(Duty(f"reactions.{each}", SECONDS, partial(react, each)) for each in REACTIONS)
