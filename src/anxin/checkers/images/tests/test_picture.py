"""What is opened, what is refused before a decoder sees it, and what decoders cannot be made to do."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from anxin.checkers.images.errors import PictureRefused
from anxin.checkers.images.header import MOST_BYTES, read_header
from anxin.checkers.images.picture import open_picture
from anxin.checkers.images.tests.pictures import animated, bomb, encoded, gradient, text_bomb

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
GOOD = {kind: encoded(kind) for kind in FORMATS}
GOOD |= {
    "WEBP lossless": encoded("WEBP", lossless=True),
    "WEBP extended": encoded("WEBP", gradient().convert("RGBA"), exif=b"Exif\0\0"),
    "JPEG progressive": encoded("JPEG", progressive=True),
}


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "安心")
    return out.getvalue()


REFUSED = {
    "empty": (b"", "image.empty"),
    "more than 20 MB": (GOOD["BMP"] + bytes(MOST_BYTES), "image.too_large"),
    "zip named png": (zipped(), "image.unknown_format"),
    "html": (b"<html><img src=x>", "image.unknown_format"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image.unknown_format"),
    "tiff": (encoded("TIFF"), "image.unknown_format"),
    "icon": (encoded("ICO"), "image.unknown_format"),
    "png of 20 000 x 20 000": (bomb(20_000, 20_000), "image.too_many_pixels"),
    "png of 2³¹ x 1": (bomb(2**31 - 1, 1), "image.too_many_pixels"),
    "png of no width": (bomb(0, 10), "image.broken"),
    "png with too few pixels": (bomb(3000, 3000), "image.broken"),
    "gif of 65 535 x 65 535": (b"GIF89a\xff\xff\xff\xff\0\0\0", "image.too_many_pixels"),
    "webp of 16 384 x 16 384": (
        b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\xff\x3f\0\xff\x3f\0",
        "image.too_many_pixels",
    ),
    "signature alone": (b"\x89PNG\r\n\x1a\n", "image.broken"),
    "jpeg without a frame": (b"\xff\xd8\xff\xe0\x00\x04ab", "image.broken"),
    "jpeg with an endless marker": (b"\xff\xd8\xff" + b"\xff" * 100, "image.broken"),
    "bitmap cut short": (GOOD["BMP"][:16], "image.broken"),
}


def refusal(data: bytes) -> tuple[str, bool, bool]:
    with pytest.raises(PictureRefused) as refused:
        open_picture(data)
    return refused.value.code, bool(refused.value.zh), bool(refused.value.en)


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_good_picture_is_refused(data: bytes, code: str) -> None:
    assert refusal(data) == (code, True, True)


def test_a_picture_with_a_text_bomb_is_refused() -> None:
    assert refusal(text_bomb()) == ("image.broken", True, True)


@pytest.mark.parametrize("data", GOOD.values(), ids=GOOD.keys())
def test_header_and_decoder_agree(data: bytes) -> None:
    header, picture = read_header(data), open_picture(data)
    assert (header.format, header.width, header.height) == (picture.format, *picture.image.size)
    assert (picture.image.mode, picture.image.size, picture.is_animated) == ("RGB", (96, 64), False)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_cut_in_the_middle_is_refused(kind: str) -> None:
    data = encoded(kind, Image.effect_noise((96, 64), 80).convert("RGB"))
    with pytest.raises(PictureRefused) as refused:
        open_picture(data[: len(data) // 2])
    assert refused.value.code == "image.broken"


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_of_an_animation_only_the_first_frame_is_taken(kind: str) -> None:
    picture = open_picture(animated(kind))
    red, green, blue = picture.image.getpixel((5, 5))
    assert picture.is_animated
    assert red > 200 > 60 > max(green, blue)


def test_the_picture_is_turned_upright_and_loses_its_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "13812345678"
    picture = open_picture(encoded("JPEG", exif=exif, comment=b"13812345678"))
    assert picture.image.size == (64, 96)
    assert b"13812345678" not in encoded("PNG", picture.image)
    assert dict(picture.image.getexif()) == {}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_becomes_plain_colours(mode: str) -> None:
    source = gradient().convert("L") if mode == "I;16" else gradient()
    assert open_picture(encoded("PNG", source.convert(mode))).image.mode == "RGB"


def test_what_is_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (8, 8), (200, 0, 0, 0))
    assert open_picture(encoded("PNG", clear)).image.getpixel((4, 4)) == (255, 255, 255)


def opened_or_refused(data: bytes) -> None:
    """Let anything but a picture or a refusal fail the test."""
    try:
        mode = open_picture(data).image.mode
    except PictureRefused:
        mode = "RGB"
    assert mode == "RGB"


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([*GOOD.values(), animated("GIF"), animated("PNG"), animated("WEBP")]), st.data())
def test_no_flipped_bytes_break_the_decoder(good: bytes, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.tuples(st.integers(0, min(len(good), 400) - 1), st.integers(0, 255)), max_size=6))
    spoiled = bytearray(good)
    for place, byte in places:
        spoiled[place] = byte
    opened_or_refused(bytes(spoiled))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(GOOD.values())), st.data())
def test_no_cut_or_grafted_bytes_break_the_decoder(good: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(good)))
    opened_or_refused(good[:at] + data.draw(st.binary(max_size=64)) + good[data.draw(st.integers(at, len(good))) :])


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"BM\0\0\0\0\0\0\0\0"]),
    st.binary(max_size=300),
)
def test_no_bytes_behind_a_signature_break_the_decoder(signature: bytes, rest: bytes) -> None:
    opened_or_refused(signature + rest)
