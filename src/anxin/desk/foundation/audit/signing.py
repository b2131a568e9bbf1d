"""The key that signs checkpoints of the trail, and the file outside the database where they go."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from anxin.desk.foundation.edge.private_files import write_once


@dataclass(frozen=True)
class Checkpoint:
    """A signed statement: at `at` (RFC 3339 UTC) the trail had `size` entries with this Merkle root; bytes in hex."""

    organisation: str
    size: int
    root: str
    at: str
    signature: str

    def statement(self) -> bytes:
        """Return the bytes that are signed."""
        return f"anxin-audit-v1\n{self.organisation}\n{self.size}\n{self.root}\n{self.at}\n".encode()


class Signer:
    """Ed25519 in `<folder>/audit-ed25519.pem`, made at first use; the public half lies beside it as `.pub`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "audit-ed25519.pem"
        if not self._path.exists():
            write_once(self._path, _new_key())
        key = serialization.load_pem_private_key(self._path.read_bytes(), password=None)
        assert isinstance(key, Ed25519PrivateKey)
        self._key = key
        write_once(self._path.with_suffix(".pub"), f"{self.public_key}\n".encode(), mode=0o644)

    @property
    def public_key(self) -> str:
        """The public key, 32 bytes in hex."""
        return _raw(self._key.public_key()).hex()

    def sign(self, organisation: str, size: int, root: bytes, at: str) -> Checkpoint:
        """Return the signed checkpoint."""
        bare = Checkpoint(organisation, size, root.hex(), at, "")
        return Checkpoint(organisation, size, root.hex(), at, self._key.sign(bare.statement()).hex())

    def sign_bytes(self, statement: bytes) -> bytes:
        """Return the signature of a statement of another kind, which must begin with a name of its own."""
        return self._key.sign(statement)


def is_genuine(checkpoint: Checkpoint, public_key: str) -> bool:
    """Return whether the checkpoint was signed by this key."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
            bytes.fromhex(checkpoint.signature), checkpoint.statement()
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def append_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Add one line to the file, durable when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(checkpoint), sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_checkpoints(path: Path) -> list[Checkpoint]:
    """Return the checkpoints of a file, oldest first; none when there is no file.

    One whose line has no end is on its way there.
    """
    if not path.exists():
        return []
    whole, _, _ = path.read_text(encoding="utf-8").rpartition("\n")
    return [Checkpoint(**json.loads(line)) for line in whole.splitlines() if line.strip()]


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
