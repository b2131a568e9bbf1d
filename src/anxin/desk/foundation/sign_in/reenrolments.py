"""Help a colleague who lost every second factor: two people agree, and a link leads her back, once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q

from anxin.desk.foundation.approvals.actions import request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct, Asked, Description
from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, Grade, system_actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound, Refusal
from anxin.desk.foundation.organisations.duty import duty_of
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.sign_in.actions import end_sessions_of
from anxin.desk.foundation.sign_in.errors import OwnFactors, ReenrolmentInvalid, ReenrolmentOpen
from anxin.desk.foundation.sign_in.facts import FactorsReset
from anxin.desk.foundation.sign_in.models import Reenrolment
from anxin.desk.foundation.sign_in.tries import factor_token, forget_failures
from anxin.desk.foundation.ui.words import Words, filled

LIFE = timedelta(hours=1)
REENROL = "person.reenrol"
_OF_FACTORS = (
    Words(
        "帮 {name} 重新绑定验证方式。批准前请当面或通过视频确认是本人。",
        "Help {name} to set up new factors. See or hear that it is really this person before you agree.",
    ),
    Words(
        "此人的全部验证方式、恢复码与会话失效；凭链接与密码重新绑定，链接一小时内有效。",
        "all factors, recovery codes and sessions of this person end; link and password lead back within the hour.",
    ),
)
_OF_PASSWORD = (
    Words(
        "帮 {name} 设置新密码；此人没有第二验证方式。批准前请当面或通过视频确认是本人。",
        "Help {name} to a new password; there is no second factor. See or hear that it is really this person before "
        "you agree.",
    ),
    Words("凭链接设置新密码，链接一小时内有效。", "a link lets this person choose a new password within the hour."),
)


@dataclass(frozen=True)
class Opened:
    """A new re-enrolment: its id, the secret of its link (seen only now), and whether a second person agrees first."""

    reenrolment_id: str
    token: str
    is_waiting: bool = True


@dataclass(frozen=True)
class Colleague:
    """Whose factors may be reset; `is_open`: a link works or waits at this moment, until `expires_at` (None: waits)."""

    id: str
    username: str
    is_me: bool
    is_open: bool
    expires_at: datetime | None


def access_colleague(*, person_id: str, by: Actor, at: datetime) -> Colleague:
    """Return an active person of the actor's organisation; raise Forbidden, NotFound."""
    require(by, REENROL, at_least=Grade.SECOND)
    person = _person(person_id, by.organisation_id)
    standing = _standing(person, at)
    return Colleague(
        id=person.id,
        username=person.username,
        is_me=person.id == by.person_id,
        is_open=standing is not None,
        expires_at=standing.expires_at if standing is not None else None,
    )


@transaction.atomic
def open_reenrolment(*, person_id: str, reason: str, by: Actor, at: datetime) -> Opened:
    """Ask that a colleague may set up new factors; nothing ends, and the link is void, until a second person agreed.

    Raise Forbidden, NotFound, OwnFactors, ReenrolmentOpen, FieldInvalid.
    """
    person = find_helped(person_id, reason=reason, own=OwnFactors, by=by, at=at)
    token = secrets.token_urlsafe(32)
    row = Reenrolment.objects.create(
        id=new_id("ren", at=at),
        organisation_id=by.organisation_id,
        person=person,
        token_hash=hash_of(token),
        opened_by=by.person_id or by.label,
        opened_at=at,
    )
    details = {"reenrolment": row.id}
    record_entry("reenrolment.open", by=by, at=at, on=("person", person.id), reason=reason, details=details)
    duty = duty_of(by=by, permission=REENROL, at=at)
    request_approval(REENROL, on=("reenrolment", row.id), by=by, at=at, reason=reason, duty=duty)
    return Opened(row.id, token)


def reenrol_approved(approved: ApprovedAct, at: datetime) -> None:
    """Let the link work; one about factors ends every factor, recovery code and session. Raise OwnFactors."""
    row = Reenrolment.objects.select_related("person").get(pk=approved.on[1], organisation_id=approved.organisation_id)
    by = approved.second or system_actor(approved.organisation_id, "approvals")
    if row.person_id == by.person_id:
        raise OwnFactors
    if not row.person.is_active or row.ended_at is not None:
        raise NotFound
    row.approved_at, row.expires_at = at, at + LIFE
    row.save(update_fields=["approved_at", "expires_at"])
    if row.about == Reenrolment.About.PASSWORD:
        return
    _, gone = Authenticator.objects.filter(user_id=row.person_id).delete()
    forget_failures(factor_token(row.person_id))
    details = {"reenrolment": row.id, "n": sum(gone.values())}
    record_entry("factor.reset", by=by, at=at, on=("person", row.person_id), details=details)
    end_sessions_of(person_id=row.person_id, organisation_id=row.organisation_id, because="reset", by=by, at=at)
    publish_fact(FactorsReset(row.person_id, row.id), organisation_id=row.organisation_id, at=at)


