"""What the list of decisions is narrowed by, as it comes with a request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_date

from anxin.desk.decisioning.decisions.queries import DecisionFilter
from anxin.desk.decisioning.decisions.sites import SeenOrigins
from anxin.desk.decisioning.decisions.wording import event_types, event_words, line_words, province_words
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.ui.shapes import Choice, Filter
from anxin.desk.foundation.ui.vocabulary import VERDICTS
from anxin.desk.foundation.ui.words import Words

Given = Mapping[str, str]
_MOST = 100


def parse_decision_filter(given: Given) -> DecisionFilter:
    """Return the filter of a query; raise FieldInvalid for a verdict or a day that is none."""
    verdict = given.get("verdict", "")
    if verdict and verdict not in VERDICTS:
        raise FieldInvalid(pointer="/verdict", field="verdict", reason=", ".join(VERDICTS))
    since, until = parse_days(given)
    return DecisionFilter(
        verdicts=frozenset({verdict} - {""}),
        event_type=text_of(given, "event_type"),
        rule=text_of(given, "rule"),
        platform=text_of(given, "platform"),
        business_line=text_of(given, "line"),
        region=text_of(given, "region"),
        since=since,
        until=until,
    )


def text_of(given: Given, name: str) -> str:
    """Return a short text of a query, without what no id holds."""
    return "".join(each for each in given.get(name, "").strip()[:_MOST] if each.isprintable())


def parse_days(given: Given) -> tuple[datetime | None, datetime | None]:
    """Return the half-open period of two days in the reader's time zone, the last one included."""
    since, until = (_day(given, name) for name in ("since", "until"))
    return since, until + timedelta(days=1) if until is not None else None


def _day(given: Given, name: str) -> datetime | None:
    text = given.get(name, "")
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not 1970 < day.year < 9000:
        raise FieldInvalid(pointer=f"/{name}", field=name, reason="YYYY-MM-DD")
    return timezone.make_aware(datetime.combine(day, time()))


def decision_filters(given: Given, seen: SeenOrigins) -> tuple[Filter, ...]:
    """Return the fields of the filter bar with what was chosen."""
    verdicts = tuple(Choice(word, mark.words) for word, mark in VERDICTS.items())
    types = tuple(Choice(each, same(event_words(each))) for each in event_types())
    return (
        Filter("verdict", Words("结论", "Verdict"), given.get("verdict", ""), verdicts),
        Filter("rule", Words("规则", "Rule"), text_of(given, "rule")),
        Filter("event_type", Words("事件类型", "Event type"), given.get("event_type", ""), types),
        *site_filters(given, seen),
        *day_filters(given),
    )


def site_filters(given: Given, seen: SeenOrigins) -> tuple[Filter, ...]:
    """Return the fields that choose where events came from; a platform only where there are several."""
    platforms = tuple(Choice(each, same(each)) for each in seen.platforms)
    lines = tuple(Choice(each, same(line_words(each))) for each in seen.business_lines)
    regions = tuple(Choice(each, same(province_words(each))) for each in seen.regions)
    found = (
        Filter("platform", Words("平台", "Platform"), given.get("platform", ""), platforms),
        Filter("line", Words("业务线", "Line of business"), given.get("line", ""), lines),
        Filter("region", Words("省份", "Province"), given.get("region", ""), regions),
    )
    return tuple(each for each in found if len(each.choices) > 1 or each.value)


def day_filters(given: Given) -> tuple[Filter, ...]:
    """Return the two fields of a period."""
    return (
        Filter("since", Words("自", "From"), given.get("since", ""), kind="date"),
        Filter("until", Words("至", "Until"), given.get("until", ""), kind="date"),
    )


def same(text: str) -> Words:
    """Return words that are already in the language of the request; braces in them are kept as they are."""
    plain = text.replace("{", "(").replace("}", ")")
    return Words(plain, plain)
