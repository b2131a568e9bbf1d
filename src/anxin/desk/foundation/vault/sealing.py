"""Seal a value for the database, open it again, and make the token it is looked up by.

A sealed value is: format 1, 8 bytes of key id, 12 of nonce, AES-256-GCM cipher text with tag. `about` names table,
column and row; it is authenticated, so that a value copied to another row does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from anxin.desk.foundation.edge.pages import is_looked_at
from anxin.desk.foundation.edge.prepared import Prepared, insert_row
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.foundation.vault.errors import KeyServiceUnreachable, SealBroken, Shredded
from anxin.desk.foundation.vault.key_service import FileKeyService, KeyService
from anxin.desk.foundation.vault.models import DataKey, SubjectKey

NOT_NOW = Words("（密钥服务无法访问，暂不能显示）", "(not shown now: the key service cannot be reached)")
_FORMAT = b"\x01"
_ID, _NONCE, _KEY = 8, 12, 32
_CURRENT = Prepared(
    lambda organisation_id, purpose: DataKey.objects.filter(
        organisation_id=organisation_id, purpose=purpose, retired_at=None
    )
)
"""At most one: the table holds no second."""
_opened: dict[bytes, bytes] = {}
_data_keys: set[bytes] = set()
"""Which of the opened keys need no look at the database first: data keys are never destroyed, keys of people may be."""


@cache
def key_service() -> KeyService:
    """Return the key service of the settings: RSA files, or the installation's own class (given the folder)."""
    folder = settings.ANXIN.data / "keys"
    if settings.ANXIN.key_service:
        return cast("KeyService", import_string(settings.ANXIN.key_service)(folder))
    return FileKeyService(folder)


def seal(organisation_id: str, value: str, *, about: str, at: datetime, subject: str | None = None) -> bytes:
    """Return the value sealed under the organisation's data key, or under the key of `subject`, made when missing."""
    key_id, key = (
        _current(organisation_id, "seal", at) if subject is None else _of_subject(organisation_id, subject, at)
    )
    nonce = secrets.token_bytes(_NONCE)
    return _FORMAT + key_id + nonce + AESGCM(key).encrypt(nonce, value.encode(), _bound(organisation_id, about))


def unseal(organisation_id: str, sealed: bytes, *, about: str) -> str:
    """Return the value; raise Shredded when it was erased, SealBroken when it was changed or moved."""
    body = bytes(sealed)
    key = _by_id(organisation_id, body[1 : 1 + _ID])
    nonce, cipher = body[1 + _ID : 1 + _ID + _NONCE], body[1 + _ID + _NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, cipher, _bound(organisation_id, about)).decode()
    except InvalidTag as broken:
        raise SealBroken(about) from broken


def unseal_to_show(organisation_id: str, sealed: bytes, *, about: str) -> str:
    """Return the value as `unseal` does; while the key service is away, a page that is only looked at says so there.

    For what a page shows and nobody changes on it: calls, forms and exports are refused as ever.
    """
    found = find_unsealed(organisation_id, sealed, about=about)
    return say(NOT_NOW) if found is None else found


def find_unsealed(organisation_id: str, sealed: bytes, *, about: str) -> str | None:
    """Return the value as `unseal` does; None for a page that is only looked at while the key service is away."""
    try:
        return unseal(organisation_id, sealed, about=about)
    except KeyServiceUnreachable:
        if not is_looked_at():
            raise
        return None


def blind_index(organisation_id: str, kind: str, value: str, *, at: datetime) -> str:
    """Return the token by which an exact value is found: HMAC-SHA256, 128 bits in hex; `kind` keeps kinds apart."""
    _, key = _current(organisation_id, "index", at)
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]


def forget_opened_keys(key_ids: Iterable[bytes] | None = None) -> None:
    """Drop unwrapped keys of this process: those of people that were destroyed, or (None) all."""
    if key_ids is None:
        _opened.clear()
        _data_keys.clear()
        return
    for each in key_ids:
        _opened.pop(each, None)


def _bound(organisation_id: str, about: str) -> bytes:
    return f"{organisation_id}\0{about}".encode()


def _current(organisation_id: str, purpose: str, at: datetime) -> tuple[bytes, bytes]:
    row = _find_current(organisation_id, purpose) or _create(organisation_id, purpose, at)
    key_id = bytes(row.key_id)
    return key_id, _unwrapped(row)


def _find_current(organisation_id: str, purpose: str) -> DataKey | None:
    return _CURRENT.first(organisation_id, purpose)


def _create(organisation_id: str, purpose: str, at: datetime) -> DataKey:
    kek_id, wrapped = key_service().wrap(secrets.token_bytes(_KEY))
    row = DataKey(
        key_id=secrets.token_bytes(_ID),
        organisation_id=organisation_id,
        purpose=purpose,
        kek_id=kek_id,
        wrapped=wrapped,
        created_at=at,
    )
    try:
        with transaction.atomic():
            insert_row(row)
    except IntegrityError:  # another process was first
        return DataKey.objects.get(organisation_id=organisation_id, purpose=purpose, retired_at=None)
    return row


def data_key(key_id: bytes) -> bytes:
    """Return a data key by its id; raise DataKey.DoesNotExist."""
    return _opened[key_id] if key_id in _data_keys else _unwrapped(DataKey.objects.get(key_id=key_id))


def _unwrapped(row: DataKey) -> bytes:
    key_id = bytes(row.key_id)
    if key_id not in _opened:
        _opened[key_id] = key_service().unwrap(row.kek_id, bytes(row.wrapped))
        _data_keys.add(key_id)
    return _opened[key_id]


def _of_subject(organisation_id: str, subject: str, at: datetime) -> tuple[bytes, bytes]:
    found = SubjectKey.objects.filter(organisation_id=organisation_id, subject=subject).first()
    if found is None:
        data_key_id, wrapping = _current(organisation_id, "seal", at)
        found, _ = SubjectKey.objects.get_or_create(
            organisation_id=organisation_id,
            subject=subject,
            defaults={
                "key_id": secrets.token_bytes(_ID),
                "data_key_id": data_key_id,
                "wrapped": aes_key_wrap(wrapping, secrets.token_bytes(_KEY)),
            },
        )
    return bytes(found.key_id), _subject_key(found)


def _subject_key(row: SubjectKey) -> bytes:
    if row.destroyed_at is not None:
        raise Shredded
    key_id = bytes(row.key_id)
    if key_id not in _opened:
        _opened[key_id] = aes_key_unwrap(data_key(bytes(row.data_key_id)), bytes(row.wrapped))
    return _opened[key_id]


def _by_id(organisation_id: str, key_id: bytes) -> bytes:
    if key_id in _data_keys:
        return _opened[key_id]
    subject = SubjectKey.objects.filter(key_id=key_id, organisation_id=organisation_id).first()
    if subject is not None:
        return _subject_key(subject)
    row = DataKey.objects.filter(key_id=key_id, organisation_id=organisation_id).first()
    if row is None:
        raise SealBroken("the key of the value is not there")
    return _unwrapped(row)
