"""What the style guide shows: invented, and the same on every visit except for the hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from anxin.desk.foundation.ui.shapes import (
    Bar,
    Cell,
    Choice,
    Column,
    Distribution,
    Edge,
    Evidence,
    Filter,
    Graph,
    Node,
    Point,
    Reason,
    Row,
    Step,
    Table,
    TimelineEntry,
    Trend,
)
from anxin.desk.foundation.ui.words import Words, say


def samples(*, at: datetime) -> dict[str, object]:
    """Return everything the sample templates use."""
    return {
        "soon": at + timedelta(minutes=11, seconds=42),
        "near": at + timedelta(minutes=4, seconds=10),
        "over": at - timedelta(minutes=2, seconds=7),
        "begun": at - timedelta(minutes=18),
        "reasons": _reasons(at),
        "purposes": _PURPOSES,
        "entries": _entries(at),
        "before": "rule: new_device_login\nfailures >= 5\nverdict: review",
        "after": "rule: new_device_login\nfailures >= 4\ndevice.is_new\nverdict: review",
        "table": _table(),
        "empty_table": Table(
            Words("待处理事件", "Incidents to handle"),
            (),
            (),
            empty=Words("队列是空的", "The queue is empty"),
            empty_how=Words("新的事件会自动出现在这里。", "New incidents appear here by themselves."),
        ),
        "filters": _FILTERS,
        "steps": _STEPS,
        "evidence": _evidence(at),
        "distribution": _DISTRIBUTION,
        "trend": _TREND,
        "graph": _GRAPH,
        "tokens": _TOKENS,
        "reveal_words": say(Words("手机号", "phone number")),
    }


_PURPOSES = (
    Choice("call_back", Words("回拨核实", "call back to verify")),
    Choice("authority", Words("配合主管部门", "an authority asked")),
)

_TOKENS = ("accent", "danger", "warning", "ok", "info")

_FILTERS = (
    Filter("q", Words("搜索", "Search"), kind="search"),
    Filter(
        "verdict",
        Words("处置结论", "Verdict"),
        value="review",
        choices=(Choice("allow", Words("放行", "allow")), Choice("review", Words("人工审核", "review"))),
    ),
    Filter("since", Words("开始日期", "From"), kind="date"),
)

_STEPS = (
    Step(Words("本人是否安全？", "Is the person safe?"), "done"),
    Step(Words("冻结付款", "Freeze payouts"), "next"),
    Step(Words("加固登录", "Secure the login")),
    Step(Words("保全证据", "Keep evidence")),
    Step(Words("告知进展", "Promise a call back")),
)


def _reasons(at: datetime) -> tuple[Reason, ...]:
    return (
        Reason(
            say(
                Words(
                    "30 分钟内在新设备上登录失败 7 次后成功。", "Seven failed sign-ins on a new device, then a success."
                )
            ),
            say(Words("策略 v12", "policy v12")),
            at - timedelta(minutes=4),
        ),
        Reason(
            say(Words("收款方出现在另外 6 起事件中。", "The payee appears in six other incidents.")),
            say(Words("关联", "links")),
            at - timedelta(hours=2),
        ),
        Reason(
            say(Words("设备数据自 02:58 起不可用。", "Device data has been unavailable since 02:58.")), is_known=False
        ),
    )


def _entries(at: datetime) -> tuple[TimelineEntry, ...]:
    return (
        TimelineEntry(
            at - timedelta(minutes=2),
            say(Words("冻结付款 ¥3,200，24 小时", "Payouts of ¥3,200 frozen for 24 h")),
            by="linwei",
            icon="snowflake",
            tone="danger",
        ),
        TimelineEntry(
            at - timedelta(minutes=5),
            say(Words("付款被暂缓", "Payment held")),
            say(Words("新收款方，金额高于近 90 天最大值", "New payee, amount above the highest in 90 days")),
            icon="pause",
            tone="warning",
            href="#",
        ),
        TimelineEntry(
            at - timedelta(minutes=9),
            say(Words("新设备登录成功", "Signed in on a new device")),
            icon="smartphone",
            tone="info",
        ),
        TimelineEntry(at - timedelta(days=3), say(Words("订单签收", "Order delivered")), icon="package"),
    )


def _table() -> Table:
    lines = (
        ("inc_01J9ZQ", "L1", "3,200.00", "11:42"),
        ("inc_01J9ZP", "L2", "180.50", "34:10"),
        ("inc_01J9ZN", "L3", "26.00", "1:40:00"),
    )
    columns = (
        Column(Words("事件", "Incident")),
        Column(Words("级别", "Level")),
        Column(Words("涉及金额（元）", "At risk (CNY)"), is_number=True),
        Column(Words("剩余", "Left"), is_number=True, is_minor=True),
    )
    rows = tuple(Row(tuple(Cell(value) for value in line), href=f"#{line[0]}") for line in lines)
    return Table(Words("待处理事件", "Incidents to handle"), columns, rows, next_href="?cursor=abc", csv_href="#csv")


def _evidence(at: datetime) -> tuple[Evidence, ...]:
    print_ = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    return (
        Evidence(
            say(Words("转账截图", "Transfer screenshot")),
            "image",
            print_,
            at - timedelta(minutes=6),
            "linwei",
            284_210,
            href="#",
            preview_href="/static/ui/mark.svg",
        ),
        Evidence(
            say(Words("通话录音", "Call recording")),
            "audio",
            print_[::-1],
            at - timedelta(minutes=8),
            "linwei",
            1_840_000,
        ),
    )


_DISTRIBUTION = Distribution(
    Words("风险分分布（昨日）", "Risk scores yesterday"),
    tuple(
        Bar(lower * 10.0, lower * 10.0 + 10, count)
        for lower, count in enumerate((4210, 2875, 1630, 940, 512, 301, 188, 97, 64, 41))
    ),
    threshold=70,
    unit=Words("个决策", "decisions"),
    csv_href="#csv",
)

_TREND = Trend(
    Words("L1 开始处理的中位用时", "Median time to start on L1"),
    tuple(
        Point(f"11-{day:02d}", value) for day, value in enumerate((14, 12.5, 13, 9, None, 8.5, 7, 6.2, 4.8, 4.1), 12)
    ),
    target=5,
    unit=Words("分钟", "min"),
    is_lower_better=True,
    csv_href="#csv",
)

_GRAPH = Graph(
    "u1",
    (
        Node("u1", "user", "u_88**21", "#u1"),
        Node("d1", "device", "d_4f…a2", "#d1", "warning"),
        Node("c1", "card", "**** 6411", "#c1"),
        Node("a1", "address", "杭州市 ***", "#a1"),
        Node("u2", "user", "u_90**07", "#u2", "danger"),
        Node("u3", "user", "u_51**33", "#u3"),
        Node("u4", "user", "u_17**64", "#u4"),
        Node("p1", "payee", "**** 0092", "#p1", "danger"),
    ),
    (
        Edge("u1", "d1", Words("登录设备", "signed in on")),
        Edge("u1", "c1", Words("支付", "paid with")),
        Edge("u1", "a1", Words("收货", "ships to")),
        Edge("d1", "u2", Words("同一设备", "same device")),
        Edge("d1", "u3", Words("同一设备", "same device")),
        Edge("a1", "u4", Words("同一地址", "same address")),
        Edge("u2", "p1", Words("付款给", "paid to")),
    ),
)
