"""Static types of the expression language."""

from __future__ import annotations

import enum

from anxin.engine.schema.types import FieldType


class Type(enum.Enum):
    """The type of an expression; BROKEN stands where a problem was already told."""

    BOOL = "bool"
    INT = "int"
    NUMBER = "number"
    MONEY = "money"
    DURATION = "duration"
    TIME = "time"
    TEXT = "text"
    TEXTS = "texts"
    TOKEN = "token"  # noqa: S105 - the keyed 64-bit token that `last` of a text answers
    IP = "ip"
    PHONE = "phone"
    EMAIL = "email"
    BROKEN = "broken"

    @property
    def is_personal(self) -> bool:
        """Return whether only a keyed token of the value may leave the event."""
        return self in PERSONAL

    @property
    def is_plain_number(self) -> bool:
        """Return whether it counts something without a unit."""
        return self in (Type.INT, Type.NUMBER)


PERSONAL = (Type.IP, Type.PHONE, Type.EMAIL)
ORDERED = (Type.INT, Type.NUMBER, Type.MONEY, Type.DURATION, Type.TIME)
TEXTUAL = (Type.TEXT, *PERSONAL)

WORDS_ZH = {
    Type.BOOL: "真假值",
    Type.INT: "整数",
    Type.NUMBER: "数字",
    Type.MONEY: "金额",
    Type.DURATION: "时长",
    Type.TIME: "时间",
    Type.TEXT: "文本",
    Type.TEXTS: "文本列表",
    Type.TOKEN: "文本令牌",
    Type.IP: "IP 地址",
    Type.PHONE: "手机号",
    Type.EMAIL: "邮箱",
    Type.BROKEN: "?",
}

OF_FIELD = {
    FieldType.TEXT: Type.TEXT,
    FieldType.INT: Type.INT,
    FieldType.NUMBER: Type.NUMBER,
    FieldType.BOOL: Type.BOOL,
    FieldType.MONEY: Type.MONEY,
    FieldType.TIME: Type.TIME,
    FieldType.TEXTS: Type.TEXTS,
    FieldType.IP: Type.IP,
    FieldType.PHONE: Type.PHONE,
    FieldType.EMAIL: Type.EMAIL,
}
