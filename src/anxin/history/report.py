"""The report of a backtest: one HTML file without scripts or addresses, in Chinese and English, light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from importlib import resources
from string import Template

from anxin.engine.verdict import Verdict
from anxin.history import charts
from anxin.history.charts import VERDICT_WORDS, Spec
from anxin.history.errors import ExtraMissing
from anxin.history.figures import Figure, labelled_figures, moment, money_text, percent
from anxin.history.summary import RuleOutcome, Summary

VERSIONS_ZH = {
    "anxin": "安心版本",
    "policy sha256": "策略指纹",
    "windows": "窗口计算",
    "scoring": "评分计算",
    "mapping": "映射文件",
}
MOST_RULES = 60
MOST_UNDECIDED = 10
MOST_FEATURES = 25


@dataclass(frozen=True)
class ReportHead:
    """What the report is about. `versions` names programs and files with their versions; `made_at` is ms UTC.

    `titles` are those of the rules, in Chinese and English.
    """

    policy: str
    model: str | None
    source: str
    made_at: int
    versions: Mapping[str, str] = field(default_factory=dict)
    thresholds: tuple[tuple[str, float], ...] = ()
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def render_report(head: ReportHead, summary: Summary) -> str:
    """Return the report as HTML; without the `report` extra it has tables only, and says so."""
    parts = [_about(head, summary), _facts(summary)]
    drawn, notice = _drawn(head, summary)
    if notice is not None:
        parts.append(_notice(notice))
    parts.append(f'<div class="grid">{"".join(drawn)}</div>')
    parts.append(f'<div class="grid" style="margin-top:12px">{_verdict_table(summary)}{_missing_table(summary)}</div>')
    parts.append(_rule_table(head, summary))
    template = Template(resources.files("anxin.history").joinpath("report.html").read_text(encoding="utf-8"))
    heading = both("回测报告", "Backtest report")
    return template.substitute(title=escape(f"{head.policy} · {head.source}"), heading=heading, body="\n".join(parts))


def both(zh: str, en: str) -> str:
    """Return a text of which the page shows one language; both are escaped."""
    return f'<span class="zh">{escape(zh)}</span><span class="en" lang="en">{escape(en)}</span>'


def _drawn(head: ReportHead, summary: Summary) -> tuple[list[str], ExtraMissing | None]:
    try:
        return [_figure(title, note, charts.render(spec)) for title, note, spec in _plots(head, summary)], None
    except ExtraMissing as problem:
        return [], problem


def _plots(head: ReportHead, summary: Summary) -> Iterable[tuple[str, str, Spec]]:
    curve = summary.curve()
    if any(summary.scores):
        yield (
            both("分数分布", "Score distribution"),
            both(
                "虚线为分数对应的处置门槛；纵轴为对数式刻度。",
                "Dashed: score thresholds of verdicts. The count axis is log-like.",
            ),
            charts.score_distribution(summary, head.thresholds),
        )
    if curve.positives and any(summary.scores):
        confusion = summary.confusion()
        recall, precision = confusion.recall, confusion.precision
        yield (
            both("精确率与召回率", "Precision and recall"),
            both(
                "曲线按分数；红点是策略的实际处置。",
                "The line goes by score; the dot is what the policy's verdicts did.",
            ),
            charts.precision_recall(
                curve, (recall, precision) if recall is not None and precision is not None else None
            ),
        )
    if summary.events:
        yield from _time_plots(summary)
    if summary.rules:
        yield both("规则命中", "Rules by hits"), "", charts.rules_by_hits(summary)
        yield (
            both("规则重叠", "Overlap of rules"),
            both("行规则的命中中，列规则也命中的占比。", "Share of the row rule's hits that the column rule shared."),
            charts.rule_overlap(summary),
        )


def _time_plots(summary: Summary) -> Iterable[tuple[str, str, Spec]]:
    volume = charts.verdicts_over_time(summary, currency=None, with_allow=True)
    yield both("事件量（按处置）", "Events by verdict"), "", volume
    if set(summary.verdicts) - {Verdict.ALLOW.word}:
        acted = charts.verdicts_over_time(summary, currency=None, with_allow=False)
        yield both("处置量（不含放行）", "Actions (without allow)"), "", acted
        for currency in _acted_currencies(summary)[:2]:
            spec = charts.verdicts_over_time(summary, currency=currency, with_allow=False)
            note = both("非放行事件的金额。", "Money of events that were not allowed.")
            yield both(f"金额（按处置，{currency}）", f"Money by verdict, {currency}"), note, spec


def _acted_currencies(summary: Summary) -> list[str]:
    acted = (word for word in summary.verdicts if word != Verdict.ALLOW.word)
    moved = dict.fromkeys(summary.currencies, 0)
    for word in acted:
        for currency in moved:
            moved[currency] += _money_of(summary, word, currency)
    return sorted((currency for currency, amount in moved.items() if amount), key=lambda each: -moved[each])


def _figure(title: str, note: str, body: str) -> str:
    below = f"<p>{note}</p>" if note else ""
    return f"<section><h2>{title}</h2>{below}{body}</section>"


def _notice(problem: ExtraMissing) -> str:
    told = both(f"没有图表。{problem.sentence('zh')}", f"There are no charts. {problem.sentence('en')}")
    return f'<section class="notice">{told}</section>'


def _about(head: ReportHead, summary: Summary) -> str:
    span = f"{_day(summary.first_t)} – {_day(summary.last_t)}"
    pairs = [
        (both("策略", "Policy"), head.policy),
        (both("模型", "Model"), head.model or "–"),
        (both("数据", "Data"), head.source),
        (both("事件时间", "Event time"), span),
        (both("生成时间", "Made at"), moment(head.made_at)),
        *((both(VERSIONS_ZH.get(name, name), name), version) for name, version in head.versions.items()),
    ]
    items = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
    return f'<section class="about"><dl>{items}</dl></section>'


def _facts(summary: Summary) -> str:
    shown = [Figure("事件", "events", f"{summary.events:,}")]
    if summary.refused:
        shown.append(Figure("被拒绝", "refused", f"{summary.refused:,}"))
    if summary.duplicates:
        shown.append(Figure("重复", "duplicates", f"{summary.duplicates:,}"))
    if summary.too_late:
        shown.append(Figure("过迟而未计数", "too late, not counted", f"{summary.too_late:,}"))
    shown += labelled_figures(summary)
    cards = (f'<div class="fact"><b>{escape(each.value)}</b>{both(each.zh, each.en)}</div>' for each in shown)
    return f'<div class="facts">{"".join(cards)}</div>'


def _verdict_table(summary: Summary) -> str:
    rows = [
        [
            escape(VERDICT_WORDS[each.word]),
            f"{summary.verdicts[each.word]:,}",
            percent(summary.verdicts[each.word], summary.events),
        ]
        + [money_text(_money_of(summary, each.word, currency), currency) for currency in summary.currencies]
        for each in Verdict
        if summary.verdicts[each.word]
    ]
    heads = [both("处置", "Verdict"), both("事件", "Events"), both("占比", "Share"), *map(escape, summary.currencies)]
    return _figure(both("处置结论", "Verdicts"), "", _table(heads, rows))


def _money_of(summary: Summary, word: str, currency: str) -> int:
    return sum(amount for (_, verdict, each), amount in summary.moneys.items() if (verdict, each) == (word, currency))


def _rule_name(head: ReportHead, rule: str) -> str:
    return f"{escape(rule)} {both(*head.titles[rule])}" if rule in head.titles else escape(rule)


def _rule_table(head: ReportHead, summary: Summary) -> str:
    top = sorted(summary.rules.items(), key=lambda each: (-each[1].hits, each[0]))[:MOST_RULES]
    top += [(rule, RuleOutcome()) for rule, _ in summary.undecided()[:MOST_UNDECIDED]]
    if not top:
        return ""
    rows = [
        [
            _rule_name(head, rule),
            f"{outcome.hits:,}",
            percent(outcome.hits, summary.events),
            f"{outcome.fraud:,}" if summary.labelled else "–",
            percent(outcome.fraud, outcome.fraud + outcome.ordinary),
            f"{summary.unknown[rule]:,}",
        ]
        for rule, outcome in top
    ]
    heads = [
        both("规则", "Rule"),
        both("命中", "Hits"),
        both("占比", "Share"),
        both("欺诈", "Fraud"),
        both("精确率", "Precision"),
        both("未知", "Unknown"),
    ]
    told = both(
        "未知：因缺少所需的值而无法判断的事件数。", "Unknown: events on which a value that the rule needs was missing."
    )
    return f'<div style="margin-top:12px">{_figure(both("规则", "Rules"), told, _table(heads, rows))}</div>'


def _missing_table(summary: Summary) -> str:
    shares = summary.missing_shares()[:MOST_FEATURES]
    if not shares:
        return ""
    rows = [
        [escape(feature), escape(event_type), f'<span class="bar" style="width:{share * 60:.0f}px"></span> {share:.1%}']
        for event_type, feature, share in shares
    ]
    heads = [both("特征", "Feature"), both("事件类型", "Event type"), both("缺失", "Missing")]
    note = both("特征无值的事件占比。", "Share of events for which the feature had no value.")
    return _figure(both("缺失的特征", "Missing features"), note, _table(heads, rows))


def _table(heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th>{each}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _day(t: int | None) -> str:
    return "–" if t is None else datetime.fromtimestamp(t / 1000, UTC).strftime("%Y-%m-%d")
