"""Signatures in force count on screenshots as they do elsewhere."""

from __future__ import annotations

from anxin.checkers.images.reading import ImageReading
from anxin.checkers.screenshots.check import judge_screenshot
from anxin.checkers.screenshots.knowledge import knowledge_of
from anxin.checkers.screenshots.page import Box, Code, Page, Scan
from anxin.checkers.signatures.signature import Examples, ImageSignature
from anxin.checkers.signatures.tests.samples import AT, HEAD, in_force, link, phone, text

READING = ImageReading("PNG", 10, 20, is_animated=False, pdq="0" * 64, pdq_quality=100, unsafe_probability=0.0)
PICTURE = ImageSignature(**HEAD, id="IM-1", hashes=("0" * 63 + "7",), tests=Examples(("0" * 64,), ("f" * 64,)))


def scan(written: str, *codes: str) -> Scan:
    page = Page(written, (Box(0, 0, 9, 9),) * len(written))
    return Scan(READING, page, tuple(Code("QRCode", each, Box(0, 0, 9, 9)) for each in codes), b"")


def test_words_links_numbers_and_pictures_of_signatures_are_found() -> None:
    knowledge = knowledge_of(in_force(text(), link(), phone(), PICTURE), at=AT)
    given = scan("您的百万保障到期，请打13912345678", "http://evil.example/x")
    answer = judge_screenshot(given, knowledge=knowledge).checked
    named = {cue.source for cue in answer.cues if cue.source.startswith("signature:")}
    assert named == {"signature:TX-1", "signature:LK-1", "signature:PH-1", "signature:IM-1"}
    assert (answer.level, answer.facts["look_alike"]) == ("high_risk", "signature:IM-1")
    assert answer.facts["signatures"] == "TX-1 PH-1"


def test_nothing_in_force_changes_nothing() -> None:
    given = scan("把钱转到安全账户 http://taoba0.com/")
    assert judge_screenshot(given, knowledge=knowledge_of(in_force(), at=AT)).checked.score == (
        judge_screenshot(given).checked.score
    )
