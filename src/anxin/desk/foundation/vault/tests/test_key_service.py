"""Key-encrypting keys in files: what is harmed there is said, whatever is harmed, and closes nothing."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anxin.desk.foundation.vault.errors import KeyServiceUnreachable
from anxin.desk.foundation.vault.key_service import FileKeyService


@cache
def sound() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def written(key: rsa.RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())


def even_modulus() -> bytes:
    """Return a key file of which one bit flipped: what is closed with an even number never opens."""
    whole = written(sound())
    modulus = sound().private_numbers().public_numbers.n.to_bytes(256, "big")
    return whole.replace(modulus, modulus[:-1] + bytes([modulus[-1] ^ 1]), 1)


def other_algorithm() -> bytes:
    return written(sound()).replace(bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d010121"), 1)


HARMED = {
    "even": even_modulus,
    "algorithm": other_algorithm,
    "kind": lambda: written(Ed25519PrivateKey.generate()),
    "cut": lambda: written(sound())[:100],
    "empty": bytes,
}


@pytest.mark.parametrize("harm", HARMED)
def test_a_harmed_key_is_said_to_be_out_of_reach(tmp_path: Path, harm: str) -> None:
    body = base64.encodebytes(HARMED[harm]())
    path = tmp_path / "kek-1.pem"
    path.write_bytes(b"-----BEGIN PRIVATE KEY-----\n" + body + b"-----END PRIVATE KEY-----\n")
    path.chmod(0o600)
    with pytest.raises(KeyServiceUnreachable):
        FileKeyService(tmp_path).wrap(b"k" * 32)
