from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from anxin.checkers.images.look_alike import (
    KnownPictureRefused,
    find_look_alike,
    known_picture,
    look_alike_cue,
    read_known_pictures,
)
from anxin.checkers.images.measure import hash_image

ZERO = "0" * 64


def poster(seed: int = 0) -> Image.Image:
    image = Image.effect_mandelbrot((300, 240), (-2.0 + seed / 10, -1.2, 1.0, 1.2), 40).convert("RGB")
    ImageDraw.Draw(image).rectangle((20 + 60 * seed, 30, 120 + 60 * seed, 90), fill="red")
    return image


def flipped(bits: int) -> str:
    return f"{(1 << bits) - 1:064x}"


@pytest.mark.parametrize(
    ("bits", "code"),
    [
        (0, "image.look_alike.same"),
        (15, "image.look_alike.same"),
        (16, "image.look_alike.near"),
        (31, "image.look_alike.near"),
    ],
)
def test_few_different_bits_are_a_look_alike(bits: int, code: str) -> None:
    found = find_look_alike(flipped(bits), 100, [known_picture(ZERO, "campaign 7")])
    assert found is not None
    cue = look_alike_cue(found)
    assert (found.distance, cue.code, cue.source) == (bits, code, "campaign 7")


def test_one_bit_more_is_none() -> None:
    assert find_look_alike(flipped(32), 100, [known_picture(ZERO, "a")]) is None


def test_a_picture_without_features_resembles_nothing() -> None:
    assert find_look_alike(ZERO, 49, [known_picture(ZERO, "a")]) is None


def test_the_nearest_is_named() -> None:
    known = [known_picture(flipped(20), "far"), known_picture(flipped(3), "near"), known_picture(flipped(9), "mid")]
    found = find_look_alike(ZERO, 100, known)
    assert found is not None
    assert (found.known.name, found.distance) == ("near", 3)


def test_smaller_brighter_and_compressed_copies_stay_look_alikes() -> None:
    pdq, quality = hash_image(poster())
    known = [known_picture(pdq, "original")]
    copy = poster().resize((220, 176)).point(lambda value: min(255, value + 12))
    assert find_look_alike(*hash_image(copy), known) is not None
    assert find_look_alike(*hash_image(poster(3)), known) is None
    assert quality >= 50


def test_entries_are_read_with_names_and_remarks() -> None:
    known = read_known_pictures(["# ours", "", f"{flipped(4).upper()} 假海报 2026", ZERO])
    assert [(each.bits, each.name) for each in known] == [(15, "假海报 2026"), (0, "")]


@pytest.mark.parametrize("entry", ["", "12", ZERO[:-1], ZERO + "0", "g" * 64])
def test_a_wrong_hash_is_refused(entry: str) -> None:
    with pytest.raises(KnownPictureRefused, match="64"):
        known_picture(entry, "a")
