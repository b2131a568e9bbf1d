"""What commands on an incident take and give, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Field, Schema
from pydantic import AwareDatetime

from anxin.desk.foundation.api.given import Given


class StateOut(Schema):
    """The incident after the command; `approval_id` when it waits for a second person instead."""

    id: str
    number: int = 0
    stage: str = ""
    level: int = 0
    version: int = 0
    due_at: datetime | None = None
    approval_id: str = ""


class MadeOut(Schema):
    """What the command made."""

    id: str


class PlainIn(Given):
    """A command with a note at most."""

    note: str = ""


class TakeIn(Given):
    """Whether to take over explicitly."""

    is_taking_over: bool = False


class CodeIn(Given):
    """A reason of the list, and a note."""

    code: str
    note: str = ""


class DismissIn(CodeIn):
    """Why it is no incident, and whether the reporter's answer is on its way."""

    is_reporter_answered: bool = False


class LossIn(
    Given,
    json_schema_extra={
        "examples": [{"currency": "CNY", "at_risk_minor": 1299900, "blocked_minor": 1000000, "confirmed_minor": 299900}]
    },
):
    """Money in minor units."""

    currency: str
    at_risk_minor: int | None = None
    blocked_minor: int | None = None
    confirmed_minor: int | None = None
    recovered_minor: int | None = None


class FindingIn(Given):
    """Why it happened, and who is responsible."""

    cause: str
    responsible: str
    factors: tuple[str, ...] = ()
    note: str = ""


class ChecksIn(Given):
    """The checks that the verifier confirms."""

    checks: list[str]


class FailIn(Given):
    """The check that failed."""

    check: str
    note: str = ""


class LevelIn(CodeIn):
    """The level to go to."""

    level: Literal[1, 2, 3]


class MergeIn(Given):
    """The incident to merge into."""

    into: str
    note: str = ""


class SplitIn(Given):
    """The signals to take out."""

    signal_ids: list[str]


class OfferIn(Given):
    """To whom, with which brief."""

    to_id: str = Field("", max_length=40)
    brief: str = ""
    batch_id: str = Field("", max_length=40)


class ContactIn(
    Given,
    json_schema_extra={
        "examples": [
            {
                "channel": "voice",
                "outcome": "delivered",
                "is_informing": True,
                "party_ids": ["par_01M7ZR7WT0W9HR6ZE8B44YC3KH"],
            }
        ]
    },
):
    """A contact with the party; `party_ids` with whom of several."""

    channel: str
    outcome: str
    message_id: str = ""
    is_informing: bool = False
    is_automatic: bool = False
    party_ids: tuple[str, ...] = ()
    note: str = ""


class PauseIn(
    Given,
    json_schema_extra={
        "examples": [{"reason": "waiting_customer", "request_id": "Q-17", "expected_by": "2026-11-22T12:00:00Z"}]
    },
):
    """Why the clock stops, for which request, until when an answer is expected."""

    reason: str
    request_id: str
    expected_by: AwareDatetime


class CareIn(Given):
    """What is checked, and the message that told the customer."""

    reason: str
    message_id: str


class TaskIn(Given):
    """What a department is asked to do."""

    department_id: str
    title: str
    minutes: int
    blocked_by: str = ""


class QuestionIn(Given):
    """A question to a mentor."""

    topic: str
    question: str
