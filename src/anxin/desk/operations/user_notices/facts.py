"""What this package tells others: the platform's webhook takes the first to the holder of the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class UserNoticeSent:
    """Tell the holder of the entity; answer by `POST /api/v1/user-notices/{object_id}:confirm`. No personal value."""

    kind: ClassVar[str] = "user.notice"
    topic: ClassVar[str] = "measures"
    object_id: str
    measure_id: str
    occasion: str
    entity_kind: str
    entity_key: str
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    appeal_zh: str
    appeal_en: str
    tell_by: str


@dataclass(frozen=True)
class UserNoticeSettled:
    """The platform said whether the notice arrived."""

    kind: ClassVar[str] = "user.notice_settled"
    topic: ClassVar[str] = "measures"
    object_id: str
    measure_id: str
    state: str
    why: str
