"""Why a channel or a page is refused."""

from __future__ import annotations

from typing import ClassVar

from anxin.desk.foundation.edge.refusals import Refusal


class AddressRefused(Refusal):
    """The address does not belong to that kind of channel, or leads inside."""

    code: ClassVar[str] = "channel.address_refused"
    zh: ClassVar[str] = "该地址不能使用：{reason}"
    en: ClassVar[str] = "This address cannot be used: {reason}"
    status: ClassVar[int] = 422


class LinkSpent(Refusal):
    """The link was used, is too old, or was never given."""

    code: ClassVar[str] = "page.link_spent"
    zh: ClassVar[str] = "链接已使用或已失效。请登录工作台查看。"
    en: ClassVar[str] = "This link was used already, or is over. Sign in at the desk to go on."
    status: ClassVar[int] = 410
