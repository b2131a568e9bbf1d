"""What a sign-in name may look like."""

from __future__ import annotations

import re
import unicodedata

from anxin.desk.foundation.edge.refusals import FieldInvalid

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")
_SHORTEST, _LONGEST = 3, 32


def parse_username(typed: str) -> str:
    """Return the name, lower case; raise FieldInvalid.

    ASCII only: no two names look alike, and nobody's own name in Chinese gets in. It starts with a letter: no phone
    number; it holds no @: no address (UTS 39, NFKC).
    """
    name = unicodedata.normalize("NFKC", typed).strip()
    if name.casefold() != typed.strip().casefold() or not name.isascii():
        raise FieldInvalid(pointer="/username", field="sign-in name", field_zh="登录名", reason=_EN, reason_zh=_ZH)
    name = name.lower()
    if not _NAME.fullmatch(name) or not _SHORTEST <= len(name) <= _LONGEST:
        raise FieldInvalid(pointer="/username", field="sign-in name", field_zh="登录名", reason=_EN, reason_zh=_ZH)
    return name


_ZH = "3–32 个小写字母、数字和 . _ -，以字母开头；请不要使用本人姓名、电话或邮箱"
_EN = "3–32 small letters, digits and . _ -, a letter first; no real name, number or address"
