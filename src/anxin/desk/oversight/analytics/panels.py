"""Reports as tables, charts and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime

from anxin.desk.decisioning.decisions.rule_titles import NO_TITLES, Titles, titled
from anxin.desk.foundation.ui.shapes import Cell, Choice, Column, Filter, Point, Row, Table, Trend
from anxin.desk.foundation.ui.vocabulary import LEVELS
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.operations.incidents.clocks.attainment import Attainment
from anxin.desk.oversight.analytics.cohorts import SHIFTS, Cohort
from anxin.desk.oversight.analytics.gaming import Finding, GamingReport
from anxin.desk.oversight.analytics.promises import PromiseReport, Times
from anxin.desk.oversight.analytics.rules import DAYS, RuleQuality, Week
from anxin.desk.oversight.analytics.shares import Share

TIMES: Mapping[str, Words] = {
    "detection": Words("发现延迟", "detection lag"),
    "start": Words("开始响应", "time to start"),
    "contact": Words("首次联系", "first contact"),
    "contain": Words("控制住", "contained"),
    "dispose": Words("处置完成", "disposed"),
    "verify": Words("校验通过", "verified (MTTR)"),
}
LISTS: Mapping[str, Words] = {
    "paused": Words("对方已回复仍暂停", "paused although the party had replied"),
    "reverted": Words("停表后 15 分钟内撤销", "a stop taken back within 15 minutes"),
    "lowered": Words("临近到期时降级", "level lowered near the due time"),
    "reopened": Words("排除后又重新打开", "dismissed, then reopened"),
    "idle": Words("开始后半小时无动作", "started, then nothing for half an hour"),
}
_KEPT = (
    Column(Words("级别", "Level")),
    Column(Words("样本", "n"), is_number=True),
    Column(Words("守约", "Met"), is_number=True),
    Column(Words("违约", "Broken"), is_number=True),
    Column(Words("达成率（毛）", "Kept, gross"), is_number=True),
    Column(Words("达成率（净）", "Kept, net"), is_number=True),
    Column(Words("中位", "p50"), is_number=True),
    Column(Words("九成", "p90"), is_number=True),
    Column(Words("最长", "Longest"), is_number=True),
)
_RULES = (
    Column(Words("规则", "Rule")),
    Column(Words("策略版本", "Policy")),
    Column(Words("命中", "Hits"), is_number=True),
    Column(Words("事件", "Incidents"), is_number=True),
    Column(Words("属实/误报", "True / false"), is_number=True),
    Column(Words("准确率（95% 区间）", "Precision (95 %)"), is_number=True),
    Column(Words("后被认定正常", "Overridden"), is_number=True, is_minor=True),
    Column(Words("错误冻结", "Wrong freezes"), is_number=True),
    Column(Words("止住损失（元）", "Loss stopped (CNY)"), is_number=True, is_minor=True),
)
_GAMING = (
    Column(Words("清单", "List")),
    Column(Words("事件", "Incident")),
    Column(Words("级别", "Level")),
    Column(Words("时间", "When")),
)


def cohort_filters(chosen: Cohort, sites: Sequence[tuple[str, str]], kinds: Mapping[str, Words]) -> tuple[Filter, ...]:
    """Return the filters of a cohort; `sites` are (id, name), `kinds` what they are called."""
    last = localtime(chosen.until - timedelta(seconds=1)).date().isoformat()
    return (
        Filter("since", Words("从", "From"), localtime(chosen.since).date().isoformat(), kind="date"),
        Filter("until", Words("到", "To"), last, kind="date"),
        Filter(
            "level",
            Words("级别", "Level"),
            str(chosen.level or ""),
            tuple(Choice(str(level), mark.words) for level, mark in LEVELS.items()),
        ),
        Filter(
            "kind",
            Words("类型", "Kind"),
            chosen.kind,
            tuple(Choice(code, words) for code, words in kinds.items()),
        ),
        Filter(
            "shift",
            Words("班次", "Shift"),
            chosen.shift,
            tuple(Choice(code, words) for code, (_, words) in SHIFTS.items()),
        ),
        Filter(
            "site", Words("站点", "Site"), chosen.site_id, tuple(Choice(pk, Words(name, name)) for pk, name in sites)
        ),
    )


def days_filter(days: int) -> tuple[Filter, ...]:
    """Return the filter of a period that ends now."""
    choices = tuple(Choice(str(each), Words(f"最近 {each} 天", f"last {each} days")) for each in DAYS)
    return (Filter("days", Words("期间", "Period"), str(days), choices),)


def kept_table(report: PromiseReport, csv_href: str) -> Table:
    """Return how promises were kept, all together and by level."""
    rows = [_kept_row(say(Words("全部", "all")), report.whole)]
    rows += [_kept_row(say(LEVELS[level].words), each) for level, each in report.by_level]
    return Table(Words("承诺达成", "Promises kept"), _KEPT, rows, csv_href=csv_href)


def times_table(report: PromiseReport) -> Table:
    """Return the loop's times."""
    columns = (
        Column(Words("用时（自计时零点）", "Time, from zero")),
        Column(Words("样本", "n"), is_number=True),
        Column(Words("中位", "p50"), is_number=True),
        Column(Words("九成", "p90"), is_number=True),
        Column(Words("最长", "Longest"), is_number=True),
    )
    return Table(Words("各步用时", "Times of the loop"), columns, [_times_row(each) for each in report.times])


def kept_trend(report: PromiseReport) -> Trend:
    """Return the gross share day by day, in percent."""
    points = [
        Point(localtime(day).strftime("%m-%d"), None if each.gross is None else round(each.gross * 100, 1))
        for day, each in report.days
    ]
    return Trend(Words("每日达成率（毛）", "Kept, gross, by day"), points, target=100.0, unit=Words("%", "%"))


