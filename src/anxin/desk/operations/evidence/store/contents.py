"""Keep a content once, sealed under a key of its own: destroying the key erases it wherever its file was copied to."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.private_files import write_once
from anxin.desk.foundation.vault.bulk import SealKey, seal_keys_of, seal_with, unseal_many
from anxin.desk.foundation.vault.errors import SealBroken
from anxin.desk.foundation.vault.rotation import shred_subject
from anxin.desk.foundation.vault.sealing import blind_index
from anxin.desk.operations.evidence.errors import EvidenceBroken, EvidenceErased
from anxin.desk.operations.evidence.models import StoredContent
from anxin.desk.operations.evidence.store.files import FileGone, path_of, read_file

State = StoredContent.State
WHOLE, BLURRED, CLEAR = "", "blurred", "clear"
"""The parts of a content: itself, and the two previews of a picture."""
_NEVER_CHANGED = 0o400
_LEAST = 37
"""Format, key id, nonce and tag: what is shorter was cut."""


def keep(organisation_id: str, data: bytes, *, at: datetime) -> StoredContent:
    """Return the row of the content, kept durably; what is there already is not written again."""
    sha256 = hashlib.sha256(data).hexdigest()
    token = blind_index(organisation_id, "evidence", sha256, at=at)
    key = _key(organisation_id, token, at)
    row = StoredContent(
        id=new_id("cnt", at=at),
        organisation_id=organisation_id,
        token=token,
        key_id=key.key_id.hex(),
        sha256=sha256,
        size=len(data),
        stored_at=at,
        checked_at=at,
    )
    found = _find(organisation_id, token)
    if found is not None:
        return found
    _write(row, WHOLE, data, key)
    if open_content(row) != data:
        raise EvidenceBroken
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # another process was first
        return StoredContent.objects.get(organisation_id=organisation_id, token=token, erased_at=None)
    return row


def keep_beside(row: StoredContent, part: str, data: bytes, *, at: datetime) -> None:
    """Keep a preview beside the content, under the same key."""
    _write(row, part, data, _key(row.organisation_id, row.token, at))


def open_content(row: StoredContent, part: str = WHOLE) -> bytes:
    """Return the content or a preview as it came; raise EvidenceErased, EvidenceBroken."""
    found = look_at(row, part)
    if isinstance(found, bytes):
        return found
    raise EvidenceErased if found is State.ERASED else EvidenceBroken


def look_at(row: StoredContent, part: str = WHOLE) -> bytes | State:
    """Return the bytes when they are those that were kept, else what is the matter."""
    if row.erased_at is not None:
        return State.ERASED
    try:
        sealed = read_file(_path(row, part))
    except FileGone:
        return State.MISSING
    about = _about(row, part)
    if len(sealed) < _LEAST:
        return State.CHANGED
    try:
        opened = unseal_many(row.organisation_id, {about: sealed})[about]
    except SealBroken:
        return State.CHANGED
    if opened is None:
        return State.ERASED
    if part == WHOLE and hashlib.sha256(opened).hexdigest() != row.sha256:
        return State.CHANGED
    return opened


def shred(row: StoredContent, *, at: datetime) -> None:
    """Destroy the key of the content; its file is swept up later, and opens no more from this moment on."""
    shred_subject(row.organisation_id, _subject(row.token), erasure_id=row.id, at=at)
    row.state, row.erased_at, row.is_shown = State.ERASED, at, False
    row.save(update_fields=("state", "erased_at", "is_shown"))


def sweep(row: StoredContent) -> int:
    """Remove the files of an erased content; return how many there were."""
    paths = [_path(row, part) for part in (WHOLE, BLURRED, CLEAR)]
    there = [path for path in paths if path.exists()]
    for path in there:
        path.unlink()
    return len(there)


def _find(organisation_id: str, token: str) -> StoredContent | None:
    return StoredContent.objects.filter(organisation_id=organisation_id, token=token, erased_at=None).first()


def _write(row: StoredContent, part: str, data: bytes, key: SealKey) -> None:
    body = seal_with(key, row.organisation_id, data, about=_about(row, part))
    write_once(_path(row, part), body, mode=_NEVER_CHANGED)


def _key(organisation_id: str, token: str, at: datetime) -> SealKey:
    """Return the content's key. One that was destroyed left its name, so that there is always one to seal with."""
    subject = _subject(token)
    found = seal_keys_of(organisation_id, (subject,), at=at)[subject]
    assert found is not None
    return found


def _subject(token: str) -> str:
    return f"evidence:{token}"


def _about(row: StoredContent, part: str) -> str:
    return f"evidence.content:{row.token}:{part}"


def _path(row: StoredContent, part: str) -> Path:
    name = f"{row.token}.{row.key_id}"
    return path_of(settings.ANXIN.data, row.organisation_id, f"{name}.{part}" if part else name)
