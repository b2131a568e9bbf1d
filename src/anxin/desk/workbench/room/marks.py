"""What roles and tasks are called in a room."""

from __future__ import annotations

from collections.abc import Mapping

from anxin.desk.foundation.ui.vocabulary import Mark
from anxin.desk.foundation.ui.words import Words

ROLES: Mapping[str, Words] = {
    "scribe": Words("记录", "scribe"),
    "comms": Words("对外口径", "comms"),
    "technical": Words("技术", "technical"),
}
TASKS: Mapping[str, Mark] = {
    "open": Mark(Words("待接受", "open"), "hourglass", "warning"),
    "accepted": Mark(Words("处理中", "accepted"), "play", "info"),
    "declined": Mark(Words("已拒绝", "declined"), "ban", "neutral"),
    "done": Mark(Words("已完成", "done"), "circle-check", "ok"),
}
