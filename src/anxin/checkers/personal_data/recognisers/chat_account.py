"""QQ numbers and WeChat names, where they are named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from anxin.checkers.personal_data.span import Span

KIND = "chat_account"
EXAMPLES = ("QQ：123456789", "加微信号 wxid_abc123", "VX: lucky_888", "扣扣 1234567")
QUIET = ("微信支付100元", "QQ音乐", "VX 口红")
_LINK = r"(?:号码|帐号|账号|号|群|id)?(?:[ \t]{0,3}(?:是|为|:|-|=)?[ \t]{0,3})"
_QQ = re.compile(rf"(?:(?<![A-Za-z])QQ|扣扣|企鹅){_LINK}([1-9]\d{{4,11}})(?![0-9])", re.IGNORECASE)
_WECHAT = re.compile(
    rf"(?:微信|薇信|威信|(?<![A-Za-z])(?:wechat|weixin|vx|wx)){_LINK}([A-Za-z][A-Za-z0-9_-]{{5,19}}|1[3-9]\d{{9}})(?![A-Za-z0-9])",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Span]:
    """Yield the account after its name, without the name."""
    for pattern in (_QQ, _WECHAT):
        for match in pattern.finditer(text):
            yield Span(match.start(1), match.end(1), KIND, 0.85)
