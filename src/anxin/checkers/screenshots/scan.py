"""Read everything from a screenshot that judging it needs; heavy, and meant for a process of its own."""

from __future__ import annotations

from anxin.checkers.images.measure import classifier, measure_image
from anxin.checkers.images.picture import open_picture
from anxin.checkers.screenshots.codes import read_codes
from anxin.checkers.screenshots.page import Scan
from anxin.checkers.screenshots.paragraphs import join_lines
from anxin.checkers.screenshots.reading import read_lines, reader
from anxin.checkers.screenshots.redaction import covered_boxes, redacted_copy
from anxin.checkers.screenshots.veil import veiled


def scan_screenshot(data: bytes) -> Scan:
    """Return what stands on the picture in a file, and its redacted copy; raises PictureRefused."""
    picture = open_picture(data)
    measured = measure_image(picture)
    codes = read_codes(picture.image)
    lines = read_lines(picture.image)
    page = join_lines(lines.lines)
    redacted = redacted_copy(picture.image, covered_boxes(page, codes))
    return Scan(measured, page, codes, redacted, is_cut=lines.is_cut)


def load_models() -> None:
    """Load every model and word list, so that the first picture costs no more than the next."""
    classifier()
    reader()
    veiled("安心 13800000000")
