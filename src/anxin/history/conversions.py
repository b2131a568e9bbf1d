"""Conversions of a file's values into the JSON values of event fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from anxin.engine.policy.language.currency import CODES, EXPONENTS
from anxin.history.errors import Misfit

UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_WHOLE = re.compile(r"[+-]?[0-9]+(\.0*)?")
TRUE_WORDS = frozenset({"1", "true", "t", "yes", "y"})
FALSE_WORDS = frozenset({"0", "false", "f", "no", "n"})

Convert = Callable[[object], object]
"""Takes a present value; raises ValueError with the reason when it does not fit."""


def text_conversion(prefix: str) -> Convert:
    """Return a conversion into text with a prefix; whole floats lose their “.0”."""

    def convert(value: object) -> str:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return f"{prefix}{value}"

    return convert


def convert_int(value: object) -> int:
    """Return a whole number."""
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value.strip().partition(".")[0])
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    raise Misfit(f"{value!r} 不是整数", f"{value!r} is not a whole number")


def convert_number(value: object) -> float:
    """Return a finite number."""
    try:
        number = float(value) if isinstance(value, str | int | float) else float("nan")
    except ValueError:
        number = float("nan")
    if number - number != 0:
        raise Misfit(f"{value!r} 不是有限的数字", f"{value!r} is not a finite number")
    return number


def convert_bool(value: object) -> bool:
    """Return a truth value of 0 and 1, true and false, yes and no."""
    word = str(value).strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise Misfit(f"{value!r} 既不是真也不是假", f"{value!r} is neither true nor false")


def money_conversion(currency: str, *, is_rounded: bool) -> Convert:
    """Return a conversion of major units (“12.50”) into minor units of the currency, rounded half to even or exact."""
    digits = EXPONENTS.get(currency, 2)
    if currency not in CODES:
        raise ValueError(f"{currency} is not a known currency")

    def convert(value: object) -> int:
        try:
            minor = Decimal(str(value)).scaleb(digits)
        except InvalidOperation:
            raise Misfit(f"{value!r} 不是金额", f"{value!r} is not an amount") from None
        whole = int(minor.to_integral_value(ROUND_HALF_EVEN)) if minor.is_finite() else -1
        if whole < 0:
            raise Misfit(f"{value!r} 为负或不是金额", f"{value!r} is negative or not an amount")
        if whole != minor and not is_rounded:
            raise Misfit(
                f"{value!r} 的小数超过 {currency} 的 {digits} 位；可在映射文件中写 round = true",
                f"{value!r} is not an amount of {currency} with at most {digits} decimals; "
                "round = true in the mapping rounds it",
            )
        return whole

    return convert


def time_conversion(form: str, *, timezone: str, base: str | None) -> Convert:
    """Return a conversion into ms UTC.

    `form` is `iso` (also “2015-01-01 00:00:00”), the unit (`ms s m h d`) of a number counted from `base` or from 1970,
    or a pattern such as `%d/%m/%Y %H:%M`. Times without a zone are in `timezone`.
    """
    try:
        zone: tzinfo = UTC if timezone == "UTC" else ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise ValueError(f"{timezone} is not a time zone") from problem
    if form in UNIT_MS:
        return _offset_conversion(UNIT_MS[form], 0 if base is None else _milliseconds(_iso(base), zone))
    if form == "iso":
        return _time_by(_iso, zone)
    if "%" not in form:
        raise ValueError(f"{form} is not a time format")
    return _time_by(lambda text: datetime.strptime(text, form), zone)  # noqa: DTZ007 - the zone is set next


def _offset_conversion(unit_ms: int, start_ms: int) -> Convert:
    def convert(value: object) -> int:
        if isinstance(value, str) and value.isdecimal():
            return start_ms + int(value) * unit_ms
        try:
            return start_ms + int(Decimal(str(value)) * unit_ms)
        except (ArithmeticError, ValueError):
            raise Misfit(f"{value!r} 不是数字，无法算作时间", f"{value!r} is no number to count time with") from None

    return convert


def _time_by(read: Callable[[str], datetime], zone: tzinfo) -> Convert:
    def convert(value: object) -> int:
        try:
            return _milliseconds(value if isinstance(value, datetime) else read(str(value)), zone)
        except (ValueError, OverflowError):
            raise Misfit(f"{value!r} 不是所写格式的时间", f"{value!r} is no time in the given format") from None

    return convert


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(text.strip())


def _milliseconds(moment: datetime, zone: tzinfo) -> int:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return round(moment.timestamp() * 1000)
