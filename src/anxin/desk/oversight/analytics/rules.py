"""How good rules are: what they hit, what came of it, how often people said otherwise."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from anxin.desk.decisioning.decisions.ids import row_id
from anxin.desk.decisioning.decisions.models import Decision, Projection
from anxin.desk.decisioning.decisions.rule_hits import count_hits, count_overrides
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.access import visible_incidents
from anxin.desk.operations.incidents.models import Incident, Signal
from anxin.desk.operations.measures.models import ActionRequest
from anxin.desk.oversight.analytics.shares import Share, share_of
from anxin.desk.oversight.analytics.verdicts import Verdict, verdict_of

VIEW = "policy.view"
MOST_SIGNALS = 20_000
AT_ONCE = 500
DAYS = (7, 30, 90)
WRONG = ("wrong", "good_faith")
CURRENCY = "CNY"

RuleVersion = tuple[str, str]
_Id = TypeVar("_Id", str, int)


@dataclass(frozen=True)
class RuleQuality:
    """One rule in one version of its policy. `stopped_minor` is at risk less lost, in fen, of what was confirmed."""

    rule: str
    policy: str
    hits: int
    incidents: int
    open: int
    precision: Share
    overrides: int
    wrong_freezes: int
    stopped_minor: int


@dataclass(frozen=True)
class Week:
    """What a rule did in the week that begins on `monday` (UTC)."""

    monday: date
    incidents: int
    precision: Share


@dataclass(frozen=True)
class RuleReport:
    """The rules of a period; `is_cut`: there were more signals than were read, the oldest are left out."""

    lines: tuple[RuleQuality, ...]
    since: datetime
    is_cut: bool


@dataclass(frozen=True)
class _Made:
    """Incidents by the rule and version whose decisions made them, each once."""

    incidents: Mapping[RuleVersion, frozenset[str]]
    rows: Mapping[str, Incident]
    is_cut: bool


def rate_rules(*, by: Actor, at: datetime, days: int = 30) -> RuleReport:
    """Return the quality of every rule that hit anything or made an incident, the worst precision first."""
    require(by, VIEW)
    since = at - timedelta(days=days)
    made = _made(by, since)
    hits = count_hits(by, since=since)
    overrides = count_overrides(by, since=since)
    wrong = _wrong_freezes(made.rows)
    lines = [
        _quality(pair, hits.get(pair, 0), overrides.get(pair, 0), made, wrong)
        for pair in sorted(set(hits) | set(made.incidents))
    ]
    return RuleReport(tuple(sorted(lines, key=worst_first)), since, made.is_cut)


def rate_rule(rule: str, *, by: Actor, at: datetime, days: int = 90) -> tuple[RuleReport, tuple[Week, ...]]:
    """Return one rule's versions, and its weeks."""
    report = rate_rules(by=by, at=at, days=days)
    lines = tuple(each for each in report.lines if each.rule == rule)
    made = _made(by, report.since)
    rows = {name for (each, _), ids in made.incidents.items() if each == rule for name in ids}
    weeks = _weeks([made.rows[each] for each in rows], report.since, at)
    return RuleReport(lines, report.since, report.is_cut), weeks


def worst_first(line: RuleQuality) -> tuple[float, int, str, str]:
    """Rank by precision, unknown ones last; of equals the busier first."""
    known = line.precision.value
    return (2.0 if known is None else known, -line.hits, line.rule, line.policy)


def _quality(pair: RuleVersion, hits: int, overrides: int, made: _Made, wrong: Mapping[str, int]) -> RuleQuality:
    rows = [made.rows[each] for each in made.incidents.get(pair, ())]
    verdicts = Counter(verdict_of(each) for each in rows)
    confirmed = [each for each in rows if verdict_of(each) is Verdict.CONFIRMED]
    return RuleQuality(
        rule=pair[0],
        policy=pair[1],
        hits=hits,
        incidents=len(rows),
        open=verdicts[Verdict.OPEN],
        precision=share_of(verdicts[Verdict.CONFIRMED], verdicts[Verdict.CONFIRMED] + verdicts[Verdict.FALSE]),
        overrides=overrides,
        wrong_freezes=sum(wrong.get(each.id, 0) for each in rows),
        stopped_minor=sum(_stopped(each) for each in confirmed),
    )


def _stopped(row: Incident) -> int:
    if row.currency != CURRENCY or row.at_risk_minor is None or row.confirmed_minor is None:
        return 0
    return row.at_risk_minor - row.confirmed_minor


def _made(by: Actor, since: datetime) -> _Made:
    signals = Signal.objects.filter(organisation_id=by.organisation_id, source="decision", received_at__gte=since)
    found = list(
        signals.exclude(incident_id="")
        .order_by("-received_at")
        .values_list("source_ref", "incident_id")[: MOST_SIGNALS + 1]
    )
    told = [(int(ref), incident) for ref, incident in found[:MOST_SIGNALS] if ref.isdecimal()]
    rules = _rules_of(by.organisation_id, {seq for seq, _ in told})
    seen = visible_incidents(by)
    rows = {each.id: each for part in _parts({incident for _, incident in told}) for each in seen.filter(pk__in=part)}
    made = defaultdict[RuleVersion, set[str]](set)
    for seq, incident in told:
        for pair in rules.get(seq, ()):
            if incident in rows:
                made[pair].add(incident)
    return _Made({pair: frozenset(each) for pair, each in made.items()}, rows, len(found) > MOST_SIGNALS)


def _rules_of(organisation_id: str, seqs: set[int]) -> Mapping[int, tuple[RuleVersion, ...]]:
    projection = Projection.objects.filter(organisation_id=organisation_id, is_current=True).first()
    if projection is None:
        return {}
    ids = {row_id(projection.pk, seq): seq for seq in seqs}
    found = dict[int, tuple[RuleVersion, ...]]()
    for part in _parts(ids):
        for pk, rules, policy in Decision.objects.filter(pk__in=part).values_list("id", "rules", "policy"):
            found[ids[pk]] = tuple((rule, policy) for rule in rules.split())
    return found


def _wrong_freezes(rows: Mapping[str, Incident]) -> Mapping[str, int]:
    found = Counter[str]()
    for part in _parts(rows):
        wrong = ActionRequest.objects.filter(incident_id__in=part, finding__in=WRONG)
        found.update(wrong.values_list("incident_id", flat=True))
    return found


def _weeks(rows: Sequence[Incident], since: datetime, at: datetime) -> tuple[Week, ...]:
    first = since.date() - timedelta(days=since.weekday())
    by_week = defaultdict[date, list[Incident]](list)
    for row in rows:
        day = row.zero_at.date()
        by_week[day - timedelta(days=day.weekday())].append(row)
    mondays = [first + timedelta(weeks=each) for each in range((at.date() - first).days // 7 + 1)]
    return tuple(_week(monday, by_week.get(monday, [])) for monday in mondays)


def _week(monday: date, rows: Sequence[Incident]) -> Week:
    verdicts = Counter(verdict_of(each) for each in rows)
    confirmed = verdicts[Verdict.CONFIRMED]
    return Week(monday, len(rows), share_of(confirmed, confirmed + verdicts[Verdict.FALSE]))


def _parts(ids: Iterable[_Id]) -> Iterable[list[_Id]]:
    whole = list(ids)
    return (whole[start : start + AT_ONCE] for start in range(0, len(whole), AT_ONCE))
