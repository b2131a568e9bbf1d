"""Begin, strengthen and end sessions; tell of locked names, second factors and passwords."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.audit.actions import Detail, lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.sign_in.facts import SessionEnded, SignInLocked
from anxin.desk.foundation.sign_in.models import Session

SEEN_EVERY = timedelta(seconds=30)
"""How exactly a session knows when it was last used: a write each time would cost more than it tells."""


@dataclass(frozen=True)
class Origin:
    """Where a session comes from: browser and system in words, and the token of its network."""

    device: str = ""
    network: str = ""
    request_id: str = ""


@dataclass(frozen=True)
class Started:
    """A session that began: its reference, and how many older ones it ended."""

    ref: str
    ended_others: int


@transaction.atomic
def start_session(
    *, person: Person, key_hash: str, is_strong: bool, origin: Origin, at: datetime, failed_tries: int = 0
) -> Started:
    """Let a person in; whatever other session they had ends."""
    lock_head(person.organisation_id)
    ref = new_id("ses", at=at)
    by = _person_actor(person, ref, origin.request_id)
    others = list(Session.objects.filter(person=person, ended_at=None).exclude(pk=key_hash))
    for other in others:
        _end(other, "elsewhere", by, at)
    Session.objects.filter(pk=key_hash).update(
        ref=ref,
        organisation_id=person.organisation_id,
        person=person,
        device=origin.device,
        network=origin.network,
        is_strong=is_strong,
        started_at=at,
        seen_at=at,
    )
    details: dict[str, Detail] = {
        "is_strong": is_strong,
        "device": origin.device,
        "failed_tries": failed_tries,
        "ended": len(others),
    }
    record_entry("session.start", by=by, at=at, on=("person", person.id), details=details)
    Person.objects.filter(pk=person.pk).update(last_login=at, active_at=at)
    return Started(ref, len(others))


@transaction.atomic
def strengthen_session(*, person: Person, key_hash: str, ref: str, at: datetime) -> None:
    """Note that a second factor was shown."""
    Session.objects.filter(pk=key_hash, person=person).update(is_strong=True)
    record_entry("session.verify", by=_person_actor(person, ref), at=at, on=("person", person.id))


@transaction.atomic
def end_session(*, row: Session, because: str, at: datetime) -> None:
    """End a session by itself: idle, too old, signed out."""
    if row.person is None:
        return
    lock_head(row.organisation_id)
    found = Session.objects.filter(pk=row.pk, ended_at=None).first()
    if found is not None:
        _end(found, because, _person_actor(row.person, row.ref), at)


@transaction.atomic
def revoke_session(*, ref: str, by: Actor, at: datetime) -> None:
    """End a session of one's own, or with the permission of a colleague; raise NotFound."""
    lock_head(by.organisation_id)
    found = Session.objects.filter(ref=ref, organisation_id=by.organisation_id, ended_at=None).first() if ref else None
    if found is None:
        raise NotFound
    if found.person_id != by.person_id:
        require(by, "session.revoke")
    _end(found, "revoked", by, at)


@transaction.atomic
def end_sessions_of(*, person_id: str, organisation_id: str, because: str, by: Actor, at: datetime) -> int:
    """End whatever sessions a person has; return how many."""
    lock_head(organisation_id)
    rows = list(Session.objects.filter(person_id=person_id, organisation_id=organisation_id, ended_at=None))
    for row in rows:
        _end(row, because, by, at)
    return len(rows)


def note_seen(row: Session, *, at: datetime) -> None:
    """Remember that the session is in use."""
    if row.seen_at is None or at - row.seen_at >= SEEN_EVERY:
        Session.objects.filter(pk=row.pk).update(seen_at=at)


@transaction.atomic
def note_locked(*, person: Person, what: str, at: datetime) -> None:
    """Record that a person's `what` ("password" or "factor") is locked after too many failed tries."""
    by = Actor(organisation_id=person.organisation_id, kind=ActorKind.SYSTEM, label="sign_in")
    record_entry("sign_in.lock", by=by, at=at, on=("person", person.id), details={"what": what})
    publish_fact(SignInLocked(person.id, what), organisation_id=person.organisation_id, at=at)


@transaction.atomic
def note_credential(act: str, *, person: Person, ref: str, at: datetime, kind: str = "") -> None:
    """Record what a person did to their own way in: `password.change`, `factor.add`, `factor.remove`, `codes.make`."""
    by = _person_actor(person, ref)
    record_entry(act, by=by, at=at, on=("person", person.id), details={"kind": kind})


def _end(row: Session, because: str, by: Actor, at: datetime) -> None:
    Session.objects.filter(pk=row.pk).update(ended_at=at, ended_because=because, data="")
    person_id = row.person_id or ""
    details = {"because": because, "session": row.ref}
    record_entry("session.end", by=by, at=at, on=("person", person_id), details=details)
    publish_fact(SessionEnded(row.ref, person_id, because), organisation_id=row.organisation_id, at=at)


def _person_actor(person: Person, ref: str, request_id: str = "") -> Actor:
    return Actor(
        organisation_id=person.organisation_id,
        kind=ActorKind.PERSON,
        label=person.username,
        person_id=person.id,
        session_id=ref,
        request_id=request_id,
    )
