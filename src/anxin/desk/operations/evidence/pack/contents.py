"""What goes into a pack, and its bytes: the same contents make the same bytes, whenever and wherever."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anxin.desk.operations.evidence.pack.verify_pack import (
    MANIFEST,
    SIGNATURE,
    STATEMENT,
    json_bytes,
    signature_of,
    zip_bytes,
)

FORMAT = 1
_VERIFIER = Path(__file__).with_name("verify_pack.py")
Json = Mapping[str, object]


@dataclass(frozen=True)
class PackedPiece:
    """One piece: what its entry in the manifest says, its custody, and its content (None: left out or erased)."""

    id: str
    entry: Json
    custody: Sequence[Json]
    extension: str
    data: bytes | None


@dataclass(frozen=True)
class PackContents:
    """Everything a pack says. `about` names incident, purpose, who made it and when; times are RFC 3339 UTC."""

    about: Json
    pieces: Sequence[PackedPiece]
    timeline: Sequence[Json]


@dataclass(frozen=True)
class Sealer:
    """Who signs: the raw public key, and what signs bytes with Ed25519."""

    public_key: bytes
    sign: Callable[[bytes], bytes]


Summary = Callable[[PackContents, str], bytes]


def build_pack(contents: PackContents, *, sealer: Sealer, summary: Summary | None = None) -> bytes:
    """Return the pack as a ZIP; `summary` writes the PDF for people, given the key's fingerprint."""
    fingerprint = hashlib.sha256(sealer.public_key).hexdigest()[:16]
    files: dict[str, bytes] = {"verify.py": _VERIFIER.read_bytes(), "timeline.json": json_bytes(contents.timeline)}
    entries = []
    for piece in contents.pieces:
        custody = f"custody/{piece.id}.json"
        files[custody] = json_bytes(piece.custody)
        file = f"files/{piece.id}.{piece.extension}" if piece.data is not None else None
        if file is not None and piece.data is not None:
            files[file] = piece.data
        entries.append({**piece.entry, "id": piece.id, "custody": custody, "file": file})
    if summary is not None:
        files["summary.pdf"] = summary(contents, fingerprint)
    manifest = json_bytes(
        {
            "format": FORMAT,
            **contents.about,
            "pieces": entries,
            "files": [
                {"path": path, "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
                for path, body in sorted(files.items())
            ],
        }
    )
    statement = STATEMENT.encode() + hashlib.sha256(manifest).hexdigest().encode()
    files[MANIFEST] = manifest
    files[SIGNATURE] = json_bytes(signature_of(sealer.public_key, sealer.sign(statement)))
    return zip_bytes(files)
