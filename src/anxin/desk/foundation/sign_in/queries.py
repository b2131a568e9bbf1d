"""Reads about sessions, and the look-ups of the way in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.sign_in.models import Session
from anxin.desk.foundation.sign_in.standing import why_ended
from anxin.desk.foundation.vault.sealing import blind_index

LIMIT = 200


@dataclass(frozen=True)
class SessionLine:
    """One live session; `is_same_network` compares it with the reader's own."""

    ref: str
    person_id: str
    username: str
    device: str
    is_strong: bool
    is_this: bool
    is_same_network: bool
    started_at: datetime
    seen_at: datetime


def find_person(*, username: str) -> Person | None:
    """Return the person of a sign-in name, or None."""
    return Person.objects.filter(username=username).first()


def find_person_by_address(*, slug: str, address: str) -> Person | None:
    """Return the active person of an organisation with this e-mail address, found without reading any, or None."""
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        return None
    token = blind_index(organisation.id, "email", address.strip().casefold(), at=organisation.created_at)
    return Person.objects.filter(organisation=organisation, email_index=token, is_active=True).first()


def list_my_sessions(*, by: Actor, at: datetime) -> tuple[SessionLine, ...]:
    """Return the actor's own live sessions."""
    return _lines(by, at, person_id=by.person_id)


def list_sessions(*, by: Actor, at: datetime) -> tuple[SessionLine, ...]:
    """Return every live session of the organisation; raise Forbidden."""
    require(by, "session.revoke")
    return _lines(by, at)


def is_live(*, ref: str, at: datetime) -> bool:
    """Return whether a session still stands: asked by what stays open for long."""
    row = Session.objects.filter(ref=ref).first() if ref else None
    return row is not None and not why_ended(row, at=at)


def _lines(by: Actor, at: datetime, **only: str | None) -> tuple[SessionLine, ...]:
    oldest = at - timedelta(seconds=settings.ANXIN.session_seconds)
    rows = Session.objects.filter(organisation_id=by.organisation_id, ended_at=None, started_at__gt=oldest, **only)
    found = [row for row in rows.select_related("person").order_by("-started_at")[:LIMIT] if not why_ended(row, at=at)]
    mine = next((row.network for row in found if row.ref == by.session_id), "")
    return tuple(_line(row, by, mine) for row in found)


def _line(row: Session, by: Actor, network: str) -> SessionLine:
    assert row.person is not None
    assert row.started_at is not None
    assert row.seen_at is not None
    return SessionLine(
        ref=row.ref,
        person_id=row.person.id,
        username=row.person.username,
        device=row.device,
        is_strong=row.is_strong,
        is_this=row.ref == by.session_id,
        is_same_network=bool(network) and row.network == network,
        started_at=row.started_at,
        seen_at=row.seen_at,
    )
