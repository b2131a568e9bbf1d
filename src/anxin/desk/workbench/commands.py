"""What the command palette offers: every page one may open, and what the frame itself can do."""

from __future__ import annotations

from typing import TypedDict

from django.utils.translation import get_language

from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.workbench.navigation import Door


class Command(TypedDict, total=False):
    """One line of the palette as the browser reads it; it leads to `href`, or presses what `press` selects."""

    title: str
    also: str
    alsoLang: str
    initials: str
    icon: str
    keys: str
    href: str
    press: str


_FRAME = (
    (Words("切换主题：浅色", "Theme: light"), "qhztqs", "sun", "[name=theme][value=light]"),
    (Words("切换主题：深色", "Theme: dark"), "qhztss", "moon", "[name=theme][value=dark]"),
    (Words("切换主题：夜间", "Theme: night"), "qhztyj", "moon-star", "[name=theme][value=night]"),
    (Words("切换语言：English", "Language: 中文"), "qhyy", "languages", "#language"),
    (Words("快捷键一览", "Sheet of shortcuts"), "kjjyl", "keyboard", "[data-open-keys]"),
    (Words("退出登录", "Sign out"), "tcdl", "log-out", "#sign-out"),
)


def list_commands(doors: tuple[Door, ...]) -> list[Command]:
    """Return the commands in the language of the request, with the other language beside it for searching."""
    pages = [
        _command(each.words, each.initials, icon=each.icon, keys=each.keys) | {"href": each.href} for each in doors
    ]
    frame = [
        _command(words, initials, icon=icon, keys="") | {"press": press} for words, initials, icon, press in _FRAME
    ]
    return [*pages, *frame]


def _command(words: Words, initials: str, *, icon: str, keys: str) -> Command:
    is_chinese = (get_language() or "zh").startswith("zh")
    also, language = (words.en, "en") if is_chinese else (words.zh, "zh-Hans")
    return {"title": say(words), "also": also, "alsoLang": language, "initials": initials, "icon": icon, "keys": keys}
