"""Values as people read them, in Chinese and English."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from anxin.engine.decision import Text
from anxin.engine.policy.language.currency import EXPONENTS
from anxin.engine.policy.language.types import Type

Shown = object  # any value of an event, a feature or a threshold

MISSING = Text("缺失", "missing")
HIDDEN = Text("（已隐藏）", "(hidden)")
YES, NO = Text("是", "yes"), Text("否", "no")
TEXT_LIMIT = 60
UNITS = (
    (86_400_000, Text("天", "d")),
    (3_600_000, Text("小时", "h")),
    (60_000, Text("分钟", "min")),
    (1000, Text("秒", "s")),
)
SUFFIX_MS = {"_days": 86_400_000, "_h": 3_600_000, "_s": 1000, "_ms": 1}


@dataclass(frozen=True)
class Meaning:
    """How a value is to be read: its type, the name that may tell its unit, and the currency of its money."""

    type: Type
    name: str = ""
    currency: str | None = None


def shown(value: Shown, meaning: Meaning) -> Text:
    """Return a value in both languages; personal values and tokens are hidden, texts are cut at 60 characters."""
    if value is None:
        return MISSING
    if meaning.type.is_personal or meaning.type is Type.TOKEN:
        return HIDDEN
    form = FORMS.get(meaning.type)
    if isinstance(value, bool):
        return YES if value else NO
    if form is not None and isinstance(value, (int, float)):
        return form(value, meaning)
    if isinstance(value, (list, tuple)):
        return _same("、".join(str(each) for each in value), ", ".join(str(each) for each in value))
    return _same(str(value), str(value))


def money(amount_minor: float, currency: str | None) -> Text:
    """Return an amount of minor units; `currency` None leaves its name out."""
    exponent = EXPONENTS.get(currency or "", 2)
    if isinstance(amount_minor, int) and exponent == 2:
        major, cents = divmod(abs(amount_minor), 100)
        number = f"{'-' if amount_minor < 0 else ''}{major:,}.{cents:02d}"
    else:
        number = f"{Decimal(repr(amount_minor)).scaleb(-exponent):,.{exponent}f}"
    if currency is None:
        return Text(number, number)
    return Text(f"{number} 元" if currency == "CNY" else f"{currency} {number}", f"{currency} {number}")


def duration(milliseconds: float) -> Text:
    """Return a length of time in its two largest units: 2小时5分钟, 2 h 5 min."""
    sign, rest = ("-" if milliseconds < 0 else ""), int(abs(milliseconds))
    if rest == 0:
        return Text("0秒", "0 s")
    if rest < 1000:
        return Text(f"{sign}{rest}毫秒", f"{sign}{rest} ms")
    first = next(place for place, (unit, _) in enumerate(UNITS) if rest >= unit)
    zh: list[str] = []
    en: list[str] = []
    for unit, word in UNITS[first : first + 2]:
        count, rest = divmod(rest, unit)
        if count:
            zh.append(f"{count}{word.zh}")
            en.append(f"{count} {word.en}")
    return Text(sign + "".join(zh), sign + " ".join(en))


def number(value: float, meaning: Meaning) -> Text:
    """Return a plain number; its name may tell its unit: `_permille`, `_ms`, `_s`, `_h`, `_days`."""
    if meaning.name.endswith("_permille"):
        return _both(f"{Decimal(repr(value)).scaleb(-1).normalize():f}%")
    unit = next((each for suffix, each in SUFFIX_MS.items() if meaning.name.endswith(suffix)), None)
    if unit is not None and value:
        return duration(value * unit)
    if unit is not None:
        word = dict(UNITS).get(unit, UNITS[-1][1])
        return Text(f"0{word.zh}", f"0 {word.en}")
    if isinstance(value, int):
        return _both(f"{value:,}" if abs(value) >= 10_000 else str(value))
    return _both(f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}")


def moment(milliseconds: float) -> Text:
    """Return an instant in UTC, to the second."""
    try:
        return _both(datetime.fromtimestamp(milliseconds / 1000, tz=UTC).strftime("%Y-%m-%d %H:%M:%S UTC"))
    except (ValueError, OverflowError, OSError):
        return _both(f"{milliseconds} ms")


def _both(text: str) -> Text:
    return Text(text, text)


def _same(zh: str, en: str) -> Text:
    return Text(*(text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…" for text in (f"“{zh}”", f"“{en}”")))


FORMS: dict[Type, Callable[[float, Meaning], Text]] = {
    Type.MONEY: lambda value, meaning: money(value, meaning.currency),
    Type.DURATION: lambda value, _: duration(value),
    Type.TIME: lambda value, _: moment(value),
    Type.INT: number,
    Type.NUMBER: number,
}
