"""Why a list is not changed."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class NothingToChange(Refusal):
    """No line of it would change the list."""

    code: ClassVar[str] = "list.nothing_to_change"
    zh: ClassVar[str] = "没有可以执行的行：请看逐行结果，更正后重试。"
    en: ClassVar[str] = "No line of it would change the list: look at the result of each line, and mend them."
    status: ClassVar[int] = 422


class TooManyLines(Refusal):
    """More lines than one change may have."""

    code: ClassVar[str] = "list.too_many_lines"
    zh: ClassVar[str] = "一次最多 {most} 行（您提交了 {n} 行），请分批提交。"
    en: ClassVar[str] = "At most {most} lines at once (these are {n}): part them."
    status: ClassVar[int] = 422


class ChangeClosed(Refusal):
    """The change is in a state that does not allow this."""

    code: ClassVar[str] = "list.change_closed"
    zh: ClassVar[str] = "该变更当前状态为 {state}，不能执行此操作。"
    en: ClassVar[str] = "The change is {state}; this cannot be done now."
    status: ClassVar[int] = 409


class UndoLate(Refusal):
    """Taking a change back alone is over; two people can still change the list."""

    code: ClassVar[str] = "list.undo_late"
    zh: ClassVar[str] = "整批撤销只在生效后 {hours} 小时内可用，请申请移出或重新加入。"
    en: ClassVar[str] = "A change is taken back within {hours} h only; ask for the opposite change instead."
    status: ClassVar[int] = 409
