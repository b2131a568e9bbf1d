"""The truth of an incident in one order: what happened on the platform, what we learnt when, and what we did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from anxin.desk.decisioning.decisions.rule_titles import NO_TITLES, rule_titles
from anxin.desk.decisioning.entities.story_panels import story_entries
from anxin.desk.decisioning.entities.timeline import TimelineFilter
from anxin.desk.decisioning.entities.timeline import list_timeline as list_entity_story
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.incidents.detail import IncidentDetail, TimelineLine, list_timeline
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.operations.measures.queries import MeasureLine
from anxin.desk.workbench.incident.wording import actor_words, sentence_of, story_document

LATE = timedelta(minutes=2)
"""From which lag on between happening and knowing it is said."""
BEFORE = timedelta(hours=24)
MOST_PARTIES = 3
MOST_ENTRIES = 40
LANES = ("platform", "ours", "measures", "clock", "views")
_ZERO = Words("首条线索到达，事件从此计时", "The first signal arrived: the clock begins here")
_CLAIMED = Words("据称发生", "Said to have happened")
_MEASURES = (
    ("requested_at", Words("下达“{measure}”：{key}", "Ordered “{measure}”: {key}"), "shield-alert", "warning"),
    ("effective_at", Words("“{measure}”已生效：{key}", "“{measure}” works: {key}"), "shield-check", "ok"),
    ("ended_at", Words("“{measure}”结束：{key}", "“{measure}” ended: {key}"), "undo-2", ""),
)


@dataclass(frozen=True)
class StoryLine:
    """One happening. `known_at` is when we learnt of it, None: at once; `is_zero` marks where the clock begins."""

    at: datetime
    lane: str
    icon: str
    tone: str
    title: str
    detail: str = ""
    by: str = ""
    href: str = ""
    known_at: datetime | None = None
    is_zero: bool = False


def incident_story(
    found: IncidentDetail, measures: Iterable[MeasureLine], *, by: Actor, lane: str = "", with_platform: bool = True
) -> tuple[StoryLine, ...]:
    """Return what happened, latest first; `lane` "" shows all, without the platform's part it is there at once."""
    lines = [*_own(found, by), *_zero(found), *_ordered(measures)]
    if with_platform and lane in ("", "platform"):
        lines += _platform(found, by)
    shown = [each for each in lines if lane in ("", each.lane)]
    return tuple(sorted(shown, key=lambda each: (each.at, each.is_zero), reverse=True))


def _own(found: IncidentDetail, by: Actor) -> Iterable[StoryLine]:
    kinds = kind_names(by.organisation_id)
    for line in list_timeline(incident_id=found.line.id, by=by):
        yield _line(line, kinds)


def _line(line: TimelineLine, kinds: Mapping[str, Words]) -> StoryLine:
    about = story_document()["events"].get(line.kind, {}) if line.source == "incident" else {}
    is_view = line.source == "staff" and ("view" in line.kind or "reveal" in line.kind or "read" in line.kind)
    lane = "views" if is_view else about.get("lane", "ours")
    icon = about.get("icon", "eye" if is_view else "user-check")
    tone = "danger" if ".breach" in str(line.data.get("marks", "")) else about.get("tone", "")
    return StoryLine(line.at, lane, icon, tone, sentence_of(line, kinds), line.note, actor_words(line.actor))


def _zero(found: IncidentDetail) -> Iterable[StoryLine]:
    row = found.row
    yield StoryLine(row.zero_at, "platform", "flag", "danger", say(_ZERO), is_zero=True)
    if row.occurred_at is not None:
        known = row.zero_at if row.zero_at - row.occurred_at > LATE else None
        yield StoryLine(row.occurred_at, "platform", "zap", "warning", say(_CLAIMED), known_at=known)


def _ordered(measures: Iterable[MeasureLine]) -> Iterable[StoryLine]:
    for each in measures:
        for field, words, icon, tone in _MEASURES:
            at: datetime | None = getattr(each, field)
            if at is not None:
                title = say(words, None, measure=say(each.words), key=each.entity_key)
                who = each.requested_label if field == "requested_at" else ""
                yield StoryLine(at, "measures", icon, tone, title, by=who)


def _platform(found: IncidentDetail, by: Actor) -> list[StoryLine]:
    """Return what the platform saw of the people and things in it; those out of sight are left out."""
    chosen = TimelineFilter(since=found.row.zero_at - BEFORE)
    lines: dict[tuple[datetime, str], StoryLine] = {}
    titles = rule_titles(by) if found.parties else NO_TITLES
    for party in found.parties[:MOST_PARTIES]:
        try:
            told = list_entity_story(
                kind=party.entity_kind, key=party.entity_key, by=by, chosen=chosen, limit=MOST_ENTRIES
            )
        except (Forbidden, NotFound):
            continue
        happened = [each for each in told.items if each.line is not None]
        for item, entry in zip(happened, story_entries(happened, titles), strict=True):
            assert item.line is not None
            is_late = item.line.received_at - item.line.occurred_at > LATE
            lines[entry.at, entry.title] = StoryLine(
                entry.at,
                "platform",
                entry.icon,
                entry.tone,
                entry.title,
                entry.detail,
                entry.by,
                entry.href or "",
                item.line.received_at if is_late else None,
            )
    return list(lines.values())
