"""Compare a picture's perceptual hash (PDQ, 256 bits) with those of known scam pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from anxin.checkers.result import Cue, Words

# The distance and quality that the makers of PDQ recommend; a featureless picture resembles every other.
MOST_DISTANCE, LEAST_QUALITY = 31, 50
SAME_DISTANCE = 15
SAME_WEIGHT, LIKE_WEIGHT = 90.0, 75.0
_HASH = re.compile(r"[0-9a-f]{64}")


class KnownPictureRefused(ValueError):
    """An entry of known pictures whose hash is not 64 hexadecimal digits."""

    code = "images.known_picture_refused"

    def __init__(self, entry: str) -> None:
        self.zh = f"已知图片的指纹应为 64 位十六进制数：{entry[:80]}"
        self.en = f"the hash of a known picture must have 64 hexadecimal digits: {entry[:80]}"
        super().__init__(self.en)


class KnownPicture(msgspec.Struct, frozen=True):
    """A picture that was used in scams: its hash and the name of its case or campaign."""

    bits: int
    name: str


class LookAlike(msgspec.Struct, frozen=True):
    """The known picture that is nearest, and how many of 256 bits differ."""

    known: KnownPicture
    distance: int


def known_picture(pdq: str, name: str) -> KnownPicture:
    """Return the entry of a hash in hexadecimal; raises KnownPictureRefused."""
    if _HASH.fullmatch(pdq.lower()) is None:
        raise KnownPictureRefused(pdq)
    return KnownPicture(int(pdq, 16), name)


def read_known_pictures(lines: Iterable[str]) -> tuple[KnownPicture, ...]:
    """Return the entries of lines `hash name`; empty lines and those after # are left out."""
    kept = (line.strip() for line in lines)
    return tuple(known_picture(*line.partition(" ")[::2]) for line in kept if line and not line.startswith("#"))


def find_look_alike(pdq: str, quality: int, known: Sequence[KnownPicture]) -> LookAlike | None:
    """Return the nearest known picture within the distance, or None; a picture of low quality is not compared."""
    if quality < LEAST_QUALITY or not known:
        return None
    bits = int(pdq, 16)
    distance, nearest = min(((bits ^ each.bits).bit_count(), place) for place, each in enumerate(known))
    return LookAlike(known[nearest], distance) if distance <= MOST_DISTANCE else None


def look_alike_cue(found: LookAlike) -> Cue:
    """Return the cue of a look-alike."""
    if found.distance <= SAME_DISTANCE:
        text = Words("与已知诈骗图片几乎相同", "almost the same as a picture known from scams")
        return Cue("image.look_alike.same", text, SAME_WEIGHT, source=found.known.name)
    text = Words("与已知诈骗图片相似", "resembles a picture known from scams")
    return Cue("image.look_alike.near", text, LIKE_WEIGHT, source=found.known.name)
