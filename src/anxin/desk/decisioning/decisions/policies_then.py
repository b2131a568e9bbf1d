"""Which policies were at work at a place of the log."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import zstandard

from anxin.desk.decisioning.decisions.models import PublishedPolicy

_MOST_BYTES = 1 << 26
_files = msgspec.json.Decoder(dict[str, str])


def files_of(published: PublishedPolicy) -> Mapping[str, str]:
    """Return the policy's files by name; none for a withdrawal."""
    if not published.files:
        return {}
    return _files.decode(zstandard.ZstdDecompressor().decompress(bytes(published.files), max_output_size=_MOST_BYTES))
