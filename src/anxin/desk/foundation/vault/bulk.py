"""Seal and open many values at once, with one query for all their keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.db import connections, transaction

from anxin.desk.foundation.vault import sealing
from anxin.desk.foundation.vault.errors import SealBroken
from anxin.desk.foundation.vault.models import DataKey, SubjectKey

_FORMAT = b"\x01"
_ID, _NONCE, _KEY = 8, 12, 32
_HEAD = 1 + _ID + _NONCE
_STEP = 500
_ALIAS = "default"
_TABLE = SubjectKey._meta.db_table
_SELECT = f"SELECT subject, key_id, data_key_id, wrapped, destroyed_at FROM {_TABLE}"
_INSERT = (
    f"INSERT INTO {_TABLE} (key_id, organisation_id, subject, data_key_id, wrapped) "
    "VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class SealKey:
    """An opened key, ready to seal with; never stored, never shown."""

    key_id: bytes
    cipher: AESGCM


def current_seal_key(organisation_id: str, *, at: datetime) -> SealKey:
    """Return the organisation's own key, made when missing."""
    key_id, key = sealing._current(organisation_id, "seal", at)
    return SealKey(key_id, AESGCM(key))


def seal_keys_of(organisation_id: str, subjects: Iterable[str], *, at: datetime) -> dict[str, SealKey | None]:
    """Return the key of each subject, made when missing; None where it was destroyed: nothing may be sealed then."""
    wanted = sorted(set(subjects))
    rows = _rows_of(organisation_id, wanted)
    missing = [subject for subject in wanted if subject not in rows]
    if missing:
        _make_keys(organisation_id, missing, at=at)
        rows |= _rows_of(organisation_id, missing)
    opened = _open_subject_keys(rows.values())
    return {subject: opened[row.key_id] for subject, row in rows.items()}


def seal_with(key: SealKey, organisation_id: str, value: bytes, *, about: str) -> bytes:
    """Return the value sealed as `sealing.seal` does."""
    nonce = secrets.token_bytes(_NONCE)
    return _FORMAT + key.key_id + nonce + key.cipher.encrypt(nonce, value, sealing._bound(organisation_id, about))


def unseal_many(organisation_id: str, sealed: Mapping[str, bytes]) -> dict[str, bytes | None]:
    """Return by `about` the value of each sealed one; None where it was erased. Raise SealBroken."""
    keys = _opened_by_id(organisation_id, {bytes(each[1 : 1 + _ID]) for each in sealed.values()})
    found: dict[str, bytes | None] = {}
    for about, body in sealed.items():
        key = keys[bytes(body[1 : 1 + _ID])]
        if key is None:
            found[about] = None
            continue
        try:
            bound = sealing._bound(organisation_id, about)
            found[about] = key.cipher.decrypt(body[1 + _ID : _HEAD], body[_HEAD:], bound)
        except InvalidTag as broken:
            raise SealBroken(about) from broken
    return found


class _Row(NamedTuple):
    """A row of SubjectKey, read without the cost of a model: this runs for every batch of the projector."""

    subject: str
    key_id: bytes
    data_key_id: bytes
    wrapped: bytes
    is_destroyed: bool


def _rows_of(organisation_id: str, subjects: list[str]) -> dict[str, _Row]:
    found = {}
    with connections[_ALIAS].cursor() as cursor:
        for start in range(0, len(subjects), _STEP):
            some = subjects[start : start + _STEP]
            places = ", ".join(["%s"] * len(some))
            cursor.execute(f"{_SELECT} WHERE organisation_id = %s AND subject IN ({places})", (organisation_id, *some))
            for subject, key_id, data_key_id, wrapped, destroyed_at in cursor.fetchall():
                row = _Row(subject, bytes(key_id), bytes(data_key_id), bytes(wrapped), destroyed_at is not None)
                found[subject] = row
    return found


def _make_keys(organisation_id: str, subjects: Iterable[str], *, at: datetime) -> None:
    data_key_id, data_key = sealing._current(organisation_id, "seal", at)
    with transaction.atomic(using=_ALIAS), connections[_ALIAS].cursor() as cursor:
        cursor.executemany(
            _INSERT,
            [
                (
                    secrets.token_bytes(_ID),
                    organisation_id,
                    subject,
                    data_key_id,
                    aes_key_wrap(data_key, secrets.token_bytes(_KEY)),
                )
                for subject in subjects
            ],
        )


def _opened_by_id(organisation_id: str, key_ids: set[bytes]) -> dict[bytes, SealKey | None]:
    rows = SubjectKey.objects.filter(organisation_id=organisation_id, key_id__in=key_ids)
    found = _open_subject_keys(
        _Row(row.subject, bytes(row.key_id), bytes(row.data_key_id), bytes(row.wrapped), row.destroyed_at is not None)
        for row in rows
    )
    rest = key_ids - set(found)
    for row in DataKey.objects.filter(organisation_id=organisation_id, key_id__in=rest) if rest else ():
        found[bytes(row.key_id)] = SealKey(bytes(row.key_id), AESGCM(sealing._unwrapped(row)))
    if missing := key_ids - set(found):
        raise SealBroken(f"{len(missing)} keys of the values are not there")
    return found


def _open_subject_keys(rows: Iterable[_Row]) -> dict[bytes, SealKey | None]:
    """Return the opened keys by id, None for destroyed ones; data keys are read once each."""
    found: dict[bytes, SealKey | None] = {}
    data_keys: dict[bytes, bytes] = {}
    for row in rows:
        if row.is_destroyed:
            found[row.key_id] = None
            continue
        if row.key_id not in sealing._opened:
            if row.data_key_id not in data_keys:
                data_keys[row.data_key_id] = sealing.data_key(row.data_key_id)
            sealing._opened[row.key_id] = aes_key_unwrap(data_keys[row.data_key_id], row.wrapped)
        found[row.key_id] = SealKey(row.key_id, AESGCM(sealing._opened[row.key_id]))
    return found
