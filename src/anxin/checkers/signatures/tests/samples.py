from __future__ import annotations

from datetime import date
from typing import Any

from anxin.checkers.result import Words
from anxin.checkers.signatures.book import SignatureBook
from anxin.checkers.signatures.force import InForce, Secrets
from anxin.checkers.signatures.signature import (
    AnySignature,
    Examples,
    LinkSignature,
    PhoneSignature,
    PublishSignatures,
    TextSignature,
)

AT = 1_790_000_000_000  # 2026-09-21
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 1)
KEY = b"k" * 32
SECRETS = Secrets(KEY)
HEAD: dict[str, Any] = {"owner": "intelligence", "source": "reports", "valid_from": FIRST, "valid_until": LAST}

FILE = """\
set: own
version: "3"
signatures:
  - kind: link
    id: LK-1
    owner: intelligence
    source: reports of September
    valid_from: 2026-09-01
    valid_until: 2026-10-01
    confidence: high
    values: [evil.example, "https://a.pages.dev/x?y=1"]
    tests: {positive: ["http://www.evil.example/a"], negative: ["http://good.example/"]}
  - kind: text
    id: TX-1
    owner: intelligence
    source: reports of September
    valid_from: 2026-09-01
    valid_until: 2026-10-01
    name: {zh: 关闭直播会员, en: Close the live membership}
    scam_type: SC04
    phrases: [百万保障到期]
    patterns: ["关闭.{0,6}直播会员"]
    tests:
      positive: [您的百万保障到期了, 需要关闭抖音直播会员]
      negative: [保障到位, 直播很好看]
"""


def link(identity: str = "LK-1", *values: str, **fields: Any) -> LinkSignature:
    entries = values or ("evil.example",)
    tests = Examples((entries[0],), ("http://harmless.example/",))
    return LinkSignature(**(HEAD | {"id": identity, "values": entries, "tests": tests} | fields))


def phone(identity: str = "PH-1", *values: str, **fields: Any) -> PhoneSignature:
    numbers = values or ("13912345678",)
    return PhoneSignature(
        **(HEAD | {"id": identity, "values": numbers, "tests": Examples((numbers[0],), ("110",)), "marks": 9} | fields)
    )


def text(identity: str = "TX-1", **fields: Any) -> TextSignature:
    tests = Examples(("百万保障到期了", "您的百万保障到期"), ("保障到位", "你好"))
    given = {"id": identity, "name": Words("新骗术", "New scam"), "phrases": ("百万保障到期",), "tests": tests}
    return TextSignature(**(HEAD | given | fields))


def whole(*signatures: AnySignature, name: str = "own", version: str = "1") -> PublishSignatures:
    return PublishSignatures(name, version, put=signatures)


def in_force(*signatures: AnySignature, at: int = AT, secrets: Secrets = SECRETS) -> InForce:
    return SignatureBook().published(whole(*signatures)).in_force(secrets, at=at)
