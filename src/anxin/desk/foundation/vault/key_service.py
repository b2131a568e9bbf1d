"""Who holds the key-encrypting key: RSA-3072 files here, or an external service behind the same interface."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from anxin.desk.foundation.edge.private_files import write_once
from anxin.desk.foundation.vault.errors import KeyServiceUnreachable

_BITS = 3072
_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


class KeyService(Protocol):
    """Wraps data keys and never shows the key it wraps them with. Every call may raise KeyServiceUnreachable."""

    def wrap(self, data_key: bytes) -> tuple[str, bytes]:
        """Return the id of the current key-encrypting key and the 32-byte data key wrapped under it."""

    def unwrap(self, kek_id: str, wrapped: bytes) -> bytes:
        """Return the data key."""

    def rotate(self) -> str:
        """Begin to wrap under a new key-encrypting key; return its id. Older ones go on unwrapping."""

    def current(self) -> str:
        """Return the id of the key-encrypting key in use."""


class FileKeyService:
    """RSA-3072 keys in files of one folder, `kek-1.pem`, `kek-2.pem` …; the last is current (OAEP, SHA-256)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[str, rsa.RSAPrivateKey] = {}
        self._tried: set[str] = set()
        self._were_there = False

    def wrap(self, data_key: bytes) -> tuple[str, bytes]:
        kek_id = self.current()
        try:
            wrapped = self._key(kek_id).public_key().encrypt(data_key, _OAEP)
        except ValueError as problem:
            raise KeyServiceUnreachable from problem
        if kek_id not in self._tried:
            # A key harmed on the disk would close what nobody could open.
            FileKeyService.unwrap(self, kek_id, wrapped)
            self._tried.add(kek_id)
        return kek_id, wrapped

    def unwrap(self, kek_id: str, wrapped: bytes) -> bytes:
        try:
            return self._key(kek_id).decrypt(wrapped, _OAEP)
        except ValueError as problem:
            raise KeyServiceUnreachable from problem

    def rotate(self) -> str:
        return self._create(len(self._names()) + 1)

    def current(self) -> str:
        names = self._names()
        return names[-1] if names else self._create(1)

    def missing(self, kek_ids: Iterable[str]) -> list[str]:
        """Return those whose files are not in the folder, though something lies under them."""
        return sorted(set(kek_ids) - set(self._names()))

    def _names(self) -> list[str]:
        try:
            found = [path.stem for path in self._folder.glob("kek-*.pem")]
        except OSError as problem:
            raise KeyServiceUnreachable from problem
        self._were_there = self._were_there or bool(found)
        return sorted(found, key=lambda name: int(name.partition("-")[2]))

    def _create(self, number: int) -> str:
        if number == 1 and self._were_there:
            # They were there: to make another under the same name would hide that they are gone.
            raise KeyServiceUnreachable
        key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
        body = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        name = f"kek-{number}"
        write_once(self._folder / f"{name}.pem", body)
        self._were_there = True
        return name

    def _key(self, kek_id: str) -> rsa.RSAPrivateKey:
        if kek_id not in self._keys:
            path = self._folder / f"{kek_id}.pem"
            try:
                if stat.S_IMODE(path.stat().st_mode) & 0o077:
                    raise KeyServiceUnreachable
                # To prove that its primes are primes takes each start 0.1 s; `wrap` tries whether it opens.
                key = serialization.load_pem_private_key(
                    path.read_bytes(), password=None, unsafe_skip_rsa_key_validation=True
                )
            except (OSError, ValueError, UnsupportedAlgorithm) as problem:
                raise KeyServiceUnreachable from problem
            if not isinstance(key, rsa.RSAPrivateKey):
                raise KeyServiceUnreachable
            self._keys[kek_id] = key
        return self._keys[kek_id]
