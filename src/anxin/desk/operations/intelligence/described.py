"""What publishing signatures comes to, in sentences for whoever decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from anxin.desk.foundation.approvals.acts import Asked, Description
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.ui.words import Words, filled
from anxin.desk.operations.intelligence.models import SignatureProposal

_PUBLISH = Words(
    "发布特征集“{name}”版本 {version}：新增 {added} 条，撤下 {dropped} 条",
    "Publish the set “{name}”, version {version}: {added} added, {dropped} dropped",
)
_PUBLISHED = Words(
    "网关立即用新特征核查链接、号码与文本；撤下的不再命中。",
    "the gateway checks links, numbers and texts by it at once; what is dropped hits no more.",
)
_KEPT = Words("其余 {n} 条不变", "{n} other stays as it is|{n} others stay as they are")


def describe_publications(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say which set would be published, and how much of it changes."""
    del at
    mine = SignatureProposal.objects.filter(organisation_id=by.organisation_id)
    rows = mine.in_bulk([str(each.arguments["proposal"]) for each in asked])
    found = ((each, rows.get(str(each.arguments["proposal"]))) for each in asked)
    return {each.approval_id: _described(row) for each, row in found if row is not None}


def _described(row: SignatureProposal) -> Description:
    words = filled(_PUBLISH, name=row.set_name, version=row.set_version, added=row.added, dropped=row.dropped)
    return Description(words, _PUBLISHED, filled(_KEPT, n=row.kept), "/signatures/")
