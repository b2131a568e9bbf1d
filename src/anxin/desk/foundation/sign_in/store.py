"""Where Django keeps its sessions: in our table, under the hash of the cookie, sealed.

A copy of the table signs nobody in and shows nothing: the cookie cannot be had from its hash, and the data (which name
somebody just typed, a second factor being set up) opens only with the desk's secret, which lies outside the database.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable
from datetime import timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction

from anxin.desk.foundation.edge.clock import now
from anxin.desk.foundation.edge.prepared import Prepared
from anxin.desk.foundation.sign_in.models import Session
from anxin.desk.foundation.sign_in.standing import why_ended

_NONCE = 12
_NAMED = Prepared(lambda name: Session.objects.filter(pk=name))


def key_hash(session_key: str) -> str:
    """Return the name under which a session's cookie is kept: 160 bits of SHA-256."""
    return hashlib.sha256(f"anxin.session\0{session_key}".encode()).hexdigest()[:40]


class SessionStore(SessionBase):
    """One session. `row` is its row once loaded, None for a new one; an ended one carries nothing."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.row: Session | None = None

    def load(self) -> dict[str, object]:
        self.row = _NAMED.first(key_hash(self.session_key or ""))
        if self.row is None or self.row.ended_at is not None or self.row.expires_at <= now():
            self._session_key = None
            return {}
        return _opened(self.row)

    def exists(self, session_key: str) -> bool:
        """Return whether it still stands."""
        return session_key in self.living((session_key,))

    @classmethod
    def living(cls, session_keys: Iterable[str]) -> frozenset[str]:
        """Return those that still stand, in one query: asked for all streams of live updates together."""
        at, by_name = now(), {key_hash(each): each for each in session_keys}
        rows = Session.objects.filter(pk__in=list(by_name), ended_at=None, expires_at__gt=at).defer("data")
        return frozenset(by_name[row.pk] for row in rows if row.person_id is None or not why_ended(row, at=at))

    def create(self) -> None:
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # the stubs leave it out
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        name = key_hash(self.session_key)
        data = _sealed(name, self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        if must_create:
            expires_at = now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
            try:
                with transaction.atomic():
                    Session.objects.create(pk=name, data=data, expires_at=expires_at)
            except IntegrityError as taken:
                raise CreateError from taken
        elif not Session.objects.filter(pk=name, ended_at=None).update(data=data):
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        name = key_hash(session_key or self.session_key or "")
        Session.objects.filter(pk=name, person=None).delete()
        Session.objects.filter(pk=name, ended_at=None).update(ended_at=now(), ended_because="signed_out", data="")

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(expires_at__lt=now()).delete()


def _cipher() -> AESGCM:
    return AESGCM(hashlib.sha256(f"anxin.session.data\0{settings.SECRET_KEY}".encode()).digest())


def _sealed(name: str, content: dict[str, object]) -> str:
    nonce = secrets.token_bytes(_NONCE)
    body = _cipher().encrypt(nonce, json.dumps(content).encode(), name.encode())
    return base64.b64encode(nonce + body).decode()


def _opened(row: Session) -> dict[str, object]:
    body = base64.b64decode(row.data)
    try:
        text = _cipher().decrypt(body[:_NONCE], body[_NONCE:], row.pk.encode())
    except InvalidTag:  # sealed with an earlier secret: nobody is signed in with it any more
        return {}
    content: dict[str, object] = json.loads(text)
    return content
