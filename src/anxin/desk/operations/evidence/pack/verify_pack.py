"""Verify an evidence pack anywhere: `python verify.py PACK.zip [--public-key HEX]`. Needs Python 3.9 and nothing else.

Exit 0 when every byte of the pack is as it was signed, 3 when not. Without --public-key the key inside is used: then
the pack holds together, but compare its fingerprint with the organisation's own.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile

BROKEN = 3
SIGNATURE, MANIFEST = "signature.json", "manifest.json"
STATEMENT = "anxin-evidence-v1\n"
START = "00" * 32
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


class Broken(Exception):
    """Where a pack is not as it was signed."""


def zip_bytes(files: dict[str, bytes]) -> bytes:
    """Return the one ZIP of these files: sorted, stored, without times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o100444 << 16
            archive.writestr(info, files[name])
    return out.getvalue()


def json_bytes(value: object) -> bytes:
    """Return the one way to write a value as JSON."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def link_hash(columns: list[object]) -> str:
    """Return SHA-256 over the columns of a custody event, the hash before among them."""
    return hashlib.sha256(json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def find_custody_break(events: list[dict[str, object]]) -> tuple[int, str] | None:
    """Return (number, why) of the first event that does not hold: gap, unchained, changed; None when all hold."""
    before = START
    for seq, event in enumerate(events, 1):
        columns = event["columns"]
        if not isinstance(columns, list) or columns[2] != seq:
            return seq, "gap"
        if columns[0] != before:
            return seq, "unchained"
        before = link_hash(columns)
        if event["hash"] != before:
            return seq, "changed"
    return None


def verify(body: bytes, public_key: str = "") -> dict[str, object]:
    """Return the manifest of a pack that holds; raise Broken with the place."""
    files = _open(body)
    signed = _signature(files)
    if public_key and signed["public_key"] != public_key:
        raise Broken("another key signed it")
    statement = STATEMENT.encode() + hashlib.sha256(files[MANIFEST]).hexdigest().encode()
    if not is_signed(statement, bytes.fromhex(str(signed["signature"])), bytes.fromhex(str(signed["public_key"]))):
        raise Broken("the signature")
    manifest: dict[str, object] = json.loads(files[MANIFEST])
    listed = {str(each["path"]): each for each in manifest["files"]}  # type: ignore[attr-defined]
    if set(listed) | {MANIFEST, SIGNATURE} != set(files):
        raise Broken("files are missing or were added")
    for path, each in listed.items():
        if hashlib.sha256(files[path]).hexdigest() != each["sha256"] or len(files[path]) != each["size"]:
            raise Broken(path)
    for path in listed:
        if path.startswith("custody/"):
            found = find_custody_break(json.loads(files[path]))
            if found is not None:
                raise Broken(f"{path}: event {found[0]} ({found[1]})")
    return manifest


def _open(body: bytes) -> dict[str, bytes]:
    """Return the files of a pack, which must be byte for byte the ZIP that is made of them."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            # What is packed could be endless; a genuine pack only stores.
            plain = [each for each in archive.infolist() if not each.compress_type and each.file_size <= len(body)]
            files = {each.filename: archive.read(each) for each in plain}
    except Exception as fault:  # noqa: BLE001 whatever a broken ZIP raises, it is broken
        raise Broken(f"not a ZIP: {type(fault).__name__}") from None
    if zip_bytes(files) != body:
        raise Broken("the ZIP itself")
    if MANIFEST not in files or SIGNATURE not in files:
        raise Broken("no manifest or signature")
    return files


def _signature(files: dict[str, bytes]) -> dict[str, object]:
    try:
        signed: dict[str, object] = json.loads(files[SIGNATURE])
        parts = [bytes.fromhex(str(signed[name])) for name in ("public_key", "signature")]
        fresh = json_bytes(signature_of(parts[0], parts[1]))
    except (ValueError, KeyError, TypeError):
        raise Broken(SIGNATURE) from None
    if fresh != files[SIGNATURE] or [len(each) for each in parts] != [32, 64]:
        raise Broken(SIGNATURE)
    return signed


def fingerprint_of(body: bytes) -> str:
    """Return the fingerprint of the key inside a pack that holds."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return str(json.loads(archive.read(SIGNATURE))["fingerprint"])


def signature_of(public_key: bytes, signature: bytes) -> dict[str, object]:
    """Return what the signature's file says."""
    return {
        "algorithm": "Ed25519",
        "statement": STATEMENT + "SHA-256 of manifest.json in hex",
        "public_key": public_key.hex(),
        "fingerprint": hashlib.sha256(public_key).hexdigest()[:16],
        "signature": signature.hex(),
    }


def is_signed(statement: bytes, signature: bytes, public_key: bytes) -> bool:
    """Return whether an Ed25519 signature is right (RFC 8032, 5.1.7)."""
    scalar = int.from_bytes(signature[32:], "little")
    key, nonce = _point(public_key), _point(signature[:32])
    if key is None or nonce is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + statement).digest()
    left = _times(scalar, _base())
    right = _add(nonce, _times(int.from_bytes(digest, "little") % ORDER, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def _base() -> Point:
    found = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    assert found is not None
    return found


def _point(encoded: bytes) -> Point | None:
    """Return the curve point of 32 bytes (RFC 8032, 5.1.3), None when there is none."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _add(one: Point, two: Point) -> Point:
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _add(found, point)
        point, number = _add(point, point), number >> 1
    return found


def main(arguments: list[str]) -> int:
    """Print what was found; return 0 or 3."""
    if not arguments or arguments[0].startswith("-"):
        sys.stdout.write(f"{__doc__}\n")
        return 2
    key = arguments[arguments.index("--public-key") + 1] if "--public-key" in arguments[:-1] else ""
    with open(arguments[0], "rb") as file:
        body = file.read()
    try:
        manifest = verify(body, key.strip().lower())
    except Broken as found:
        sys.stdout.write(f"已被改动 BROKEN: {found}\n")
        return BROKEN
    sys.stdout.write(
        f"完好 HOLDS: {len(manifest['pieces'])} pieces, {len(manifest['files'])} files, "  # type: ignore[arg-type]
        f"key {fingerprint_of(body)}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
