"""The components as tags; each is one small template in `templates/ui/components`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from anxin.desk.foundation.ui import vocabulary
from anxin.desk.foundation.ui.charts import draw_distribution, draw_trend, number_text
from anxin.desk.foundation.ui.clocks import read_clock, render_age, render_duration
from anxin.desk.foundation.ui.diffs import compare_lines
from anxin.desk.foundation.ui.graphs import place_graph
from anxin.desk.foundation.ui.icons import draw_icon, icon_shapes
from anxin.desk.foundation.ui.keeping import kept
from anxin.desk.foundation.ui.shapes import (
    Choice,
    Distribution,
    Evidence,
    Filter,
    Graph,
    Reason,
    Step,
    Table,
    TimelineEntry,
    Trend,
)
from anxin.desk.foundation.ui.words import Words, say

register = template.Library()
register.tag(kept)

_TIME_LEFT = Words("剩余时间", "time left")
_CLOCK_WORDS = {"running": Words("", ""), "soon": Words("即将到时", "due soon"), "over": Words("已超时", "overdue")}
_CLOCK_SHAPES = {"running": "clock", "soon": "hourglass", "over": "octagon-alert"}

Values = dict[str, Any]
"""What a component's template is given: the edge of typed code, so anything a template can show."""


def _moment(context: Context) -> datetime:
    moment: datetime = context["request"].moment
    return moment


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """Draw a lucide icon that only decorates: its meaning always stands beside it in words."""
    return draw_icon(str(name), size)


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime | None, is_age: bool = False) -> SafeString:
    """Show an instant in the reader's time zone to the second, or with `is_age=True` how long ago; None is a dash."""
    if at is None:
        return SafeString("—")
    local = timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S")
    shown = render_age(at, now=_moment(context)) if is_age else local
    zone = timezone.localtime(at).strftime("%z")
    return format_html('<time datetime="{}" title="{} {}">{}</time>', at.isoformat(), local, zone, shown)


@register.simple_tag
def level_badge(level: int) -> SafeString:
    """Show a level, 1 to 3, by word, shape and colour."""
    return _level(level, get_language() or "")


@cache
def _level(level: int, _language: str) -> SafeString:
    """Draw once for each language: a list shows the same three hundreds of times."""
    given = {"level": level, "mark": vocabulary.LEVELS[level]}
    return mark_safe(render_to_string("ui/components/level_badge.html", given).strip())


@register.inclusion_tag("ui/components/chip.html")
def verdict_chip(verdict: str) -> Values:
    """Show a verdict by word, shape and colour."""
    return {"mark": vocabulary.VERDICTS[verdict]}


@register.inclusion_tag("ui/components/chip.html")
def risk_chip(level: str, score: float | None = None) -> Values:
    """Show a risk level (high, medium, low, unknown), with the score 0 to 100 when there is one."""
    return {"mark": vocabulary.RISKS[level], "score": score}


@register.inclusion_tag("ui/components/chip.html")
def state_chip(words: Words | str, tone: str = "neutral", icon_name: str = "") -> Values:
    """Show any other state: its word, and a tone of neutral, ok, info, warning or danger."""
    spoken = words if isinstance(words, Words) else Words(words, words)
    return {"mark": vocabulary.Mark(spoken, icon_name or vocabulary.TONES[tone].icon, tone)}


@register.inclusion_tag("ui/frame/sprite.html")
def clock_shapes() -> Values:
    """Draw the shapes of all clocks of a page once: a queue shows hundreds of them."""
    return {"sprite": {f"clock-{state}": icon_shapes(name) for state, name in _CLOCK_SHAPES.items()}}


@register.inclusion_tag("ui/components/clock.html", takes_context=True)
def clock(context: Context, due_at: datetime, started_at: datetime | None = None, label: str = "") -> Values:
    """Show the time left until `due_at` as text, bar and shape; it counts in the browser."""
    now = _moment(context)
    start = started_at or min(now, due_at - timedelta(minutes=30))
    face = read_clock(due_at=due_at, started_at=start, now=now)
    return {
        "face": face,
        "due": due_at.isoformat(),
        "start": start.isoformat(),
        "now": now.isoformat(),
        "label": label or say(_TIME_LEFT),
        "width": f"{face.share * 100:.1f}",
        "word": say(_CLOCK_WORDS[face.state]),
    }


@register.inclusion_tag("ui/components/reason_list.html", takes_context=True)
def reason_list(context: Context, reasons: Sequence[Reason]) -> Values:
    """Show reasons as sentences with source and age; what is not known is said."""
    return {"request": context["request"], "reasons": reasons}


@register.inclusion_tag("ui/components/masked_value.html", takes_context=True)
def masked_value(
    context: Context, masked: str, reveal_url: str = "", label: str = "", purposes: Sequence[Choice] = ()
) -> Values:
    """Show a masked value; with `reveal_url` a button posts the chosen purpose there and shows the answer for a while.

    The address answers with `{% revealed_value %}`.
    """
    given = {"masked": masked, "reveal_url": reveal_url, "label": label, "purposes": purposes}
    return given | {"csrf_token": context.get("csrf_token")}


@register.inclusion_tag("ui/components/revealed_value.html")
def revealed_value(value: str, masked: str, seconds: int = 60) -> Values:
    """Answer a reveal: the clear value, which the browser masks again after `seconds`."""
    return {"value": value, "masked": masked, "seconds": seconds}