def rule_table(lines: Sequence[RuleQuality], csv_href: str, *, is_list: bool, titles: Titles = NO_TITLES) -> Table:
    """Return rules, the worst precision first; on the list each leads to its own page."""
    rows = [
        Row(
            [Cell(titled(line.rule, titles)), *(Cell(each) for each in _rule_cells(line)[1:])],
            href=reverse("rule_quality", args=(line.rule,)) if is_list else None,
            key=f"{line.rule}-{line.policy}",
        )
        for line in lines
    ]
    return Table(
        caption=Words("规则质量", "Rule quality"),
        columns=_RULES,
        rows=rows,
        empty=Words("这段时间没有规则命中", "No rule fired in this period"),
        empty_how=Words("选择更长的期间，或等待新的决策。", "Choose a longer period, or wait for decisions."),
        csv_href=csv_href,
    )


def rule_trend(weeks: Sequence[Week]) -> Trend:
    """Return a rule's precision week by week, in percent."""
    points = [
        Point(
            each.monday.strftime("%m-%d"),
            None if each.precision.value is None else round(each.precision.value * 100, 1),
        )
        for each in weeks
    ]
    return Trend(Words("每周准确率", "Precision by week"), points, unit=Words("%", "%"))


def gaming_table(report: GamingReport, name: str, csv_href: str) -> Table:
    """Return the findings of one list, "" for all of them."""
    found = [each for each in report.findings if name in ("", each.list)]
    return Table(
        caption=Words("计时核查", "Played clocks"),
        columns=_GAMING,
        rows=[_gaming_row(each) for each in found[:200]],
        empty=Words("没有需要核查的事件", "Nothing to look into"),
        empty_how=Words("这段时间没有发现异常的计时操作。", "No clock looks played in this period."),
        csv_href=csv_href,
    )


def kept_csv(report: PromiseReport) -> HttpResponse:
    """Return how promises were kept as CSV."""
    names = ("level", "n", "met", "breached", "gross", "net", "p50_seconds", "p90_seconds", "longest_seconds")
    cohorts = [("all", report.whole), *((str(level), each) for level, each in report.by_level)]
    rows = (
        (level, e.n, e.met, e.breached, _number(e.gross), _number(e.net), _s(e.p50), _s(e.p90), _s(e.longest))
        for level, e in cohorts
    )
    return _csv("promises", names, rows)


def rules_csv(lines: Iterable[RuleQuality]) -> HttpResponse:
    """Return rules as CSV."""
    names = (
        *("rule", "policy", "hits", "incidents", "open", "confirmed", "judged"),
        *("precision", "low", "high", "overrides", "wrong_freezes", "stopped_minor"),
    )
    rows = (
        (
            *(e.rule, e.policy, e.hits, e.incidents, e.open, e.precision.hits, e.precision.n),
            *(_number(e.precision.value), _number(e.precision.low), _number(e.precision.high)),
            *(e.overrides, e.wrong_freezes, e.stopped_minor),
        )
        for e in lines
    )
    return _csv("rules", names, rows)


def gaming_csv(report: GamingReport) -> HttpResponse:
    """Return the findings of all lists as CSV."""
    rows = ((e.list, e.number, e.level, e.site_id, e.at.isoformat()) for e in report.findings)
    return _csv("played_clocks", ("list", "incident", "level", "site", "at"), rows)


def csv_address(given: Mapping[str, str]) -> str:
    """Return the address of the same report as CSV."""
    return "?" + urlencode({**given, "csv": "1"})


def percent(share: float | None) -> str:
    """Return a share in percent, a dash for none."""
    return "—" if share is None else f"{share:.1%}"


def share_text(share: Share) -> str:
    """Return a share with its interval and n."""
    if share.value is None or share.low is None or share.high is None:
        return "— (n=0)"
    return f"{share.value:.0%} ({share.low:.0%}–{share.high:.0%}, n={share.n})"


def span_text(span: timedelta | None) -> str:
    """Return a time as minutes and seconds, hours where it is long, a dash for none."""
    if span is None:
        return "—"
    seconds = int(span.total_seconds())
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def _kept_row(name: str, kept: Attainment) -> Row:
    shares = (percent(kept.gross), percent(kept.net))
    values = (name, kept.n, kept.met, kept.breached, *shares, *map(span_text, (kept.p50, kept.p90, kept.longest)))
    return Row([Cell(each) for each in values])


def _times_row(times: Times) -> Row:
    values = (say(TIMES[times.name]), times.n, *map(span_text, (times.p50, times.p90, times.longest)))
    return Row([Cell(each) for each in values])


def _rule_cells(line: RuleQuality) -> tuple[object, ...]:
    return (
        line.rule,
        line.policy,
        f"{line.hits:,}",
        line.incidents,
        f"{line.precision.hits} / {line.precision.n - line.precision.hits}",
        share_text(line.precision),
        line.overrides,
        line.wrong_freezes,
        f"{line.stopped_minor / 100:,.2f}",
    )


def _gaming_row(found: Finding) -> Row:
    when = localtime(found.at).strftime("%Y-%m-%d %H:%M:%S")
    values = (say(LISTS[found.list]), f"#{found.number}", say(LEVELS[found.level].words), when)
    return Row([Cell(each) for each in values], key=f"{found.list}-{found.incident_id}")


def _csv(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _number(share: float | None) -> str:
    return "" if share is None else f"{share:.4f}"


def _s(span: timedelta | None) -> str:
    return "" if span is None else f"{span.total_seconds():.0f}"
