"""Why a clock refuses."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class PauseRefused(Refusal):
    """The clock may not be paused now; `unmet` says which rule forbids it."""

    code: ClassVar[str] = "clock.pause_refused"
    zh: ClassVar[str] = "现在不能暂停计时：{reason}"
    en: ClassVar[str] = "The clock cannot be paused now: {reason}"
    status: ClassVar[int] = 409


class OutOfOrder(Exception):
    """Something was said to have happened before the incident existed: a fault of the caller."""
