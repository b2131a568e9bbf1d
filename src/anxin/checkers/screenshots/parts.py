"""Put the parts of a screenshot before the checks they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from anxin.checkers.links.check import check_links
from anxin.checkers.links.find import FoundLink
from anxin.checkers.personal_data.text import find
from anxin.checkers.phones.check import check_phone
from anxin.checkers.result import Checked, Cue, Words
from anxin.checkers.screenshots.amounts import find_amounts
from anxin.checkers.screenshots.knowledge import Knowledge
from anxin.checkers.screenshots.mark import Mark, Part
from anxin.checkers.screenshots.page import Code, Page
from anxin.checkers.screenshots.veil import veiled
from anxin.checkers.signatures.checking import check_text_with
from anxin.checkers.texts.check import check_text

MOST_LINKS, MOST_PHONES = 50, 20
# Service numbers that personal data leaves alone: 400, 95 and 96 lines, with or without forged digits before them.
_SERVICE = re.compile(
    r"(?<![0-9.,¥￥])(?:\+?0{0,2}86[ -]?|00)?(?:400[ -]?[0-9]{3}[ -]?[0-9]{4}|9[56][0-9]{3,6})(?![0-9.,元万])"
)
_CODE = Words("图中的二维码指向这个链接", "a code on the picture leads to this link")
_PAYS = re.compile(r"^(?:wxp://|https?://qr\.alipay\.com/)", re.IGNORECASE)
# Numbers and tokens are no sentences, and a text check can say nothing of them.
_PROSE = re.compile(r"[\u4e00-\u9fff]|[A-Za-z]{2,} [A-Za-z]")
PAYMENT = Words("图中有收款码，扫码即付款给对方", "a payment code; scanning it pays somebody")
PAYMENT_WEIGHT = 40.0
_QUIET_FACTS = frozenset({"grade", "types", "signals", "priority", "contact", "signatures", "signature_types"})


def text_parts(page: Page, shown: str, knowledge: Knowledge) -> Iterator[Part]:
    """Yield the answer about the whole text, each cue at its place."""
    if not page.text:
        return
    checked = _text(page.text, knowledge)
    marks = tuple(
        Mark("cue", cue.code, page.boxes(cue.start, cue.end), cue.weight, shown[cue.start : cue.end])
        for cue in checked.cues
        if cue.end > cue.start
    )
    yield Part(checked, marks, {name: fact for name, fact in checked.facts.items() if name in _QUIET_FACTS})


def link_parts(page: Page, knowledge: Knowledge) -> Iterator[Part]:
    """Yield an answer for each link in the text."""
    for found, checked in _links(page.text, knowledge):
        placed = tuple(msgspec.structs.replace(cue, start=found.start, end=found.end) for cue in checked.cues)
        mark = Mark("link", "link", page.boxes(found.start, found.end), checked.score, checked.facts["defanged"])
        yield Part(msgspec.structs.replace(checked, cues=placed), (mark,), _link_facts(checked))


def code_parts(codes: Sequence[Code], knowledge: Knowledge) -> Iterator[Part]:
    """Yield an answer for each code: of the link it leads to, of paying, or of the text it holds."""
    for code in codes:
        found = next(iter(_links(code.text, knowledge)), None)
        if _PAYS.match(code.text):
            cue = Cue("screenshot.payment_code", PAYMENT, PAYMENT_WEIGHT)
            checked, shown = Checked("link", "suspicious", PAYMENT_WEIGHT, (cue,)), "•••"
        elif found is not None:
            checked, shown = found[1], found[1].facts["defanged"]
            checked = msgspec.structs.replace(checked, cues=(Cue("screenshot.code_link", _CODE, 0.0), *checked.cues))
        else:
            checked = _text(code.text, knowledge) if _PROSE.search(code.text) else Checked("text", "no_known_risk", 0.0)
            # Places in the code's own text are none in the page's.
            plain = tuple(msgspec.structs.replace(cue, start=0, end=0) for cue in checked.cues)
            checked = msgspec.structs.replace(checked, cues=plain)
            shown = veiled(code.text)
        mark = Mark("code", code.kind, (code.box,), checked.score, shown)
        yield Part(checked, (mark,), _link_facts(checked))


def phone_parts(page: Page, shown: str, knowledge: Knowledge) -> Iterator[Part]:
    """Yield an answer for each telephone number that the picture tells to call."""
    for start, end in _numbers(page.text)[:MOST_PHONES]:
        checked = check_phone(page.text[start:end], called=False, own_lines=knowledge.own_lines, marks=knowledge.marks)
        placed = tuple(msgspec.structs.replace(cue, start=start, end=end) for cue in checked.cues)
        kind, boxes = checked.facts.get("number_kind", ""), page.boxes(start, end)
        mark = Mark("phone", kind, boxes, checked.score, shown[start:end])
        yield Part(msgspec.structs.replace(checked, cues=placed), (mark,))


def _numbers(text: str) -> list[tuple[int, int]]:
    """Return the ranges of telephone numbers: personal ones, and service numbers that are part of nothing else."""
    found = find(text)
    taken = {place for each in found for place in range(each.start, each.end)}
    spans = [(each.start, each.end) for each in found if each.kind == "phone"]
    spans += [each.span() for each in _SERVICE.finditer(text) if taken.isdisjoint(range(*each.span()))]
    return sorted(spans)


def amount_parts(page: Page) -> Iterator[Part]:
    """Yield the amounts of money, which are facts and no risk."""
    found = find_amounts(page.text)
    if not found:
        return
    marks = tuple(
        Mark("amount", each.currency, page.boxes(each.start, each.end), 0.0, page.text[each.start : each.end])
        for each in found
    )
    written = " ".join(f"{each.currency}:{each.minor_units}" for each in found)
    yield Part(Checked("text", "no_known_risk", 0.0), marks, {"amounts_minor": written})


def _text(text: str, knowledge: Knowledge) -> Checked:
    if knowledge.signatures is None:
        return check_text(text)
    return check_text_with(text, knowledge.signatures, at=knowledge.at or 0).checked


def _links(text: str, knowledge: Knowledge) -> list[tuple[FoundLink, Checked]]:
    return check_links(
        text,
        brands=knowledge.brands,
        lists=knowledge.lists,
        feeds=knowledge.feeds,
        model=knowledge.link_model,
        at=knowledge.at,
        limit=MOST_LINKS,
    )


def _link_facts(checked: Checked) -> dict[str, str]:
    """Return whom the riskiest link imitates, for the answer as a whole."""
    return {name: fact for name, fact in checked.facts.items() if name.startswith("impersonates")}
