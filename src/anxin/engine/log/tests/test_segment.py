"""The bytes as the README tells them, read without any code of the package."""

from __future__ import annotations

import hashlib
import hmac
import struct
from pathlib import Path

import google_crc32c
import pytest
import zstandard
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from anxin.engine.log.closing import Closing
from anxin.engine.log.tests.logs import SHOP, expected, make_log, open_writer, ring_of, segments

BOUND = b"\x04shop"


def data_key_of(folder: Path, content: bytes) -> bytes:
    master = (folder / "master.key").read_bytes()
    wrapping = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"anxin/wrap/shop").derive(master)
    return aes_key_unwrap(wrapping, content[84:124])


def frames_of(content: bytes, offset: int) -> list[tuple[int, int, bytes]]:
    """Return (kind, behind, rest of the body) of the frames from `offset` on."""
    found = []
    while offset < len(content):
        length, crc = struct.unpack_from("<II", content, offset)
        body = content[offset + 8 : offset + 8 + length]
        assert google_crc32c.value(body) == crc
        found.append((*struct.unpack_from("<BI", body), body[5:]))
        offset += 8 + length
    return found


def chain_over(previous: bytes, first_seq: int, created_at: int, records: list[tuple[int, int, bytes]]) -> bytes:
    plain = b"anxin log chain 1\0" + previous + BOUND + struct.pack("<Qq", first_seq, created_at)
    for _, kind, payload in records:
        plain += struct.pack("<IB", len(payload), kind) + payload
    return hashlib.sha256(plain).digest()


def test_the_header_stands_as_documented(tmp_path: Path) -> None:
    make_log(tmp_path, 200)
    content = segments(tmp_path)[0].read_bytes()
    assert struct.unpack_from("<8sHHIQqQ", content) == (b"ANXINSEG", 1, 272, 0, 1, 1_010, 4096)
    assert content[40:72] == bytes(32)
    assert content[76:84] == ring_of(tmp_path).key_ids[0]
    assert content[124:252] == BOUND.ljust(128, b"\0")
    key = hashlib.sha256(b"anxin log header 1\0" + data_key_of(tmp_path, content)).digest()
    assert content[252:268] == hmac.digest(key, content[:252], "sha256")[:16]
    assert int.from_bytes(content[268:272], "little") == google_crc32c.value(content[:268])


def test_frames_seal_and_chain_stand_as_documented(tmp_path: Path) -> None:
    make_log(tmp_path, 200)
    first, second = (path.read_bytes() for path in segments(tmp_path)[:2])
    gcm = AESGCM(data_key_of(tmp_path, first))
    *frames, (kind, behind, sealed) = frames_of(first, 272)
    records = expected(1, len(frames))
    for (seq, wanted, payload), (found, distance, cipher) in zip(records, frames, strict=True):
        bound = BOUND + struct.pack("<QQBI", 1, seq, found, distance)
        assert found == wanted
        assert gcm.decrypt(first[72:76] + seq.to_bytes(8, "big"), cipher, bound) == payload
    seal = gcm.decrypt(sealed[:12], sealed[12:], BOUND + struct.pack("<QQBI", 1, 0, 0, 0))
    chain = chain_over(bytes(32), 1, 1_010, records)
    assert (kind, behind) == (0, 0)
    assert struct.unpack("<Qq32s", seal) == (len(frames), 1_000 + len(frames) * 10, chain)
    assert second[40:72] == chain


def test_a_compressed_segment_stands_as_documented(tmp_path: Path) -> None:
    make_log(tmp_path, 200)
    before = segments(tmp_path)[0].read_bytes()
    Closing(tmp_path / "log", SHOP, ring_of(tmp_path)).compress(limit=1)
    content = segments(tmp_path)[0].read_bytes()
    assert struct.unpack_from("<8sHHIQqQ", content) == (b"ANXINZST", 1, 272, 0, 1, 1_010, 0)
    gcm = AESGCM(data_key_of(tmp_path, content))
    assert data_key_of(tmp_path, content) != data_key_of(tmp_path, before)
    sealed = frames_of(content[:361], 272)[0][2]
    last_seq, _, chain = struct.unpack(
        "<Qq32s", gcm.decrypt(sealed[:12], sealed[12:], BOUND + struct.pack("<QQBI", 1, 0, 0, 0))
    )
    length, crc, first_seq, count = struct.unpack_from("<IIQI", content, 361)
    assert (361 + 8 + length, crc) == (len(content), google_crc32c.value(content[369:]))
    assert (first_seq, count) == (1, last_seq)
    bound = BOUND + struct.pack("<QQBI", 1, 1, 255, count)
    plain = zstandard.decompress(gcm.decrypt(content[72:76] + (1).to_bytes(8, "big"), content[381:], bound))
    records = expected(1, last_seq)
    assert plain == b"".join(struct.pack("<IB", len(payload), kind) + payload for _, kind, payload in records)
    assert chain == chain_over(bytes(32), 1, 1_010, records)


@pytest.mark.parametrize("name", ["", "x" * 128, "店" * 43])
def test_a_name_that_does_not_fit_the_header_is_refused(tmp_path: Path, name: str) -> None:
    writer = open_writer(tmp_path)
    writer._organisation = name
    with pytest.raises(ValueError, match="127 bytes"):
        writer.append(1, b"", 1)
    writer.close()
