"""Why a certificate is not granted."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class OwnCertificate(Refusal):
    """Nobody certifies themselves."""

    code: ClassVar[str] = "training.own_certificate"
    zh: ClassVar[str] = "不能给自己授予或撤销认证，请另一位培训负责人处理。"
    en: ClassVar[str] = "Nobody grants or revokes a certificate of their own: ask another training lead."
    status: ClassVar[int] = 403
