"""What a request about evidence comes to, in sentences for whoever decides: never its name, its note or its content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from anxin.desk.foundation.approvals.acts import Asked, Description
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.words import Words, filled
from anxin.desk.operations.evidence.catalogue import retention_classes, words_of
from anxin.desk.operations.evidence.models import Evidence
from anxin.desk.operations.incidents.described import incident_labels

_PIECE = Words(
    "{incident} 的一件{kind}（{size}，{when} 由 {who} 收存）", "{kind} of {incident} ({size}, taken in {when} by {who})"
)
_HAND_OVER = Words("对外移交 {incident} 的证据原件", "Hand over original evidence of {incident}")
_HANDED_OVER = Words(
    "申请人可在一小时内导出一次含原件的证据包，每件都记入保管链；交出去的收不回来。",
    "who asked may export one pack with originals within the hour, on record. What left cannot come back.",
)
_ORIGINALS = Words("{n} 件原件", "{n} original|{n} originals")
_LIFT = Words("解除法务留存：{piece}", "Lift the legal hold on a {piece}")
_LIFTED = Words(
    "此后照常按保存期限删除，也可以被申请删除。", "from then on it is erased after its time, or on request."
)
_ERASE = Words("永久删除证据内容：{piece}", "Erase for good the content of a {piece}")
_ERASED = Words(
    "内容与含它的证据包被销毁，无法恢复；指纹、保管记录与删除的事实保留。",
    "the content and packs that hold it are destroyed for good; hash, custody and the fact remain.",
)
_KEPT = Words(
    "保存类别“{retention}”，遮盖副本 {n} 份",
    "kept as {retention}, {n} redacted copy|kept as {retention}, {n} redacted copies",
)
_UNITS = ((1 << 20, "MB"), (1 << 10, "KB"))


def describe_hand_overs(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say of which incident originals would leave, and how many there are."""
    del at
    ids = [each.object_id for each in asked]
    labels = incident_labels(ids, by)
    rows = Evidence.objects.filter(incident_id__in=ids, derivative_of="", erased_at=None).order_by()
    counts = dict(rows.values_list("incident_id").annotate(n=Count("id")))
    return {
        each.approval_id: Description(
            filled(_HAND_OVER, incident=labels[each.object_id]),
            _HANDED_OVER,
            filled(_ORIGINALS, n=counts.get(each.object_id, 0)),
            f"/incidents/{each.object_id}/",
        )
        for each in asked
        if each.object_id in labels
    }


def describe_lifts(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say of which piece the hold would be lifted."""
    del at
    return {each.approval_id: _of_piece(row, piece, _LIFT, _LIFTED, 0) for each, row, piece in _pieces(asked, by)}


def describe_erasures(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say which piece would be erased, and how many redacted copies go with it."""
    del at
    copies = Evidence.objects.filter(derivative_of__in=[each.object_id for each in asked], erased_at=None).order_by()
    counts = dict(copies.values_list("derivative_of").annotate(n=Count("id")))
    return {
        each.approval_id: _of_piece(row, piece, _ERASE, _ERASED, counts.get(row.id, 0))
        for each, row, piece in _pieces(asked, by)
    }


def _pieces(asked: Sequence[Asked], by: Actor) -> Iterator[tuple[Asked, Evidence, Words]]:
    mine = Evidence.objects.filter(organisation_id=by.organisation_id)
    rows = mine.in_bulk([each.object_id for each in asked])
    labels = incident_labels((row.incident_id for row in rows.values()), by)
    found = ((each, rows.get(each.object_id)) for each in asked)
    return (
        (each, row, _piece(row, labels[row.incident_id]))
        for each, row in found
        if row is not None and row.incident_id in labels
    )


def _piece(row: Evidence, incident: Words) -> Words:
    when = timezone.localtime(row.collected_at).strftime("%m-%d %H:%M")
    kind = words_of("kinds")[row.kind]
    return filled(_PIECE, incident=incident, kind=kind, size=_size(row.size), when=when, who=row.collected_label)


def _of_piece(row: Evidence, piece: Words, sentence: Words, follows: Words, copies: int) -> Description:
    stake = filled(_KEPT, retention=retention_classes()[row.retention].words, n=copies)
    return Description(filled(sentence, piece=piece), follows, stake, f"/evidence/{row.id}/")


def _size(size: int) -> str:
    return next((f"{size / unit:.1f} {name}" for unit, name in _UNITS if size >= unit), f"{size} B")
