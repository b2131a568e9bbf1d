"""Reports on the screen: promises, played clocks, rules."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anxin.desk.decisioning.decisions.rule_titles import rule_titles, titled
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.oversight.analytics import panels
from anxin.desk.oversight.analytics.forms import read_cohort, read_days
from anxin.desk.oversight.analytics.gaming import report_gaming
from anxin.desk.oversight.analytics.promises import VIEW, report_promises
from anxin.desk.oversight.analytics.rules import rate_rule, rate_rules
from anxin.desk.oversight.analytics.sites import sites_of


@require_GET
@page
def reports(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show which reports there are for this person."""
    require(by, "desk.open")
    can = {code.replace(".", "_"): by.grant(code) is not None for code in (VIEW, "policy.view", "label.view")}
    return render(request, "analytics/reports.html", {"can": can})


@require_GET
@page
def promises(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show how promises were kept, by cohort."""
    given = request.GET.dict()
    chosen = read_cohort(given, at=request.moment)
    report = report_promises(chosen, by=by, at=request.moment)
    if given.pop("csv", ""):
        return panels.kept_csv(report)
    context = {
        "report": report,
        "table": panels.kept_table(report, panels.csv_address(given)),
        "times": panels.times_table(report),
        "trend": panels.kept_trend(report),
        "filters": panels.cohort_filters(chosen, sites_of(by), kind_names(by.organisation_id)),
        "shares": [panels.share_text(each) for each in (report.reopened, report.failed, report.wrong_freezes)],
        "stopped": f"{report.stopped_minor / 100:,.2f}",
    }
    return render(request, "analytics/promises.html", context)


@require_GET
@page
def gaming(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show what looks like playing the clock."""
    given = request.GET.dict()
    chosen = read_cohort(given, at=request.moment)
    report = report_gaming(chosen, by=by, at=request.moment)
    if given.pop("csv", ""):
        return panels.gaming_csv(report)
    name = given.get("list", "")
    counts = [
        (code, words, sum(1 for each in report.findings if each.list == code)) for code, words in panels.LISTS.items()
    ]
    context = {
        "report": report,
        "counts": counts,
        "table": panels.gaming_table(report, name, panels.csv_address(given)),
        "filters": panels.cohort_filters(chosen, sites_of(by), kind_names(by.organisation_id)),
    }
    return render(request, "analytics/gaming.html", context)


@require_GET
@page
def rules(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show how good the rules are, the worst precision first."""
    given = request.GET.dict()
    days = read_days(given, 30)
    report = rate_rules(by=by, at=request.moment, days=days)
    if given.pop("csv", ""):
        return panels.rules_csv(report.lines)
    table = panels.rule_table(report.lines, panels.csv_address(given), is_list=True, titles=rule_titles(by))
    context = {"report": report, "table": table, "filters": panels.days_filter(days)}
    return render(request, "analytics/rules.html", context)


@require_GET
@page
def rule(request: DeskRequest, by: Actor, rule: str) -> HttpResponse:
    """Show one rule: its versions, and its weeks."""
    given = request.GET.dict()
    days = read_days(given, 90)
    report, weeks = rate_rule(rule, by=by, at=request.moment, days=days)
    if given.pop("csv", ""):
        return panels.rules_csv(report.lines)
    titles = rule_titles(by)
    context = {
        "rule": rule,
        "name": titled(rule, titles),
        "report": report,
        "table": panels.rule_table(report.lines, panels.csv_address(given), is_list=False, titles=titles),
        "trend": panels.rule_trend(weeks),
        "filters": panels.days_filter(days),
    }
    return render(request, "analytics/rule.html", context)
