"""What a content is, by its bytes; what its name or sender claims is only compared with it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import PurePath

from anxin.desk.operations.evidence.archives import ArchiveLook, list_archive

_HEAD = 4096
_STARTS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png", "picture"),
    (0, b"\xff\xd8\xff", "image/jpeg", "picture"),
    (0, b"GIF87a", "image/gif", "picture"),
    (0, b"GIF89a", "image/gif", "picture"),
    (0, b"BM", "image/bmp", "picture"),
    (0, b"II*\0", "image/tiff", "other"),
    (0, b"MM\0*", "image/tiff", "other"),
    (4, b"ftypheic", "image/heic", "other"),
    (0, b"%PDF-", "application/pdf", "document"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable", "program"),
    (0, b"\x7fELF", "application/x-elf", "program"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary", "program"),
    (0, b"\xca\xfe\xba\xbe", "application/java-vm", "program"),
    (0, b"dex\n", "application/vnd.android.dex", "program"),
    (0, b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut", "program"),
    (0, b"#!", "text/x-script", "program"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage", "document"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", "archive"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar", "archive"),
    (0, b"\x1f\x8b", "application/gzip", "archive"),
    (0, b"BZh", "application/x-bzip2", "archive"),
    (0, b"\xfd7zXZ\0", "application/x-xz", "archive"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd", "archive"),
    (257, b"ustar", "application/x-tar", "archive"),
    (4, b"ftypM4A", "audio/mp4", "audio"),
    (4, b"ftyp", "video/mp4", "video"),
    (0, b"\x1aE\xdf\xa3", "video/webm", "video"),
    (0, b"ID3", "audio/mpeg", "audio"),
    (0, b"\xff\xfb", "audio/mpeg", "audio"),
    (0, b"OggS", "audio/ogg", "audio"),
    (0, b"#!AMR", "audio/amr", "audio"),
    (0, b"fLaC", "audio/flac", "audio"),
)
_INSIDE: tuple[tuple[str, str, str], ...] = (
    ("AndroidManifest.xml", "application/vnd.android.package-archive", "program"),
    ("META-INF/MANIFEST.MF", "application/java-archive", "program"),
    ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "document"),
    ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "document"),
    ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "document"),
)
_ACTIVE = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<iframe", b"<body", b"<?xml")
_EXTENSIONS: dict[str, tuple[str, ...]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg", "jfif"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/bmp": ("bmp", "dib"),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "log", "csv", "md", "json", "eml", "srt", "yaml", "yml", "tsv", "ini"),
    "text/html": ("html", "htm", "svg", "xml", "xhtml"),
    "application/zip": ("zip",),
    "audio/mpeg": ("mp3",),
    "audio/wav": ("wav",),
    "video/mp4": ("mp4", "mov", "m4v", "3gp"),
}
KNOWN = frozenset(extension for each in _EXTENSIONS.values() for extension in each)


@dataclass(frozen=True)
class Sniffed:
    """What a content is: media type, kind and marks of the catalogue, and the list of an archive (None: none)."""

    media_type: str
    kind: str
    marks: tuple[str, ...] = ()
    archive: ArchiveLook | None = None


def sniff(data: bytes, *, name: str = "") -> Sniffed:
    """Return what the bytes are; `name` is compared with it, never believed."""
    found = _by_start(data) or _by_text(data)
    archive = list_archive(data) if found[0] == "application/zip" else None
    if archive is not None:
        found = next(((kind, word) for part, kind, word in _INSIDE if archive.holds(part)), found)
    media_type, kind = found
    marks = []
    if kind == "program":
        marks.append("executable")
    if media_type in ("text/html", "application/pdf", "application/x-ole-storage"):
        marks.append("active")
    if archive is not None and archive.is_bomb:
        marks.append("archive_bomb")
    if archive is not None and archive.is_encrypted:
        marks.append("archive_encrypted")
    if _differs(media_type, name):
        marks.append("mismatch")
    return Sniffed(media_type, kind, tuple(marks), archive)


def decode_text(data: bytes) -> str | None:
    """Return text in UTF-8, UTF-16 with mark, or GB 18030; None when it is none of them."""
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _by_start(data: bytes) -> tuple[str, str] | None:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "application/zip", "archive"
    if data[:4] == b"RIFF":
        return {b"WEBP": ("image/webp", "picture"), b"WAVE": ("audio/wav", "audio")}.get(
            data[8:12], ("application/x-riff", "other")
        )
    for place, start, media_type, kind in _STARTS:
        if data[place : place + len(start)] == start and not (start == b"#!" and data.startswith(b"#!AMR")):
            return media_type, kind
    return None


def _by_text(data: bytes) -> tuple[str, str]:
    if decode_text(data) is None:
        return "application/octet-stream", "other"
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_ACTIVE) or b"<script" in head:
        return "text/html", "document"
    return "text/plain", "text"


def _differs(media_type: str, name: str) -> bool:
    """Return whether a known extension says something else than the content."""
    extension = PurePath(name).suffix.lower().lstrip(".")
    return extension in KNOWN and extension not in _EXTENSIONS.get(media_type, ())
