"""What commands on an incident take and give, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Schema


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


class PlainIn(Schema):
    """A command with a note at most."""

    note: str = ""


class TakeIn(Schema):
    """Whether to take over explicitly."""

    is_taking_over: bool = False


class CodeIn(Schema):
    """A reason of the list, and a note."""

    code: str
    note: str = ""


class DismissIn(CodeIn):
    """Why it is no incident, and whether the reporter's answer is on its way."""

    is_reporter_answered: bool = False


class LossIn(Schema):
    """Money in minor units."""

    currency: str
    at_risk_minor: int | None = None
    blocked_minor: int | None = None
    confirmed_minor: int | None = None
    recovered_minor: int | None = None


class FindingIn(Schema):
    """Why it happened, and who is responsible."""

    cause: str
    responsible: str
    factors: tuple[str, ...] = ()
    note: str = ""


class ChecksIn(Schema):
    """The checks that the verifier confirms."""

    checks: list[str]


class FailIn(Schema):
    """The check that failed."""

    check: str
    note: str = ""


class LevelIn(CodeIn):
    """The level to go to."""

    level: Literal[1, 2, 3]


class MergeIn(Schema):
    """The incident to merge into."""

    into: str
    note: str = ""


class SplitIn(Schema):
    """The signals to take out."""

    signal_ids: list[str]


class OfferIn(Schema):
    """To whom, with which brief."""

    to_id: str = ""
    brief: str = ""
    batch_id: str = ""


class ContactIn(Schema):
    """A contact with the party; `party_ids` with whom of several."""

    channel: str
    outcome: str
    message_id: str = ""
    is_informing: bool = False
    is_automatic: bool = False
    party_ids: tuple[str, ...] = ()
    note: str = ""


class PauseIn(Schema):
    """Why the clock stops, for which request, until when an answer is expected."""

    reason: str
    request_id: str
    expected_by: datetime


class CareIn(Schema):
    """What is checked, and the message that told the customer."""

    reason: str
    message_id: str


class TaskIn(Schema):
    """What a department is asked to do."""

    department_id: str
    title: str
    minutes: int
    blocked_by: str = ""


class QuestionIn(Schema):
    """A question to a mentor."""

    topic: str
    question: str
