"""Check a screenshot: its text, links, codes, numbers and look, by the checks of each, as one answer with places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain

import msgspec

from anxin.checkers.images.check import judge_image
from anxin.checkers.personal_data.text import find
from anxin.checkers.result import SUSPICIOUS, Advice, Checked, Cue, Words, level_of
from anxin.checkers.screenshots.knowledge import NOTHING_KNOWN, Knowledge
from anxin.checkers.screenshots.mark import Mark, Part
from anxin.checkers.screenshots.page import Scan
from anxin.checkers.screenshots.parts import amount_parts, code_parts, link_parts, phone_parts, text_parts
from anxin.checkers.screenshots.veil import personal_ranges, veil

MOST_CUES, MOST_ADVICE = 32, 6
NO_TEXT = Words("画面里没有读到文字或二维码", "no text and no code could be read on the picture")
CUT = Words("图片很长，只读取了前面的部分", "the picture is very long; only its first part was read")
_SAY = Words(
    "识别文字可能有误，请与原图核对后再告知客户。",
    "Text read from pictures can be wrong; compare it with the picture before you tell the customer.",
)


class Screenshot(msgspec.Struct, frozen=True):
    """The answer about a screenshot.

    `text` is what was read, personal data starred, with offsets as in the cues; `marks` say where on the picture what
    was seen; `redacted` is a PNG with personal data painted over and without metadata.
    """

    checked: Checked
    text: str
    marks: tuple[Mark, ...]
    redacted: bytes


def check_screenshot(data: bytes, *, knowledge: Knowledge = NOTHING_KNOWN) -> Screenshot:
    """Return the answer about the picture in a file, read in this process; raises PictureRefused.

    Needs the extra `vision`. Pictures from strangers belong into a worker process, with limits.
    """
    from anxin.checkers.screenshots.scan import scan_screenshot

    return judge_screenshot(scan_screenshot(data), knowledge=knowledge)


def judge_screenshot(scan: Scan, *, knowledge: Knowledge = NOTHING_KNOWN) -> Screenshot:
    """Return the answer about what was read from a screenshot."""
    page = scan.page
    covered = personal_ranges(page.text)
    shown = veil(page.text, covered)
    parts = [
        *text_parts(page, shown, knowledge),
        *link_parts(page, knowledge),
        *code_parts(scan.codes, knowledge),
        *phone_parts(page, shown, knowledge),
        *amount_parts(page),
        _look(scan, knowledge),
    ]
    parts.sort(key=lambda each: -each.checked.score)
    marks = [mark for each in parts for mark in each.marks]
    marks += [Mark("personal_data", "personal_data", page.boxes(*each), 0.0, shown[slice(*each)]) for each in covered]
    return Screenshot(_joined(parts, scan), shown, tuple(marks), scan.redacted)


def _look(scan: Scan, knowledge: Knowledge) -> Part:
    checked = judge_image(scan.image, known=knowledge.known)
    return Part(checked, facts=checked.facts)


def _joined(parts: list[Part], scan: Scan) -> Checked:
    """Return the answers of all parts as one: the highest score, every cue, the advice of what is suspicious."""
    score = max(each.checked.score for each in parts)
    cues = list(dict.fromkeys(chain.from_iterable(each.checked.cues for each in parts)))[:MOST_CUES]
    if not scan.page.text and not scan.codes:
        cues.append(Cue("screenshot.no_text", NO_TEXT, 0.0))
    if scan.is_cut:
        cues.append(Cue("screenshot.cut", CUT, 0.0))
    return Checked("image", level_of(score), score, tuple(cues), _advice(parts), _facts(parts, scan))


def _advice(parts: list[Part]) -> Advice:
    warned = [each.checked.advice for each in parts if each.checked.score >= SUSPICIOUS]
    if not warned:
        return Advice()
    say = _first(each.say for each in warned)
    return Advice((*say, _SAY), _first(each.ask for each in warned), _first(each.never for each in warned))


def _first(sentences: Iterable[tuple[Words, ...]]) -> tuple[Words, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(sentences)))[:MOST_ADVICE]


def _facts(parts: list[Part], scan: Scan) -> dict[str, str]:
    facts: dict[str, str] = {"characters": str(len(scan.page.text)), "codes": str(len(scan.codes))}
    for each in reversed(parts):
        facts |= each.facts
    kinds = Counter(each.kind for each in find(scan.page.text))
    if kinds:
        facts["personal_data"] = " ".join(f"{kind}:{count}" for kind, count in sorted(kinds.items()))
    return facts
