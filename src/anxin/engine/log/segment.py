"""The bytes of a live segment: header, frames, seal, and the chain over records."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from functools import partial

import google_crc32c
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anxin.engine.log.errors import LogDamaged
from anxin.engine.log.faults import (
    HEADER_CHANGED,
    HEADER_CHECKSUM,
    HEADER_CUT,
    HEADER_FORMAT,
    HEADER_ORGANISATION,
    HEADER_PLACE,
    Fault,
)
from anxin.engine.log.keys import KeyRing

VERSION = 1
LIVE_MAGIC = b"ANXINSEG"
ARCHIVE_MAGIC = b"ANXINZST"
GENESIS = bytes(32)
SEAL = 0
BLOCK_KIND = 255
MAX_ORGANISATION = 127
MAX_PAYLOAD = 16 * 1024 * 1024

PREFIX = struct.Struct("<II")
FRAME = struct.Struct("<BI")
FRAME_TAG = 16
FRAME_OVERHEAD = PREFIX.size + FRAME.size + FRAME_TAG
MAX_BODY = FRAME.size + MAX_PAYLOAD + FRAME_TAG

_NONCE = struct.Struct(">4sQ")
_CHAIN = struct.Struct("<IB")
_HEADER = struct.Struct("<8sHHIQqQ32s4s8s40sB127s")
_SEAL = struct.Struct("<Qq32s")
_SEAL_NONCE = 12
HEADER_SIZE = _HEADER.size + FRAME_TAG + 4
SEAL_SIZE = FRAME_OVERHEAD + _SEAL_NONCE + _SEAL.size


@dataclass(frozen=True, slots=True)
class Seal:
    """How a closed segment ends: last record, time of the last arrival (ms), chain hash over all up to it."""

    last_seq: int
    last_at: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes of a segment say; `capacity` is the preallocated size in bytes."""

    organisation: str
    first_seq: int
    created_at: int
    capacity: int
    previous: bytes
    nonce_prefix: bytes
    key_id: bytes
    wrapped_key: bytes
    magic: bytes = LIVE_MAGIC


class Chain:
    """Running hash over the plain records of a segment and what it continues; the same for live and compressed form."""

    def __init__(self, organisation: str, first_seq: int, created_at: int, previous: bytes) -> None:
        """Start the hash of a segment that follows the one whose chain hash is `previous`."""
        name = organisation.encode()
        start = struct.pack("<32sB", previous, len(name)) + name + struct.pack("<Qq", first_seq, created_at)
        self._hash = hashlib.sha256(b"anxin log chain 1\0" + start)
        self._update = self._hash.update

    def add(self, kind: int, payload: bytes) -> None:
        """Take in the next record."""
        self._update(_CHAIN.pack(len(payload), kind))
        self._update(payload)

    def digest(self) -> bytes:
        """Return the chain hash up to here."""
        return self._hash.digest()


class Cipher:
    """Seals and opens what belongs to one segment, bound to its organisation and place."""

    def __init__(self, header: Header, data_key: bytes) -> None:
        """Use the segment's own 32-byte data key."""
        name = header.organisation.encode()
        gcm = AESGCM(data_key)
        self._encrypt, self._decrypt = gcm.encrypt, gcm.decrypt
        self._header_key = hashlib.sha256(b"anxin log header 1\0" + data_key).digest()
        bound = bytes([len(name)]) + name + header.first_seq.to_bytes(8, "little")
        # A place is packed behind what is the same for the whole segment, in one call.
        self._bind = partial(struct.Struct(f"<{len(bound)}sQBI").pack, bound)
        self._nonce = partial(_NONCE.pack, header.nonce_prefix)

    def frame(self, seq: int, kind: int, behind: int, payload: bytes) -> bytes:
        """Return one record as a frame; `behind` is its distance from the last durable record when it was made."""
        sealed = self._encrypt(self._nonce(seq), payload, self._bind(seq, kind, behind))
        body = FRAME.pack(kind, behind) + sealed
        return PREFIX.pack(len(body), google_crc32c.value(body)) + body

    def open(self, seq: int, kind: int, behind: int, sealed: bytes) -> bytes:
        """Return the payload of a frame; raise InvalidTag when it was made for another place or changed."""
        return self._decrypt(self._nonce(seq), sealed, self._bind(seq, kind, behind))

    def seal_frame(self, seal: Seal) -> bytes:
        """Return the frame that closes a segment.

        Its nonce is random: a torn frame with the next sequence number may have reached the disk before.
        """
        nonce = secrets.token_bytes(_SEAL_NONCE)
        content = _SEAL.pack(seal.last_seq, seal.last_at, seal.chain)
        body = FRAME.pack(SEAL, 0) + nonce + self._encrypt(nonce, content, self._bind(0, SEAL, 0))
        return PREFIX.pack(len(body), google_crc32c.value(body)) + body

    def open_seal(self, sealed: bytes) -> Seal:
        """Return what the seal says; raise InvalidTag when it is not this segment's."""
        nonce, content = sealed[:_SEAL_NONCE], sealed[_SEAL_NONCE:]
        opened = self._decrypt(nonce, content, self._bind(0, SEAL, 0))
        return Seal(*_SEAL.unpack(opened))

    def block(self, first_seq: int, count: int, packed: bytes) -> bytes:
        """Return a block of `count` compressed records, encrypted."""
        nonce = self._nonce(first_seq)
        return self._encrypt(nonce, packed, self._bind(first_seq, BLOCK_KIND, count))

    def open_block(self, first_seq: int, count: int, sealed: bytes) -> bytes:
        """Return a block's compressed records; raise InvalidTag when it was made for another place or changed."""
        nonce = self._nonce(first_seq)
        return self._decrypt(nonce, sealed, self._bind(first_seq, BLOCK_KIND, count))

    def header_tag(self, head: bytes) -> bytes:
        """Return the 16-byte tag that protects the header."""
        return hmac.digest(self._header_key, head, "sha256")[:FRAME_TAG]


