"""Calls about reports."""

from __future__ import annotations

from datetime import date
from typing import Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.given import Given
from anxin.desk.oversight.analytics.forms import read_cohort
from anxin.desk.oversight.analytics.promises import report_promises
from anxin.desk.oversight.analytics.rules import RuleQuality, rate_rules

router = Router(tags=["reports"])


class PromisesKeptOut(Schema):
    """How the promises of a cohort were kept: shares of all, and times from begin to stop in seconds."""

    level: int
    n: int
    met: int
    breached: int
    gross: float | None
    net: float | None
    p50: float | None
    p90: float | None
    longest: float | None


class RuleOut(Schema):
    """One rule in one version of its policy; `precision` with its 95 % interval, null where nothing is known."""

    rule: str
    policy: str
    hits: int
    incidents: int
    confirmed: int
    judged: int
    precision: float | None
    low: float | None
    high: float | None
    overrides: int
    wrong_freezes: int
    stopped_minor: int


class CohortIn(Given):
    """Which promises, by the reader's days; empty does not narrow, without days the last seven, at most 92."""

    since: date | None = None
    until: date | None = Field(None, description="the last day, included")
    level: Literal["", "1", "2", "3"] = ""
    kind: str = ""
    shift: Literal["", "night", "day", "evening"] = ""
    site: str = ""


@router.get("/reports/promises", response=list[PromisesKeptOut])
def promises(request: HttpRequest, wanted: Query[CohortIn]) -> list[dict[str, object]]:
    """Return how promises were kept: level 0 is all levels together."""
    by, at = caller(request)
    report = report_promises(
        read_cohort({name: str(each) for name, each in wanted if each is not None}, at=at), by=by, at=at
    )
    return [
        {
            "level": number,
            "n": each.n,
            "met": each.met,
            "breached": each.breached,
            "gross": each.gross,
            "net": each.net,
            "p50": each.p50.total_seconds() if each.p50 is not None else None,
            "p90": each.p90.total_seconds() if each.p90 is not None else None,
            "longest": each.longest.total_seconds() if each.longest is not None else None,
        }
        for number, each in ((0, report.whole), *report.by_level)
    ]


@router.get("/reports/rules", response=list[RuleOut])
def rules(request: HttpRequest, days: int = 30) -> list[dict[str, object]]:
    """Return the quality of rules, the worst precision first."""
    by, at = caller(request)
    return [_rule(each) for each in rate_rules(by=by, at=at, days=max(1, min(days, 92))).lines]


def _rule(line: RuleQuality) -> dict[str, object]:
    return {
        "rule": line.rule,
        "policy": line.policy,
        "hits": line.hits,
        "incidents": line.incidents,
        "confirmed": line.precision.hits,
        "judged": line.precision.n,
        "precision": line.precision.value,
        "low": line.precision.low,
        "high": line.precision.high,
        "overrides": line.overrides,
        "wrong_freezes": line.wrong_freezes,
        "stopped_minor": line.stopped_minor,
    }
