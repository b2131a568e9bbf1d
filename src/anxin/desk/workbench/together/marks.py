"""How tasks and consultations stand: word, shape and tone."""

from __future__ import annotations

from collections.abc import Mapping

from anxin.desk.foundation.ui.vocabulary import Mark
from anxin.desk.foundation.ui.words import Words

TASK_STATES: Mapping[str, Mark] = {
    "open": Mark(Words("待接受", "to be accepted"), "inbox", "warning"),
    "accepted": Mark(Words("处理中", "accepted"), "loader", "info"),
    "declined": Mark(Words("已拒绝", "declined"), "ban", "neutral"),
    "done": Mark(Words("已完成", "done"), "circle-check", "ok"),
}
CONSULT_STATES: Mapping[str, Mark] = {
    "open": Mark(Words("等待答复", "waits for an answer"), "hourglass", "warning"),
    "answered": Mark(Words("已答复，由您决定", "answered: you decide"), "message-square", "info"),
    "closed": Mark(Words("已结束", "closed"), "circle-check", "ok"),
}
