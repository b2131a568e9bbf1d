"""What lies sealed about a decision: packed, compressed, under the key of the person who acted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec
import zstandard

from anxin.desk.decisioning.decisions.ids import seq_of
from anxin.desk.foundation.vault.bulk import SealKey, seal_with, unseal_many
from anxin.engine.decision import FeatureValue
from anxin.engine.log.records import DecisionRecord

SUBJECT_LENGTH = 96
_MAX_BODY = 1 << 24


class SealedBody(msgspec.Struct, frozen=True, array_like=True):
    """The event as it came, the answer as it was given, the features it saw, the API key's id, and the time it took."""

    event: bytes
    answer: bytes
    vector: list[FeatureValue]
    caller: str
    took_us: int | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(SealedBody).decode
_compress = zstandard.ZstdCompressor(level=1, write_checksum=False, write_content_size=True).compress


def subject_of(kind: str, key: str) -> str:
    """Return the vault's subject of everything sealed about an entity: destroying its key erases all of it."""
    subject = f"{kind}:{key}"
    if len(subject) <= SUBJECT_LENGTH:
        return subject
    return f"{kind}:#{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}"


def seal_body(record: DecisionRecord, key: SealKey, *, organisation_id: str, seq: int) -> bytes:
    """Return the record's body, sealed."""
    packed = _encode(SealedBody(record.event, record.answer, record.vector, record.caller, record.took_us))
    return seal_with(key, organisation_id, _compress(packed), about=_about(seq))


def open_bodies(organisation_id: str, sealed: Mapping[int, bytes]) -> dict[int, SealedBody | None]:
    """Return the bodies by decision id; None where the person was erased. Raise SealBroken."""
    by_about = {_about(seq_of(row)): row for row in sealed}
    opened = unseal_many(organisation_id, {_about(seq_of(row)): bytes(body) for row, body in sealed.items()})
    return {by_about[about]: _unpack(body) for about, body in opened.items()}


def seal_display(value: str, key: SealKey, *, organisation_id: str, entity: tuple[str, str]) -> bytes:
    """Return the clear form of a personal entity, sealed."""
    return seal_with(key, organisation_id, value.encode(), about=_display_about(entity))


def open_displays(organisation_id: str, sealed: Mapping[tuple[str, str], bytes]) -> dict[tuple[str, str], str | None]:
    """Return the clear forms by kind and key; None where erased."""
    by_about = {_display_about(entity): entity for entity in sealed}
    opened = unseal_many(organisation_id, {_display_about(entity): bytes(body) for entity, body in sealed.items()})
    return {by_about[about]: None if body is None else body.decode() for about, body in opened.items()}


def seal_words(fields: Mapping[str, str], key: SealKey, *, organisation_id: str, seq: int) -> bytes:
    """Return free words of an order (reason, source, who), sealed."""
    return seal_with(key, organisation_id, msgspec.json.encode(fields), about=f"order:{seq}")


def open_words(organisation_id: str, sealed: Mapping[int, bytes]) -> dict[int, dict[str, str]]:
    """Return the words of orders by row id."""
    opened = unseal_many(organisation_id, {f"order:{seq_of(row)}": bytes(body) for row, body in sealed.items()})
    decoder = msgspec.json.Decoder(dict[str, str])
    return {row: decoder.decode(opened[f"order:{seq_of(row)}"] or b"{}") for row in sealed}


def _about(seq: int) -> str:
    return f"decision:{seq}"


def _display_about(entity: tuple[str, str]) -> str:
    return f"entity:{entity[0]}:{entity[1]}"


def _unpack(body: bytes | None) -> SealedBody | None:
    if body is None:
        return None
    return _decode(zstandard.ZstdDecompressor().decompress(body, max_output_size=_MAX_BODY))
