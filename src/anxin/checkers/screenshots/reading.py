"""Read lines of text from a picture with an offline reader whose models come with its package."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Protocol, cast

import msgspec
import numpy
from PIL import Image, ImageDraw

from anxin.checkers.screenshots.page import Box, Line

# Pictures are read at most this wide (upright) or long (lying), in slices, so that time and memory have a bound.
UPRIGHT_WIDTH, LYING_WIDTH = 1080, 1920
SLICE, OVERLAP, MOST_SLICES = 2000, 160, 6
# Reading a line takes up to a tenth of a second: no slice has more of them, and after so many no other slice is read.
LINES_OF_SLICE, ENOUGH_LINES = 300, 80
# Text is looked for in a smaller copy and read in the full one: half the time of looking in the full one.
UPRIGHT_SEARCH, LYING_SEARCH = 960, 1440
LEAST_PROBABILITY = 0.5
# No letter fits into less, and the reader would blow such a strip up beyond all bounds.
LEAST_SIDE = 16
SMALL, ENLARGED = 480, 2
_THREADS = "EngineConfig.onnxruntime.{}_op_num_threads"
# Named, so that a file that is missing is a fault; left out, the reader would fetch it.
_SEARCH_MODEL, _READ_MODEL = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_PARAMETERS: dict[str, str | int | float | bool] = {
    _THREADS.format("intra"): 1,
    _THREADS.format("inter"): 1,
    "Global.log_level": "critical",
    "Global.use_cls": False,
    "Global.text_score": LEAST_PROBABILITY,
    "Global.return_word_box": True,
    "Global.return_single_char_box": True,
    "Global.max_side_len": SLICE + OVERLAP,
    "Det.limit_type": "max",
    "Det.max_candidates": LINES_OF_SLICE,
    "Det.limit_side_len": UPRIGHT_SEARCH,
    "Rec.rec_batch_num": 1,
}

Points = Sequence[Sequence[float]]


class _Found(Protocol):
    """What the reader answers; all None where there is no text."""

    boxes: Sequence[Points] | None
    txts: Sequence[str] | None
    scores: Sequence[float] | None
    word_results: Sequence[Sequence[tuple[str, float, Points]]] | None


class _Detector(Protocol):
    """The part that looks for text; `limit_side_len` is the longest side of the copy it looks at."""

    limit_side_len: int


class _Engine(Protocol):
    """The reader; its detector is there after the first call."""

    text_det: _Detector | None

    def __call__(self, image: numpy.ndarray[Any, Any]) -> _Found: ...


class Lines(msgspec.Struct, frozen=True):
    """The lines of a picture; `is_cut` tells that a very long picture was read only in part."""

    lines: tuple[Line, ...]
    is_cut: bool


@cache
def reader() -> _Engine:
    """Return the reader with its models loaded, which takes a second at the first call."""
    from rapidocr import RapidOCR  # here, because loading it takes longer than all else that is loaded

    models = files("rapidocr") / "models"
    paths = {"Det.model_path": str(models / _SEARCH_MODEL), "Rec.model_path": str(models / _READ_MODEL)}
    made = cast(_Engine, RapidOCR(params=_PARAMETERS | paths))
    word = Image.new("RGB", (160, 48), "white")
    ImageDraw.Draw(word).text((20, 10), "ANXIN 2026", fill="black", font_size=24)
    made(numpy.asarray(word))
    return made


def read_lines(image: Image.Image) -> Lines:
    """Return the lines of text on an RGB picture, with boxes in its own pixels."""
    scaled, factor = _scaled(image)
    if min(scaled.size) < LEAST_SIDE:
        return Lines((), is_cut=False)
    found: list[Line] = []
    slices = list(_slices(scaled.height))
    unread = len(slices)
    for top, bottom, first, last in slices[:MOST_SLICES]:
        if len(found) >= ENOUGH_LINES:
            break
        unread -= 1
        for line in _read_slice(scaled.crop((0, top, scaled.width, bottom))):
            middle = top + (line.box.top + line.box.bottom) / 2
            if first <= middle < last:
                found.append(_placed(line, top, factor))
    return Lines(tuple(found), is_cut=unread > 0)


def _scaled(image: Image.Image) -> tuple[Image.Image, float]:
    """Return the picture at reading size, and what its pixels count in those of the original."""
    limit = UPRIGHT_WIDTH if image.height >= image.width else LYING_WIDTH
    if image.width > limit:
        height = max(1, round(image.height * limit / image.width))
        return image.resize((limit, height), Image.Resampling.BOX), image.width / limit
    if max(image.size) < SMALL:
        return image.resize((image.width * ENLARGED, image.height * ENLARGED)), 1 / ENLARGED
    return image, 1.0


def _slices(height: int) -> Iterator[tuple[int, int, float, float]]:
    """Yield top and bottom of each slice, and between which heights its lines count."""
    count = max(1, math.ceil((height - OVERLAP) / SLICE))
    for place in range(count):
        top = place * SLICE
        bottom = min(height, top + SLICE + OVERLAP)
        first = 0.0 if place == 0 else top + OVERLAP / 2
        yield top, bottom, first, math.inf if place == count - 1 else top + SLICE + OVERLAP / 2


def _read_slice(image: Image.Image) -> Iterator[Line]:
    engine = reader()
    detector = engine.text_det
    if detector is not None:
        detector.limit_side_len = UPRIGHT_SEARCH if image.height >= image.width else LYING_SEARCH
    # The models were trained on pictures in the order blue, green, red.
    found = engine(numpy.asarray(image)[:, :, ::-1])
    if found.boxes is None or found.txts is None or found.scores is None:
        return
    words = iter(found.word_results or ())
    for points, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        box = _box(points)
        yield Line(text, box, _character_boxes(text, box, next(words, ())), round(float(score), 3))


def _character_boxes(text: str, box: Box, words: Sequence[tuple[str, float, Points]]) -> tuple[Box, ...]:
    """Return a box for each character; where the reader's own do not fit the text, the whole line's for each."""
    written = [each for each in text if not each.isspace()]
    if [each[0] for each in words] != written:
        return (box,) * len(text)
    boxes = iter([_box(each[2]) for each in words])
    placed: list[Box] = []
    for each in text:
        last = placed[-1] if placed else box
        placed.append(Box(last.right, last.top, last.right, last.bottom) if each.isspace() else next(boxes))
    return tuple(placed)


def _box(points: Points) -> Box:
    across, down = [float(each[0]) for each in points], [float(each[1]) for each in points]
    return Box(math.floor(min(across)), math.floor(min(down)), math.ceil(max(across)), math.ceil(max(down)))


def _placed(line: Line, top: int, factor: float) -> Line:
    """Return the line in pixels of the original picture."""

    def move(box: Box) -> Box:
        return Box(
            math.floor(box.left * factor),
            math.floor((box.top + top) * factor),
            math.ceil(box.right * factor),
            math.ceil((box.bottom + top) * factor),
        )

    return Line(line.text, move(line.box), tuple(move(each) for each in line.characters), line.probability)
