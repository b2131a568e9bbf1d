"""How one browser shows the desk: theme, language, single keys; kept in cookies, so a shared night screen stays dim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.ui.words import Words

_YEAR_SECONDS = 365 * 24 * 3600
EVENING, MORNING = 22, 6
"""Between these hours the night theme is offered (D, 2026-11)."""


@dataclass(frozen=True)
class Theme:
    """One way of showing the same tokens."""

    value: str
    words: Words
    icon: str


THEMES = (
    Theme("auto", Words("跟随系统", "As the system"), "monitor"),
    Theme("light", Words("浅色", "Light"), "sun"),
    Theme("dark", Words("深色", "Dark"), "moon"),
    Theme("night", Words("夜间（更暗、更大）", "Night: dimmer, larger"), "moon-star"),
)

ALLOWED: dict[str, tuple[str, ...]] = {
    "theme": tuple(each.value for each in THEMES),
    "shortcuts": ("on", "off"),
    "language": tuple(code for code, _name in settings.LANGUAGES),
}
"""What may be chosen, by field."""

_COOKIES = {"theme": "anxin_theme", "shortcuts": "anxin_shortcuts", "language": settings.LANGUAGE_COOKIE_NAME}


@dataclass(frozen=True)
class Look:
    """What this browser has chosen."""

    theme: str
    shortcuts: str
    themes: tuple[Theme, ...] = THEMES


def read_look(request: HttpRequest) -> Look:
    """Return the browser's choice; without one the person's own theme, else the system's."""
    preferred = getattr(getattr(request, "user", None), "theme", "auto")
    return Look(theme=_read(request, "theme", preferred), shortcuts=_read(request, "shortcuts", "on"))


def is_night(request: HttpRequest) -> bool:
    """Return whether it is between ten in the evening and six in the morning where the reader is."""
    hour = timezone.localtime(cast("DeskRequest", request).moment).hour
    return hour >= EVENING or hour < MORNING


def _read(request: HttpRequest, name: str, default: str) -> str:
    value = request.COOKIES.get(_COOKIES[name], default)
    return value if value in ALLOWED[name] else ALLOWED[name][0]


def keep_look(response: HttpResponse, chosen: dict[str, str]) -> None:
    """Keep in the browser what was chosen and is allowed; anything else is left alone."""
    for name, value in chosen.items():
        if value in ALLOWED[name]:
            is_secure = settings.SESSION_COOKIE_SECURE
            response.set_cookie(_COOKIES[name], value, max_age=_YEAR_SECONDS, samesite="Lax", secure=is_secure)