def let_go_of_reenrolment(approved: ApprovedAct, at: datetime) -> None:
    """Make the link void for ever: the answer was no, or never came; the person's factors stand."""
    Reenrolment.objects.filter(pk=approved.on[1], organisation_id=approved.organisation_id).update(ended_at=at)


def describe_reenrolments(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say who is helped back in, and what ends."""
    del at
    mine = Reenrolment.objects.filter(organisation_id=by.organisation_id).select_related("person")
    rows = mine.in_bulk([each.object_id for each in asked])
    return {each.approval_id: _described(rows[each.object_id]) for each in asked if each.object_id in rows}


def _described(row: Reenrolment) -> Description:
    words, follows = _OF_PASSWORD if row.about == Reenrolment.About.PASSWORD else _OF_FACTORS
    return Description(filled(words, name=row.person.username), follows, None, f"/people/{row.person_id}/")


def find_reenrolment(*, token: str, at: datetime) -> Reenrolment | None:
    """Return the re-enrolment of a link that works at this moment, or None."""
    rows = Reenrolment.objects.filter(token_hash=hash_of(token), accepted_at=None, ended_at=None, expires_at__gt=at)
    return rows.filter(person__is_active=True).select_related("person").first()


@transaction.atomic
def accept_reenrolment(*, token: str, at: datetime) -> None:
    """Use up the link of a person who just showed her password; raise ReenrolmentInvalid."""
    found = find_reenrolment(token=token, at=at)
    if found is None:
        raise ReenrolmentInvalid
    lock_head(found.organisation_id)
    row = find_reenrolment(token=token, at=at)
    if row is None or row.about != Reenrolment.About.FACTORS:
        raise ReenrolmentInvalid
    Reenrolment.objects.filter(pk=row.pk).update(accepted_at=at)
    Reenrolment.objects.filter(person=row.person, accepted_at=None, ended_at=None).update(ended_at=at)
    by = system_actor(row.organisation_id, "reenrolment")
    record_entry("reenrolment.accept", by=by, at=at, on=("person", row.person_id), details={"reenrolment": row.id})


def waits_for_link(person: Person) -> bool:
    """Return whether a person's factors were reset and the link was not followed: a password alone is not enough."""
    factors = Reenrolment.objects.filter(person=person, about=Reenrolment.About.FACTORS)
    rows = factors.filter(approved_at__isnull=False, accepted_at=None, ended_at=None)
    return rows.exists()


def find_helped(person_id: str, *, reason: str, own: type[Refusal], by: Actor, at: datetime) -> Person:
    """Return the colleague for whom the actor may make a link, the trail's head locked; `own` refuses oneself.

    Raise Forbidden, NotFound, `own`, FieldInvalid, ReenrolmentOpen.
    """
    require(by, REENROL, at_least=Grade.SECOND)
    lock_head(by.organisation_id)
    person = _person(person_id, by.organisation_id)
    if person.id == by.person_id:
        raise own
    if not reason.strip():
        raise FieldInvalid(pointer="/reason", field="reason", field_zh="理由", reason="missing", reason_zh="请填写")
    if _standing(person, at) is not None:
        raise ReenrolmentOpen
    return person


def _standing(person: Person, at: datetime) -> Reenrolment | None:
    """Return the one that waits for its approval, or whose link works, None when there is none."""
    rows = Reenrolment.objects.filter(person=person, accepted_at=None, ended_at=None)
    return rows.filter(Q(approved_at=None) | Q(expires_at__gt=at)).first()


def _person(person_id: str, organisation_id: str) -> Person:
    found = Person.objects.filter(pk=person_id, organisation_id=organisation_id, is_active=True).first()
    if found is None:
        raise NotFound
    return found


def hash_of(token: str) -> str:
    """Return what is kept of a link's secret."""
    return hashlib.sha256(f"anxin.reenrolment\0{token}".encode()).hexdigest()
