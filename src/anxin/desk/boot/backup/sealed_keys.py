"""Key files under a passphrase: scrypt makes the key, AES-256-GCM seals."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from anxin.desk.boot.backup.errors import ArchiveDamaged, PassphraseWrong

_N, _R, _P = 2**16, 8, 1
_MOST_N = 2**20
"""64 MiB and about a fifth of a second for each guess; a file that asks for more than 1 GiB is refused."""


class _Sealed(msgspec.Struct, frozen=True):
    salt: bytes
    n: int
    nonce: bytes
    cipher: bytes


def seal_keys(files: Mapping[str, bytes], passphrase: str, *, about: bytes) -> bytes:
    """Return the files sealed under the passphrase; `about` (the manifest) is authenticated with them."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    cipher = AESGCM(_key(passphrase, salt, _N)).encrypt(nonce, msgspec.msgpack.encode(dict(files)), about)
    return msgspec.msgpack.encode(_Sealed(salt, _N, nonce, cipher))


def open_keys(sealed: bytes, passphrase: str, *, about: bytes) -> dict[str, bytes]:
    """Return the files; raise PassphraseWrong when passphrase or content is not right, ArchiveDamaged for no seal."""
    try:
        part = msgspec.msgpack.decode(sealed, type=_Sealed)
    except msgspec.DecodeError:
        raise ArchiveDamaged(reason="keys") from None
    if not 2 <= part.n <= _MOST_N:
        raise ArchiveDamaged(reason="keys")
    try:
        plain = AESGCM(_key(passphrase, part.salt, part.n)).decrypt(part.nonce, part.cipher, about)
    except (InvalidTag, ValueError):
        raise PassphraseWrong from None
    return msgspec.msgpack.decode(plain, type=dict[str, bytes])


def _key(passphrase: str, salt: bytes, n: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=n, r=_R, p=_P).derive(passphrase.encode())
