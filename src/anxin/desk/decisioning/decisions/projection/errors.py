"""What keeps a projection from going on; nothing is lost, the log is the truth."""

from __future__ import annotations

from anxin.engine.errors import EngineError


class ProjectionMoved(EngineError):
    """Somebody else projected, rebuilt or replaced this projection meanwhile; begin again from its position."""

    code = "projection.moved"
    zh = "投影已被另一个进程推进，将从新位置继续。"
    en = "Another process moved the projection on; going on from there."


class LogWentBack(EngineError):
    """The log no longer holds what was projected: a power cut took unacknowledged records, or it was replaced."""

    code = "projection.log_went_back"
    zh = "决策日志比已投影的内容短或不同（位置 {position}），必须重建投影。"
    en = "The decision log is shorter than what was projected, or another (position {position}); a rebuild is needed."
