"""Which codes the texts of the API's answers may hold, each from where the desk itself has them."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import get_args

from anxin.checkers.result import Level
from anxin.desk.decisioning.decisions.risk import RiskLevel
from anxin.desk.decisioning.labels.models import GivenLabel
from anxin.desk.decisioning.lists.models import ChangeState
from anxin.desk.decisioning.lists.panels import OUTCOMES as LIST_OUTCOMES
from anxin.desk.decisioning.lists.panels import STATES as ITEM_STATES
from anxin.desk.foundation.api.document import Codes
from anxin.desk.foundation.approvals.models import State as ApprovalState
from anxin.desk.foundation.edge.actor import ActorKind, Grade
from anxin.desk.foundation.notifications.models import Page
from anxin.desk.foundation.webhooks.models import Delivery
from anxin.desk.foundation.webhooks.posting import Outcome
from anxin.desk.operations.evidence.models import StoredContent
from anxin.desk.operations.incidents.clocks.state import Standing
from anxin.desk.operations.incidents.stages import Stage
from anxin.desk.operations.measures.batches.panels import OUTCOMES as BATCH_OUTCOMES
from anxin.desk.operations.measures.models import ActionRequest, Batch
from anxin.desk.operations.measures.panels import FINDINGS
from anxin.desk.operations.replies.models import Reply
from anxin.desk.operations.user_notices.models import UserNotice
from anxin.desk.oversight.reviews.models import CorrectiveAction, Review
from anxin.desk.oversight.training.pages import STATES as CERTIFICATE_STATES
from anxin.desk.workbench.together.marks import CONSULT_STATES, TASK_STATES
from anxin.engine.verdict import Verdict

NOTHING = ("",)
"""Of what is not known yet, or does not apply."""


def _values(of: type[enum.Enum]) -> tuple[str, ...]:
    return tuple(str(each.value) for each in of)


def _words(of: Iterable[enum.IntEnum]) -> tuple[str, ...]:
    return tuple(each.name.lower() for each in of)


CODES: Codes = {
    "ActionOut": {"state": _values(CorrectiveAction.State)},
    "ApprovalOut": {"state": _values(ApprovalState)},
    "BatchOut": {"state": (*NOTHING, *_values(Batch.State))},
    "BatchResultOut": {"outcome": tuple(BATCH_OUTCOMES)},
    "CertificateOut": {"state": tuple(CERTIFICATE_STATES)},
    "ChangeOut": {"state": _values(ChangeState)},
    "CheckOut": {"verdict": get_args(Level)},
    "ClockLine": {"standing": _values(Standing)},
    "ConsultOut": {"state": tuple(CONSULT_STATES)},
    "DecidedOut": {"state": _values(ApprovalState)},
    "DecisionLine": {"verdict": _words(Verdict)},
    "DeliveryLine": {"state": _values(Delivery.State), "outcome": (*NOTHING, *get_args(Outcome))},
    "EntityOut": {"risk_level": _words(RiskLevel)},
    "FindingOut": {"verdict": get_args(Level)},
    "GrantOut": {"grade": _values(Grade)},
    "IncidentLine": {"stage": _values(Stage), "clock_standing": (*NOTHING, *_values(Standing))},
    "ItemOut": {"state": tuple(ITEM_STATES)},
    "LabelOut": {"state": _values(GivenLabel.State)},
    "LinkOut": {"verdict": get_args(Level)},
    "ListResultOut": {"outcome": tuple(LIST_OUTCOMES)},
    "MeOut": {"kind": _values(ActorKind)},
    "MeasureOut": {"state": _values(ActionRequest.State), "finding": (*NOTHING, *FINDINGS)},
    "OfferOut": {"stage": _values(Stage)},
    "OrderOut": {"verdict": (*NOTHING, *_words(Verdict))},
    "PageOut": {"state": _values(Page.State)},
    "PieceOut": {"state": _values(StoredContent.State)},
    "ReplyOut": {"state": _values(Reply.State)},
    "ReviewOut": {"state": _values(Review.State)},
    "RoomTaskOut": {"state": tuple(TASK_STATES)},
    "SentOut": {"state": _values(Reply.State)},
    "SettleOut": {"state": _values(UserNotice.State)},
    "StateOut": {"stage": (*NOTHING, *_values(Stage))},
    "TaskOut": {"state": tuple(TASK_STATES)},
    "TaskStateOut": {"state": tuple(TASK_STATES)},
    "VerifiedOut": {"state": _values(StoredContent.State)},
}
"""By the schema and the field of the API's document."""