def new_header(
    ring: KeyRing, *, organisation: str, first_seq: int, created_at: int, previous: bytes
) -> tuple[Header, bytes]:
    """Return the header of a new segment, without its capacity, and its fresh data key.

    Raise ValueError for a name of more than 127 bytes.
    """
    if not 0 < len(organisation.encode()) <= MAX_ORGANISATION:
        raise ValueError(f"an organisation's name has 1 to {MAX_ORGANISATION} bytes")
    data_key = secrets.token_bytes(32)
    key_id, wrapped = ring.wrap(organisation, data_key)
    prefix = secrets.token_bytes(4)
    header = Header(organisation, first_seq, created_at, 0, previous, prefix, key_id, wrapped)
    return header, data_key


def encode_header(header: Header, cipher: Cipher) -> bytes:
    """Return the header's bytes."""
    name = header.organisation.encode()
    head = _HEADER.pack(
        header.magic, VERSION, HEADER_SIZE, 0, header.first_seq, header.created_at, header.capacity, header.previous,
        header.nonce_prefix, header.key_id, header.wrapped_key, len(name), name,
    )  # fmt: skip
    head += cipher.header_tag(head)
    checksum: int = google_crc32c.value(head)
    return head + checksum.to_bytes(4, "little")


def open_header(block: bytes, *, file: str, organisation: str | None, ring: KeyRing) -> tuple[Header, Cipher]:
    """Check a segment's first bytes; `organisation` None takes the one they name.

    Raise LogDamaged when they are not as written, KeyMissing when the ring lacks the master key.
    """
    header = _parse_header(block, file)
    if organisation is not None and header.organisation != organisation:
        raise _header_damage(file, header.first_seq, HEADER_ORGANISATION)
    if file.partition(".")[0] != f"{header.first_seq:020d}":
        raise _header_damage(file, header.first_seq, HEADER_PLACE)
    cipher = Cipher(header, ring.unwrap(header.organisation, header.key_id, header.wrapped_key))
    head = block[: _HEADER.size]
    if not hmac.compare_digest(cipher.header_tag(head), block[_HEADER.size : _HEADER.size + FRAME_TAG]):
        raise _header_damage(file, header.first_seq, HEADER_CHANGED)
    return header, cipher


def _parse_header(block: bytes, file: str) -> Header:
    if len(block) < HEADER_SIZE:
        raise _header_damage(file, 0, HEADER_CUT)
    if google_crc32c.value(block[: HEADER_SIZE - 4]) != int.from_bytes(block[HEADER_SIZE - 4 : HEADER_SIZE], "little"):
        raise _header_damage(file, 0, HEADER_CHECKSUM)
    magic, version, size, _, first_seq, created_at, capacity, previous, prefix, key_id, wrapped, length, name = (
        _HEADER.unpack(block[: _HEADER.size])
    )
    expected = ARCHIVE_MAGIC if ".seg.z" in file else LIVE_MAGIC
    if magic != expected or version != VERSION or size != HEADER_SIZE:
        raise _header_damage(file, 0, HEADER_FORMAT)
    organisation = name[:length].decode()
    return Header(organisation, first_seq, created_at, capacity, previous, prefix, key_id, wrapped, magic)


def _header_damage(file: str, seq: int, fault: Fault) -> LogDamaged:
    return LogDamaged(file=file, offset=0, seq=seq, fault=fault)
