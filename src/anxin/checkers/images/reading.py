"""What is read from a picture before it is judged."""

from __future__ import annotations

import msgspec


class ImageReading(msgspec.Struct, frozen=True):
    """What was read: `pdq` in 64 hexadecimal digits with its quality (0–100); `unsafe_probability` 0–1."""

    format: str
    width: int
    height: int
    is_animated: bool
    pdq: str
    pdq_quality: int
    unsafe_probability: float
