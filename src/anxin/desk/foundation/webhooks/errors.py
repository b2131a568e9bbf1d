"""Why an endpoint is not taken."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class UrlRefused(Refusal):
    """The address is not one that facts may be sent to."""

    code: ClassVar[str] = "webhook.url_refused"
    zh: ClassVar[str] = "该地址不能使用：{reason}"
    en: ClassVar[str] = "This address cannot be used: {reason}"
    status: ClassVar[int] = 422
