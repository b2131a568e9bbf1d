"""What somebody typed into the search box: said back in words, and never in clear when it is personal."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anxin.checkers.links.address import parse_address
from anxin.desk.foundation.permissions.masks import mask
from anxin.desk.foundation.ui.words import Words

_PHONE = re.compile(r"\+?[\d\s().-]{7,20}")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
_WRITTEN = re.compile(r"[\u3400-\u9fff]|\s")
_MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")


@dataclass(frozen=True)
class Recognised:
    """What a query was taken for: `code` for the trail, words for people, and the query as it may be shown."""

    code: str
    words: Words
    shown: str


def recognise(query: str) -> Recognised:
    """Return what a query looks like."""
    asked = query.strip()
    digits = re.sub(r"[\s().-]", "", asked)
    if _MAIL.fullmatch(asked):
        return Recognised("email", Words("邮箱", "e-mail address"), mask("email", asked))
    if _IP.fullmatch(asked):
        return Recognised("ip", Words("IP 地址", "IP address"), mask("ip", asked))
    if _PHONE.fullmatch(asked):
        sure = _MOBILE.fullmatch(digits) is not None
        words = Words("手机号", "phone number") if sure else Words("电话号码或编号", "phone number or id")
        return Recognised("phone", words, mask("phone", digits))
    if "." in asked and not _WRITTEN.search(asked):
        address = parse_address(asked)
        if address is not None and address.host:
            return Recognised("link", Words("链接", "link"), address.host)
    if _WRITTEN.search(asked):
        return Recognised("text", Words("文字", "words of a text"), mask("text", asked))
    return Recognised("id", Words("编号", "id"), mask("text", asked))
