"""New keys for old, while everything stays readable."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.db import transaction

from anxin.desk.foundation.edge.duties import batch_by_batch, one_by_one
from anxin.desk.foundation.vault.models import DataKey, SubjectKey
from anxin.desk.foundation.vault.sealing import data_key, forget_opened_keys, key_service

_BATCH = 500
_LONGEST_REST = timedelta(hours=1)
"""For a key that cannot be opened: it may be one of many, and to try it costs the key service a call."""


@transaction.atomic
def rotate_data_key(organisation_id: str, *, at: datetime) -> bytes:
    """Retire the organisation's sealing key and make another; return its id. The blind index keeps its key."""
    current = DataKey.objects.filter(organisation_id=organisation_id, purpose="seal", retired_at=None)
    current.update(retired_at=at)
    kek_id, wrapped = key_service().wrap(secrets.token_bytes(32))
    fresh = DataKey(
        key_id=secrets.token_bytes(8),
        organisation_id=organisation_id,
        purpose="seal",
        kek_id=kek_id,
        wrapped=wrapped,
        created_at=at,
    )
    fresh.save(force_insert=True)
    return bytes(fresh.key_id)


def rewrap_data_keys(*, at: datetime) -> int:
    """Wrap data keys that lie under an older key-encrypting key anew; return how many."""
    old = DataKey.objects.exclude(kek_id=key_service().current()).order_by("pk")
    return batch_by_batch(
        old, lambda some: one_by_one(some, _rewrap_data_key, at=at, longest=_LONGEST_REST), batch=_BATCH
    )


def _rewrap_data_key(row: DataKey) -> int:
    kek_id, wrapped = key_service().wrap(key_service().unwrap(row.kek_id, bytes(row.wrapped)))
    return DataKey.objects.filter(pk=row.pk).update(kek_id=kek_id, wrapped=wrapped)


def rewrap_subject_keys(*, at: datetime) -> int:
    """Wrap keys of people that lie under a retired data key under the current one; return how many."""
    retired = DataKey.objects.filter(purpose="seal", retired_at__isnull=False).values_list("key_id", flat=True)
    old = SubjectKey.objects.filter(data_key_id__in=[bytes(each) for each in retired], destroyed_at=None)
    return batch_by_batch(
        old.order_by("pk"),
        lambda some: one_by_one(some, _rewrap_subject_key, at=at, longest=_LONGEST_REST),
        batch=_BATCH,
    )


def _rewrap_subject_key(row: SubjectKey) -> int:
    fresh = DataKey.objects.get(organisation_id=row.organisation_id, purpose="seal", retired_at=None)
    key = aes_key_unwrap(data_key(bytes(row.data_key_id)), bytes(row.wrapped))
    wrapped = aes_key_wrap(data_key(bytes(fresh.key_id)), key)
    mine = SubjectKey.objects.filter(pk=row.pk, destroyed_at=None)
    return mine.update(data_key_id=fresh.key_id, wrapped=wrapped)


@transaction.atomic
def shred_subject(organisation_id: str, subject: str, *, erasure_id: str, at: datetime) -> bool:
    """Destroy the key of everything sealed about the subject; return whether there was one.

    The row stays, so that what it sealed is known as erased; the subject gets a new key should it ever come back.
    """
    found = SubjectKey.objects.filter(organisation_id=organisation_id, subject=subject)
    key_ids = list(found.values_list("key_id", flat=True))
    destroyed = found.update(wrapped=b"", destroyed_at=at, subject=f"{erasure_id}")
    # Only these: the others could not be opened again while the key service is away.
    forget_opened_keys(map(bytes, key_ids))
    return bool(destroyed)
