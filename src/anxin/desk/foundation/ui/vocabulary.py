"""The words, icons and tones of what appears everywhere: levels, verdicts, kinds of entity, states."""

from __future__ import annotations

from typing import NamedTuple

from anxin.desk.foundation.ui.words import Words


class Mark(NamedTuple):
    """A word, a shape and a tone: never a colour alone."""

    words: Words
    icon: str
    tone: str


LEVELS: dict[int, Mark] = {
    1: Mark(Words("L1 紧急", "L1 critical"), "triangle-alert", "danger"),
    2: Mark(Words("L2 较急", "L2 urgent"), "diamond", "warning"),
    3: Mark(Words("L3 一般", "L3 normal"), "circle", "info"),
}

VERDICTS: dict[str, Mark] = {
    "allow": Mark(Words("放行", "allow"), "check", "ok"),
    "challenge": Mark(Words("验证", "challenge"), "key-round", "info"),
    "review": Mark(Words("人工审核", "review"), "eye", "warning"),
    "hold": Mark(Words("暂缓", "hold"), "pause", "warning"),
    "freeze": Mark(Words("冻结", "freeze"), "snowflake", "danger"),
    "block": Mark(Words("拦截", "block"), "ban", "danger"),
}

RISKS: dict[str, Mark] = {
    "high": Mark(Words("高风险", "high risk"), "octagon-alert", "danger"),
    "medium": Mark(Words("中风险", "medium risk"), "triangle-alert", "warning"),
    "low": Mark(Words("低风险", "low risk"), "circle-check", "ok"),
    "unknown": Mark(Words("风险未知", "risk unknown"), "circle-dashed", "neutral"),
}

KINDS: dict[str, Mark] = {
    "user": Mark(Words("用户", "user"), "user-round", ""),
    "device": Mark(Words("设备", "device"), "smartphone", ""),
    "card": Mark(Words("银行卡", "card"), "credit-card", ""),
    "address": Mark(Words("地址", "address"), "map-pin", ""),
    "phone": Mark(Words("手机号", "phone"), "phone", ""),
    "ip": Mark(Words("IP 地址", "IP address"), "globe", ""),
    "merchant": Mark(Words("商家", "merchant"), "store", ""),
    "link": Mark(Words("链接", "link"), "link", ""),
    "order": Mark(Words("订单", "order"), "package", ""),
    "payee": Mark(Words("收款方", "payee"), "landmark", ""),
    "email": Mark(Words("邮箱", "e-mail"), "mail", ""),
}
"""Kinds a chip knows by icon; any other kind shows its own name and a plain shape."""

EVIDENCE: dict[str, Mark] = {
    "image": Mark(Words("图片", "image"), "image", ""),
    "audio": Mark(Words("录音", "audio"), "mic", ""),
    "video": Mark(Words("视频", "video"), "video", ""),
    "document": Mark(Words("文件", "document"), "file-text", ""),
    "text": Mark(Words("文字", "text"), "message-square", ""),
}

TONES: dict[str, Mark] = {
    "danger": Mark(Words("危险", "Danger"), "octagon-alert", "danger"),
    "warning": Mark(Words("注意", "Warning"), "triangle-alert", "warning"),
    "ok": Mark(Words("完成", "Done"), "circle-check", "ok"),
    "info": Mark(Words("提示", "Note"), "info", "info"),
    "neutral": Mark(Words("说明", "Note"), "circle", "neutral"),
}


def kind_mark(kind: str) -> Mark:
    """Return the mark of a kind of entity, also of one that is not in the table."""
    return KINDS.get(kind, Mark(Words(kind, kind), "circle-dot", ""))
