"""What a request about somebody's personal data comes to: privacy knows the person, incidents know what hangs on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from anxin.desk.decisioning.lists.values import shown_key
from anxin.desk.foundation.approvals.acts import Asked, Description
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.permissions.catalogue import field_rules
from anxin.desk.foundation.privacy.models import LegalHold
from anxin.desk.foundation.privacy.purposes import purposes
from anxin.desk.foundation.ui.vocabulary import kind_mark
from anxin.desk.foundation.ui.words import Words, filled
from anxin.desk.operations.incidents.access import visible_incidents
from anxin.desk.operations.incidents.described import incident_labels
from anxin.desk.operations.incidents.models import Party
from anxin.desk.operations.incidents.stages import OPEN

_ABOUT = Words("{kind} {key}", "{kind} {key}")
_ERASE = Words("永久删除{about} 的全部个人信息", "Erase all personal data of {about} for good")
_ERASED = Words(
    "此人的密钥被销毁，封存的内容再也读不出来，无法撤销；指纹与发生过的事实保留。",
    "the person's key is destroyed: what was sealed is never read again, without a way back. Hashes and facts stay.",
)
_HELD = Words("此人在法务留存中：同意也会被拒绝。", "the person is under a legal hold: a yes is refused.")
_LIFT = Words("解除对{about} 的法务留存（{since} 起）", "Lift the legal hold on {about} (since {since})")
_LIFTED = Words(
    "此人的数据照常到期删除，也可以被申请删除。", "their data is erased after its time again, or on request."
)
_REVEAL = Words("让 {who} 查看{about} 的{field}，目的“{purpose}”", "Let {who} see the {field} of {about}, to {purpose}")
_REVEALED = Words(
    "申请人可在一小时内查看一次，显示 60 秒，留痕可查。",
    "who asked may see it once within the hour, for 60 seconds, on record.",
)
_PARTY = Words("{incident} 当事人", "somebody in {incident}")
_DECISION = Words("一笔决策的当事人", "somebody in a decision")
_UNSAID = Words("未说明", "(not said)")
_OPEN = Words("{n} 起未结事件涉及此人", "{n} open incident names them|{n} open incidents name them")
_NONE = Words("没有未结事件涉及此人", "no open incident names them")


def describe_erasures(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say who would be erased, and what hangs on them."""
    del at
    subjects = [each.object_id for each in asked]
    held = _holds(by).filter(subject__in=subjects).values_list("subject", flat=True)
    stakes, held_ones = _stakes(subjects, by), set(held)
    return {
        each.approval_id: Description(
            filled(_ERASE, about=_about(each.object_id)),
            _HELD if each.object_id in held_ones else _ERASED,
            stakes[each.object_id],
            "/privacy/",
        )
        for each in asked
    }


def describe_person_lifts(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say on whom a legal hold would be lifted, and since when it stands."""
    del at
    rows = _holds(by).in_bulk([each.object_id for each in asked])
    stakes = _stakes([row.subject for row in rows.values()], by)
    found = ((each, rows.get(each.object_id)) for each in asked)
    return {
        each.approval_id: Description(
            filled(_LIFT, about=_about(row.subject), since=timezone.localtime(row.placed_at).strftime("%Y-%m-%d")),
            _LIFTED,
            stakes[row.subject],
            "/privacy/",
        )
        for each, row in found
        if row is not None
    }


def describe_reveals(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say who wants to see which field of whom, and to what purpose."""
    del at
    people = Person.objects.filter(organisation_id=by.organisation_id, pk__in=[each.requested_by for each in asked])
    names = dict(people.values_list("id", "username"))
    parties = Party.objects.filter(organisation_id=by.organisation_id).in_bulk(
        [str(each.arguments["object_id"]) for each in asked if each.arguments["object_kind"] == "party"]
    )
    cases = {row.id: row.incident_id for row in parties.values()}
    labels = incident_labels(cases.values(), by)
    found = dict[str, Description]()
    for each in asked:
        incident_id = cases.get(str(each.arguments["object_id"]), "")
        whom = _whom(each, labels.get(incident_id))
        if whom is not None:
            words = filled(_REVEAL, who=names.get(each.requested_by, "—"), about=whom, **_what(each))
            found[each.approval_id] = Description(
                words, _REVEALED, None, f"/incidents/{incident_id}/" if incident_id else ""
            )
    return found


def _what(asked: Asked) -> dict[str, Words]:
    purpose = purposes().get(str(asked.arguments.get("purpose", "")), _UNSAID)
    return {"field": field_rules()[str(asked.arguments["kind"])].words, "purpose": purpose}


def _whom(asked: Asked, incident: Words | None) -> Words | None:
    """Return whose field it is, None where the reader may not see the incident it stands in."""
    kind, key = str(asked.arguments["object_kind"]), str(asked.arguments["object_id"])
    if kind == "party":
        return filled(_PARTY, incident=incident) if incident is not None else None
    return _DECISION if kind == "decision" else _about(f"{kind}:{key}")


def _about(subject: str) -> Words:
    kind, _, key = subject.partition(":")
    return filled(_ABOUT, kind=kind_mark(kind).words, key=shown_key(key))


def _stakes(subjects: Iterable[str], by: Actor) -> Mapping[str, Words]:
    """Return how many open incidents that the reader may see name each person."""
    keys = {each: each.partition(":") for each in subjects}
    open_ones = visible_incidents(by).filter(stage__in=OPEN).values("id")
    rows = Party.objects.filter(
        organisation_id=by.organisation_id,
        moved_to="",
        incident_id__in=open_ones,
        entity_key__in=[key for _, _, key in keys.values()],
    )
    counts = {
        (kind, key): n
        for kind, key, n in rows.order_by()
        .values_list("entity_kind", "entity_key")
        .annotate(n=Count("incident_id", distinct=True))
    }
    found = {each: counts.get((kind, key), 0) for each, (kind, _, key) in keys.items()}
    return {each: filled(_OPEN, n=n) if n else _NONE for each, n in found.items()}


def _holds(by: Actor) -> QuerySet[LegalHold]:
    return LegalHold.objects.filter(organisation_id=by.organisation_id, released_at=None)
