"""What searches and stories are narrowed by, as it comes with a request."""

from __future__ import annotations

from django import forms

from anxin.desk.decisioning.decisions.forms import Given, day_filters, parse_days, site_filters, text_of
from anxin.desk.decisioning.decisions.sites import SeenOrigins
from anxin.desk.decisioning.decisions.strands import strands
from anxin.desk.decisioning.entities.search import MOST_QUERY
from anxin.desk.decisioning.entities.timeline import TimelineFilter
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.ui.shapes import Choice, Filter
from anxin.desk.foundation.ui.vocabulary import VERDICTS
from anxin.desk.foundation.ui.words import Words, say_later
from anxin.engine.verdict import Verdict

_FROM = Words("{word}及以上", "{word} and above")
_LABEL = Words("编号、手机号、邮箱、订单、链接或聊天里的文字", "id, phone, e-mail, order, link, or words of a chat")
_MISSING = Words("请输入要查找的内容。", "Type what you look for.")
_TOO_LONG = Words("最多 200 个字符。", "At most 200 characters.")


class SearchForm(forms.Form):
    """One box."""

    query = forms.CharField(
        label=say_later(_LABEL),
        max_length=MOST_QUERY,
        error_messages={"required": say_later(_MISSING), "max_length": say_later(_TOO_LONG)},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "enterkeyhint": "search",
                "data-key": "/",
                "data-key-focus": "",
                "data-draft-never": "",
            }
        ),
    )


def parse_timeline_filter(given: Given) -> TimelineFilter:
    """Return the filter of a query; raise FieldInvalid for a strand, verdict or day that is none."""
    strand, verdict = given.get("strand", ""), given.get("verdict", "")
    if strand and strand not in strands():
        raise FieldInvalid(pointer="/strand", field="strand", reason=", ".join(strands()))
    if verdict and verdict not in VERDICTS:
        raise FieldInvalid(pointer="/verdict", field="verdict", reason=", ".join(VERDICTS))
    since, until = parse_days(given)
    return TimelineFilter(
        strands=frozenset({strand} - {""}),
        least_verdict=Verdict.from_word(verdict) if verdict else Verdict.ALLOW,
        platform=text_of(given, "platform"),
        business_line=text_of(given, "line"),
        region=text_of(given, "region"),
        since=since,
        until=until,
    )


def timeline_filters(given: Given, seen: SeenOrigins) -> tuple[Filter, ...]:
    """Return the fields of the filter bar with what was chosen."""
    kinds = tuple(Choice(name, strand.words) for name, strand in strands().items())
    least = tuple(
        Choice(
            word, Words(*(sentence.replace("{word}", each) for sentence, each in zip(_FROM, mark.words, strict=True)))
        )
        for word, mark in VERDICTS.items()
        if word != "allow"
    )
    return (
        Filter("strand", Words("类别", "Kind"), given.get("strand", ""), kinds),
        Filter("verdict", Words("结论", "Verdict"), given.get("verdict", ""), least),
        *site_filters(given, seen),
        *day_filters(given),
    )
