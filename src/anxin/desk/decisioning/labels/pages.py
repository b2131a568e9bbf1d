"""Labels on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET

from anxin.desk.decisioning.labels.queries import LabelLine, count_labels, list_labels
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.ui.shapes import Cell, Choice, Column, Filter, Row, Table
from anxin.desk.foundation.ui.words import Words, say

STATES: Mapping[str, Words] = {
    "waiting": Words("等待网关", "on its way"),
    "taken": Words("网关已记录", "in the log"),
    "refused": Words("网关拒绝", "refused"),
}
LABELS: Mapping[str, Words] = {"fraud": Words("欺诈", "fraud"), "legitimate": Words("正常", "legitimate")}
CAUSES: Mapping[str, Words] = {"incident": Words("事件结论", "verdict"), "measure": Words("措施复核", "measure")}
_COLUMNS = (
    Column(Words("对象", "About")),
    Column(Words("标签", "Label")),
    Column(Words("依据", "Because of")),
    Column(Words("认定时间", "Known at"), is_minor=True),
    Column(Words("状态", "State")),
    Column(Words("尝试", "Attempts"), is_number=True, is_minor=True),
)


@require_GET
@page
def labels(request: DeskRequest, by: Actor) -> HttpResponse:
    """List the labels that were given, newest first."""
    state = request.GET.get("state", "")
    lines, following = list_labels(by=by, state=state, before=request.GET.get("before", "")[:40])
    next_href = "?" + urlencode({"state": state, "before": following}) if following else None
    table = Table(
        caption=Words("标签", "Labels"),
        columns=_COLUMNS,
        rows=[_row(each) for each in lines],
        empty=Words("还没有给出标签", "No label was given yet"),
        empty_how=Words(
            "事件校验通过或被排除、措施复核为误判后，会自动给出。",
            "They follow by themselves when an incident is verified or dismissed, or a measure is found wrong.",
        ),
        next_href=next_href,
    )
    shown = (Filter("state", Words("状态", "State"), state, tuple(Choice(*each) for each in STATES.items())),)
    context = {"table": table, "filters": shown, "counts": count_labels(by=by)}
    return render(request, "labels/list.html", context)


def _row(line: LabelLine) -> Row:
    about = line.event_id or f"{line.entity_kind} {line.entity_key}"
    href = reverse("decision", args=(line.decision_seq,)) if line.decision_seq is not None else None
    state = f"{say(STATES[line.state])} {line.answer if line.state == 'refused' else ''}".strip()
    cells = (
        Cell(about, href=href),
        Cell(say(LABELS[line.label])),
        Cell(say(CAUSES[line.cause_kind])),
        Cell(localtime(line.at).strftime("%Y-%m-%d %H:%M")),
        Cell(state),
        Cell(line.attempts),
    )
    return Row(cells, key=line.id)
