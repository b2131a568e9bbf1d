"""Master keys, and the keys made from them."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from anxin.engine.log.disk import Disk
from anxin.engine.log.errors import KeyMissing, KeyRefused

MASTER_SIZE = 32
KEY_ID_SIZE = 8
WRAPPED_SIZE = 40


class KeyRing(Protocol):
    """Holds master keys and never shows them."""

    def wrap(self, organisation: str, data_key: bytes) -> tuple[bytes, bytes]:
        """Return the 8-byte id of the current master key, and the 32-byte data key wrapped under it (40 bytes)."""

    def unwrap(self, organisation: str, key_id: bytes, wrapped: bytes) -> bytes:
        """Return the data key; raise KeyMissing when no master key of the ring opens it."""

    def derive(self, organisation: str, purpose: str, length: int) -> bytes:
        """Return the organisation's secret for `purpose`, the same through every rotation."""


class FileKeyRing:
    """Master keys in files of 32 bytes: `path`, and after rotations `path.2`, `path.3`…; the last one is current.

    Derived secrets always come from the first, so that rotation changes no token.
    """

    def __init__(self, path: Path) -> None:
        """Open the ring and create its first key when `path` is missing; raise KeyRefused when a file is unsafe."""
        self._path = path
        self._masters: dict[bytes, bytes] = {}
        if not path.exists():
            _create_key(path)
        self._read_files()

    @property
    def key_ids(self) -> tuple[bytes, ...]:
        """Ids of the master keys, oldest first."""
        return tuple(self._masters)

    def rotate(self) -> bytes:
        """Add a new master key for coming segments and return its id; older ones stay for reading."""
        self._read_files()
        _create_key(self._numbered(len(self._masters) + 1))
        self._read_files()
        return self.key_ids[-1]

    def wrap(self, organisation: str, data_key: bytes) -> tuple[bytes, bytes]:
        """Wrap under the current master key; a rotation by another process counts from the next call."""
        self._read_files()
        key_id, master = list(self._masters.items())[-1]
        return key_id, aes_key_wrap(_wrapping_key(master, organisation), data_key)

    def unwrap(self, organisation: str, key_id: bytes, wrapped: bytes) -> bytes:
        """Unwrap with the master key that `key_id` names."""
        if key_id not in self._masters:
            self._read_files()
        master = self._masters.get(key_id)
        if master is None:
            raise KeyMissing(key_id=key_id.hex())
        try:
            return aes_key_unwrap(_wrapping_key(master, organisation), wrapped)
        except InvalidUnwrap as error:
            raise KeyMissing(key_id=key_id.hex()) from error

    def derive(self, organisation: str, purpose: str, length: int) -> bytes:
        """Derive with HKDF-SHA256 from the first master key."""
        return _derive(next(iter(self._masters.values())), f"anxin/{purpose}/{organisation}", length)

    def _numbered(self, number: int) -> Path:
        return self._path if number == 1 else self._path.with_name(f"{self._path.name}.{number}")

    def _read_files(self) -> None:
        number = len(self._masters) + 1
        while (path := self._numbered(number)).exists():
            master = _read_key(path)
            self._masters[_derive(master, "anxin/key-id", KEY_ID_SIZE)] = master
            number += 1


def _derive(master: bytes, info: str, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info.encode()).derive(master)


def _wrapping_key(master: bytes, organisation: str) -> bytes:
    return _derive(master, f"anxin/wrap/{organisation}", MASTER_SIZE)


def _create_key(path: Path) -> None:
    """Create a key file that only its owner may read; losing a race to another process is fine."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    disk = Disk()
    try:
        disk.write(fd, secrets.token_bytes(MASTER_SIZE), 0)
        disk.sync_all(fd)
        # A link, unlike a rename, never replaces a key that another process has just begun to use.
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        os.close(fd)
        fresh.unlink()
    disk.sync_folder(path.parent)


def _read_key(path: Path) -> bytes:
    mode = path.stat().st_mode
    if stat.S_IMODE(mode) & 0o077:
        raise KeyRefused(
            reason=f"{path.name} may be read by others than its owner; set its mode to 600",
            reason_zh=f"{path.name} 可被其他用户读取；请把权限设为 600",
        )
    master = path.read_bytes()
    if len(master) != MASTER_SIZE:
        raise KeyRefused(
            reason=f"{path.name} has {len(master)} bytes instead of {MASTER_SIZE}",
            reason_zh=f"{path.name} 有 {len(master)} 字节，应为 {MASTER_SIZE} 字节",
        )
    return master
