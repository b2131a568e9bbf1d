"""What a request for a measure comes to, in sentences for whoever decides at three in the morning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from anxin.desk.decisioning.lists.values import shown_key
from anxin.desk.foundation.approvals.acts import Asked, Description
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.vocabulary import kind_mark
from anxin.desk.foundation.ui.words import Words, filled
from anxin.desk.operations.incidents.described import NOWHERE, incident_labels
from anxin.desk.operations.measures.catalogue import measures, reasons
from anxin.desk.operations.measures.models import ActionRequest, Batch

_ORDER = Words("{measure}：{about}，原因“{reason}”{case}", "{measure}: {about}, because of {reason}{case}")
_RELEASE = Words(
    "解除“{measure}”：{about}，由 {who} 以“{reason}”下达{case}",
    "End “{measure}”: {about}, ordered by {who} because of {reason}{case}",
)
_EXTEND = Words(
    "延长“{measure}”：{about}，由 {who} 以“{reason}”下达{case}",
    "Extend “{measure}”: {about}, ordered by {who} because of {reason}{case}",
)
_MANY = Words("{measure}：{n} 个对象，原因“{reason}”{case}", "{measure}: {n} targets, because of {reason}{case}")
_IN_CASE = Words("（{incident}）", " ({incident})")
_BEGINS = Words(
    "立即下达：{stops}；{leaves}。{tells}。{n} 小时后自动解除。",
    "it begins at once: {stops}; {leaves}; {tells}. It ends by itself after {n} hour.|"
    "it begins at once: {stops}; {leaves}; {tells}. It ends by itself after {n} hours.",
)
_ENDS = Words("立即解除，不再拦截；目前拦住的是：{stops}。", "it ends at once; what it holds back now: {stops}.")
_GOES_ON = Words(
    "继续到 {until}：{stops}；到期自动解除。", "it goes on until {until}: {stops}. Then it ends by itself."
)
_EACH = Words(
    "逐个下达：{stops}；{leaves}。{tells}。可以整体撤销。",
    "each begins in turn: {stops}; {leaves}; {tells}. All can be taken back at once.",
)
_AMOUNT = Words("{yuan} 元", "{yuan} CNY")
_UNSAID = Words("金额未填写", "no amount was said")
_TARGETS = Words("{n} 个对象", "{n} target|{n} targets")


def describe_orders(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say what would be ordered about whom, why, for how long, and for how much money."""
    del at
    return {
        each.approval_id: _described(row, _ORDER, _begins(row, each), cases) for each, row, cases in _rows(asked, by)
    }


def describe_releases(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say which measure would end."""
    del at
    return {
        each.approval_id: _described(row, _RELEASE, filled(_ENDS, stops=measures()[row.kind].stops), cases)
        for each, row, cases in _rows(asked, by)
    }


def describe_extensions(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say which measure would last longer, and until when."""
    del at
    return {each.approval_id: _described(row, _EXTEND, _goes_on(row), cases) for each, row, cases in _rows(asked, by)}


def describe_batches(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say what would be ordered about how many."""
    del at
    mine = Batch.objects.filter(organisation_id=by.organisation_id, pk__in=[each.object_id for each in asked])
    rows = mine.annotate(count=Count("items")).in_bulk()
    cases = incident_labels((row.incident_id for row in rows.values()), by)
    return {
        each.approval_id: _of_batch(rows[each.object_id], rows[each.object_id].count, cases)
        for each in asked
        if each.object_id in rows
    }


def _rows(asked: Sequence[Asked], by: Actor) -> Iterator[tuple[Asked, ActionRequest, Mapping[str, Words]]]:
    mine = ActionRequest.objects.filter(organisation_id=by.organisation_id)
    rows = mine.in_bulk([each.object_id for each in asked])
    cases = incident_labels((row.incident_id for row in rows.values()), by)
    return ((each, rows[each.object_id], cases) for each in asked if each.object_id in rows)


def _described(row: ActionRequest, sentence: Words, follows: Words, cases: Mapping[str, Words]) -> Description:
    yuan = "" if row.amount_minor is None else f"{row.amount_minor / 100:,.2f}"
    words = filled(
        sentence,
        measure=measures()[row.kind].words,
        about=filled(Words("{kind} {key}", "{kind} {key}"), kind=kind_mark(row.entity_kind).words, key=shown(row)),
        reason=reasons().get(row.reason, Words(row.reason, row.reason)),
        who=row.requested_label,
        case=_in_case(row.incident_id, cases),
    )
    return Description(words, follows, filled(_AMOUNT, yuan=yuan) if yuan else _UNSAID, f"/measures/{row.id}/")


def shown(row: ActionRequest) -> Words:
    """Return whom a measure is about, as somebody who need not know them reads it."""
    return shown_key(row.entity_key)


def _in_case(incident_id: str, cases: Mapping[str, Words]) -> Words:
    return filled(_IN_CASE, incident=cases[incident_id]) if incident_id in cases else NOWHERE


def _begins(row: ActionRequest, asked: Asked) -> Words:
    measure, minutes = measures()[row.kind], asked.arguments.get("minutes")
    hours = timedelta(minutes=minutes) if isinstance(minutes, int) else measure.lapse
    return filled(
        _BEGINS, stops=measure.stops, leaves=measure.leaves, tells=measure.tells, n=-(-hours // timedelta(hours=1))
    )


def _goes_on(row: ActionRequest) -> Words:
    until = timezone.localtime(row.requested_at + measures()[row.kind].longest)
    return filled(_GOES_ON, until=until.strftime("%m-%d %H:%M"), stops=measures()[row.kind].stops)


def _of_batch(row: Batch, count: int, cases: Mapping[str, Words]) -> Description:
    measure = measures()[row.kind]
    words = filled(
        _MANY, n=count, measure=measure.words, reason=reasons()[row.reason], case=_in_case(row.incident_id, cases)
    )
    follows = filled(_EACH, stops=measure.stops, leaves=measure.leaves, tells=measure.tells)
    return Description(words, follows, filled(_TARGETS, n=count), f"/measures/batches/{row.id}/")