@register.inclusion_tag("ui/components/entity_chip.html")
def entity_chip(kind: str, label: str, href: str = "", tone: str = "") -> Values:
    """Show an entity by its kind and its (masked) name; a link when `href` is given."""
    return {"mark": vocabulary.kind_mark(kind), "label": label, "href": href, "tone": tone}


@register.inclusion_tag("ui/components/timeline.html", takes_context=True)
def timeline(context: Context, entries: Sequence[TimelineEntry], next_href: str = "") -> Values:
    """Show what happened, latest first; `next_href` leads to what was earlier."""
    return {"request": context["request"], "entries": entries, "next_href": next_href}


@register.inclusion_tag("ui/components/diff.html")
def diff(before: str, after: str, label: str = "") -> Values:
    """Show two texts line by line: removed, added, kept."""
    return {"lines": compare_lines(before, after), "label": label}


@register.inclusion_tag("ui/components/table.html", takes_context=True)
def data_table(context: Context, table: Table) -> Values:
    """Show a table; rows with an address open by Enter, more come by a link to the next page."""
    return {"request": context["request"], "table": table}


@register.inclusion_tag("ui/components/paging.html")
def paging(next_href: str | None, shown: int = 0, csv_href: str | None = None) -> Values:
    """Show the way to the next page of a list, or that this is its end."""
    return {"next_href": next_href, "shown": shown, "csv_href": csv_href}


@register.inclusion_tag("ui/components/filter_bar.html", takes_context=True)
def filter_bar(context: Context, filters: Sequence[Filter], target: str = "#list", action: str = "") -> Values:
    """Show filters of a list: a GET form that swaps `target` when a value changes, and works without script."""
    is_set = any(each.value for each in filters)
    return {"filters": filters, "target": target, "action": action or context["request"].path, "is_set": is_set}


@register.inclusion_tag("ui/components/form_field.html")
def form_field(field: BoundField) -> Values:
    """Show a form's field with label, help and what is wrong with it."""
    is_check = getattr(field.field.widget, "input_type", "") == "checkbox" and not field.use_fieldset
    return {"field": field, "is_check": is_check, "tag": "fieldset" if field.use_fieldset else "div"}


@register.inclusion_tag("ui/components/stepper.html")
def stepper(steps: Sequence[Step], label: str = "") -> Values:
    """Show steps in order; exactly one is next."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("ui/components/evidence_tile.html", takes_context=True)
def evidence_tile(context: Context, evidence: Evidence) -> Values:
    """Show one piece of evidence: pictures blurred, with its fingerprint and who received it."""
    return {"request": context["request"], "evidence": evidence, "mark": vocabulary.EVIDENCE[evidence.kind]}


@register.inclusion_tag("ui/components/banner.html")
def banner(text: Words | str, tone: str = "info", title: Words | str = "", href: str = "", action: str = "") -> Values:
    """Show a message across the page: what happened, what was kept, what to do."""
    return {"text": _spoken(text), "title": _spoken(title), "mark": vocabulary.TONES[tone], "href": href} | {
        "action": action
    }


@register.inclusion_tag("ui/components/empty_state.html")
def empty_state(
    what: Words | str, how: Words | str = "", icon_name: str = "inbox", href: str = "", action: str = ""
) -> Values:
    """Say what will appear here, and how to make it appear."""
    return {"what": _spoken(what), "how": _spoken(how), "icon_name": icon_name, "href": href, "action": action}


@register.inclusion_tag("ui/components/skeleton.html")
def skeleton(lines: int = 3) -> Values:
    """Hold the place of what is still loading."""
    return {"lines": [("long", "short", "middle")[place % 3] for place in range(lines)]}


def _spoken(words: Words | str) -> str:
    return say(words) if isinstance(words, Words) else words


@register.filter
def place(items: Sequence[object], index: int) -> object:
    """Return the item at an index."""
    return items[index]


@register.filter
def lapse(time: timedelta) -> str:
    """Show how long something took."""
    return render_duration(time.total_seconds())


@register.filter
def words(names: str) -> list[str]:
    """Part a line of names at its spaces."""
    return names.split()


@register.inclusion_tag("ui/components/distribution.html")
def distribution_chart(chart: Distribution) -> Values:
    """Draw how values spread, with the threshold, its table and its CSV."""
    over = sum(each.count for each in chart.bars if chart.threshold is not None and each.lower >= chart.threshold)
    total = sum(each.count for each in chart.bars)
    return {"chart": chart, "picture": draw_distribution(chart), "over": over, "total": total}


@register.inclusion_tag("ui/components/trend.html")
def trend_chart(chart: Trend) -> Values:
    """Draw a course with its target, its table and its CSV."""
    known = [each for each in chart.points if each.value is not None]
    return {"chart": chart, "picture": draw_trend(chart), "last": known[-1] if known else None}


@register.inclusion_tag("ui/components/relation_graph.html")
def relation_graph(graph: Graph, label: str) -> Values:
    """Draw linked entities around the one in the centre; every node is a link."""
    return {"graph": place_graph(graph), "label": label}


@register.filter
def figure(value: float | None) -> str:
    """Show a number of a chart; None is a dash."""
    return "—" if value is None else number_text(value)
