"""Check what was pasted with everything the organisation knows; nothing is fetched and nothing is stored."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from anxin.checkers.ads.check import check_advertisement
from anxin.checkers.links.check import check_link
from anxin.checkers.links.find import FoundLink
from anxin.checkers.personal_data.check import check_personal_data
from anxin.checkers.personal_data.text import find, mask, remove, tokenise
from anxin.checkers.phones.check import check_phone
from anxin.checkers.result import SUSPICIOUS, Checked
from anxin.checkers.signatures.checking import check_link_with, check_phone_with, check_text_with
from anxin.checkers.signatures.force import InForce, hits_of
from anxin.checkers.texts.check import check_text
from anxin.checkers.texts.matching import READ_CHARACTERS
from anxin.checkers.texts.replies import check_reply
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.operations.checks.kinds import Kind, Pasted

MOST_NUMBERS = 10
_NUMBERS = frozenset({"phone"})
_WORST_FIRST = {"high_risk": 0, "suspicious": 1, "no_known_risk": 2}


@dataclass(frozen=True)
class Finding:
    """The answer about one pasted thing: what it was, the links of a text, the numbers of a text (masked), hits."""

    kind: str
    text: str
    checked: Checked
    links: tuple[tuple[FoundLink, Checked], ...] = ()
    numbers: tuple[tuple[str, Checked], ...] = ()
    hits: tuple[str, ...] = ()

    @property
    def is_cut(self) -> bool:
        """Whether the text was longer than what is read."""
        return len(self.text) > READ_CHARACTERS


@dataclass(frozen=True)
class Hidden:
    """A text with its personal data masked, as tokens, and removed; how many of each kind."""

    masked: str
    tokens: str
    removed: str
    counts: Mapping[str, str]


def check_pasted(pasted: Pasted, known: InForce, *, at: datetime) -> tuple[Finding, ...]:
    """Return a finding for each pasted thing, the worst first."""
    found = [_checked(kind, text, known, to_ms(at)) for kind, text in pasted.items]
    return tuple(sorted(found, key=lambda each: (_WORST_FIRST[each.checked.level], -each.checked.score)))


def _checked(kind: Kind, text: str, known: InForce, at: int) -> Finding:
    if kind == "link":
        checked = check_link_with(text, known, at=at)
        return Finding(kind, text, checked, hits=hits_of(checked.cues))
    if kind == "phone":
        checked = check_phone_with(text, known)
        return Finding(kind, text, checked, hits=hits_of(checked.cues))
    answer = check_text_with(text, known, at=at)
    met = tuple(answer.checked.facts.get("signatures", "").split()) or hits_of(answer.checked.cues)
    return Finding(kind, text, answer.checked, answer.links, _numbers_of(text, known), met)


def _numbers_of(text: str, known: InForce) -> tuple[tuple[str, Checked], ...]:
    """Return the first numbers a text holds, masked, each checked once."""
    read = text[:READ_CHARACTERS]
    written = dict.fromkeys(read[each.start : each.end] for each in find(read, kinds=_NUMBERS))
    return tuple((mask(each), check_phone_with(each, known)) for each in list(written)[:MOST_NUMBERS])


def check_before_sending(text: str, known: InForce, *, at: datetime) -> tuple[Finding, ...]:
    """Return what is wrong with a reply of staff: wording first, then personal data, then its links."""
    read = text[:READ_CHARACTERS]
    links = check_text_with(read, known, at=to_ms(at)).links
    bad = tuple(each for each in links if each[1].score >= SUSPICIOUS)
    findings = [Finding("reply", text, check_reply(read), links=bad)]
    shown = check_personal_data(read)
    if shown.cues:
        findings.append(Finding("personal_data", text, shown))
    return tuple(findings)


def check_wording(text: str, known: InForce, *, at: datetime) -> tuple[Finding, ...]:
    """Return what advertising law says of a text, then its bad links."""
    read = text[:READ_CHARACTERS]
    links = check_text_with(read, known, at=to_ms(at)).links
    bad = tuple(each for each in links if each[1].score >= SUSPICIOUS)
    return (Finding("advertisement", text, check_advertisement(read), links=bad),)


def hide_personal_data(text: str, key: bytes) -> Hidden:
    """Return the read part of a text in three forms without its personal data."""
    read = text[:READ_CHARACTERS]
    return Hidden(mask(read), tokenise(read, key), remove(read), check_personal_data(read).facts)


_warming = threading.Lock()
_is_warm = False


def begin_warming() -> None:
    """Load what a first check loads, in the background, once a process."""
    threading.Thread(target=_warm, name="checks.warm", daemon=True).start()


def _warm() -> None:
    global _is_warm
    with _warming:
        if not _is_warm:
            check_text("你好 hello http://example.com/")
            check_link("http://example.com/")
            check_phone("110")
            check_reply("您好")
            check_advertisement("您好")
            check_personal_data("你好")
            _is_warm = True
