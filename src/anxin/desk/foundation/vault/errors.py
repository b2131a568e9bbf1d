"""What can go wrong with sealed values."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class KeyServiceUnreachable(Refusal):
    """The service that holds the key-encrypting key does not answer; sealed values stay sealed."""

    code: ClassVar[str] = "vault.key_service_unreachable"
    zh: ClassVar[str] = "密钥服务暂时无法访问，加密信息暂不能显示或保存；其余功能不受影响。"
    en: ClassVar[str] = (
        "The key service cannot be reached: sealed values cannot be shown or stored now; all else works."
    )
    status: ClassVar[int] = 503


class Shredded(Refusal):
    """The key of the value was destroyed on purpose: the value is gone, the fact of it remains."""

    code: ClassVar[str] = "vault.shredded"
    zh: ClassVar[str] = "该信息已按要求删除，无法恢复。"
    en: ClassVar[str] = "This was erased on request and cannot be brought back."
    status: ClassVar[int] = 410


class SealBroken(Exception):
    """A sealed value was changed, or belongs to another row: a fault, never shown to a user as a value."""
