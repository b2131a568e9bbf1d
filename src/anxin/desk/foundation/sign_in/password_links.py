"""Help a colleague who forgot the password: a link to choose a new one, once; the second factor is asked for as ever.

One colleague is enough for somebody who has a second factor: neither the link nor the new password lets anybody in
without it. Where there is none, a second person agrees first.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from anxin.desk.foundation.approvals.actions import request_approval
from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.organisations.duty import duty_of
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.sign_in.actions import end_sessions_of
from anxin.desk.foundation.sign_in.errors import OwnPassword, ReenrolmentInvalid
from anxin.desk.foundation.sign_in.facts import PasswordLinkOpened
from anxin.desk.foundation.sign_in.models import Reenrolment
from anxin.desk.foundation.sign_in.reenrolments import (
    LIFE,
    REENROL,
    Opened,
    find_helped,
    find_reenrolment,
    hash_of,
)
from anxin.desk.foundation.sign_in.tries import forget_failures, name_token


@transaction.atomic
def open_password_link(*, person_id: str, reason: str, by: Actor, at: datetime) -> Opened:
    """Make a link by which a colleague chooses a new password; the old one works until then.

    Raise Forbidden, NotFound, OwnPassword, ReenrolmentOpen, FieldInvalid.
    """
    person = find_helped(person_id, reason=reason, own=OwnPassword, by=by, at=at)
    is_alone, token = has_factor(person), secrets.token_urlsafe(32)
    row = Reenrolment.objects.create(
        id=new_id("ren", at=at),
        organisation_id=by.organisation_id,
        person=person,
        about=Reenrolment.About.PASSWORD,
        is_alone=is_alone,
        token_hash=hash_of(token),
        opened_by=by.person_id or by.label,
        opened_at=at,
        approved_at=at if is_alone else None,
        expires_at=at + LIFE if is_alone else None,
    )
    details: dict[str, Detail] = {"reenrolment": row.id, "alone": is_alone}
    record_entry("password_link.open", by=by, at=at, on=("person", person.id), reason=reason, details=details)
    if not is_alone:
        duty = duty_of(by=by, permission=REENROL, at=at)
        request_approval(REENROL, on=("reenrolment", row.id), by=by, at=at, reason=reason, duty=duty)
    publish_fact(PasswordLinkOpened(person.id, row.id), organisation_id=by.organisation_id, at=at)
    return Opened(row.id, token, is_waiting=not is_alone)


@transaction.atomic
def choose_password(*, token: str, password: str, at: datetime) -> Person:
    """Set the password of whoever follows the link, once, and end her sessions; raise ReenrolmentInvalid.

    A link that one colleague made alone is void once its person has no second factor any more.
    """
    found = find_reenrolment(token=token, at=at)
    if found is None:
        raise ReenrolmentInvalid
    lock_head(found.organisation_id)
    row = find_reenrolment(token=token, at=at)
    if row is None or row.about != Reenrolment.About.PASSWORD:
        raise ReenrolmentInvalid
    person = row.person
    if row.is_alone and not has_factor(person):
        raise ReenrolmentInvalid
    person.set_password(password)
    person.save(update_fields=["password"])
    forget_failures(name_token(person.username))
    Reenrolment.objects.filter(pk=row.pk).update(accepted_at=at)
    by = system_actor(row.organisation_id, "reenrolment")
    record_entry("password.reset", by=by, at=at, on=("person", person.id), details={"reenrolment": row.id})
    end_sessions_of(person_id=person.id, organisation_id=row.organisation_id, because="password", by=by, at=at)
    return person


def has_factor(person: Person) -> bool:
    """Return whether a second factor is asked of a person at the sign-in; recovery codes alone are none."""
    rows = Authenticator.objects.filter(user_id=person.id)
    return bool(rows.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())
