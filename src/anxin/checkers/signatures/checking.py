"""The checks of links, numbers and texts with an organisation's signatures in force."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from anxin.checkers.links.check import check_link, check_links
from anxin.checkers.links.feeds import LinkFeed
from anxin.checkers.links.find import FoundLink
from anxin.checkers.normalise.text import normalise
from anxin.checkers.phones.check import check_phone
from anxin.checkers.result import Advice, Checked, Cue, Words, level_of
from anxin.checkers.signatures.force import InForce, hits_of
from anxin.checkers.texts.check import check_text
from anxin.checkers.texts.matching import READ_CHARACTERS
from anxin.checkers.texts.model import LinearModel

MOST_LINKS = 50
SUSPECTED = 40.0
SAY = Words(
    "这与我们记录的骗术相符，请先停止操作，不要付款，也不要提供验证码。",
    "This fits a scam on our records: please stop, pay nothing and give no code.",
)
ASK = Words(
    "您是从哪里收到的？有没有已经付款、点开或填写？", "Where did you get this? Was anything paid, opened or filled in?"
)


class CheckedText(msgspec.Struct, frozen=True):
    """The answer about a text, and about each of its links with its place, the worst first."""

    checked: Checked
    links: tuple[tuple[FoundLink, Checked], ...]


def check_link_with(text: str, known: InForce, *, at: int, feeds: Sequence[LinkFeed] = ()) -> Checked:
    """Return what is known of one link; `at` is ms UTC."""
    return check_link(text, lists=known.links, feeds=feeds, at=at)


def check_phone_with(
    text: str, known: InForce, *, displayed: str | None = None, called: bool = True, claims_domestic: bool = False
) -> Checked:
    """Return what is known of one number."""
    return check_phone(text, displayed=displayed, called=called, claims_domestic=claims_domestic, marks=known.marks_of)


def check_text_with(text: str, known: InForce, *, at: int, model: LinearModel | None = None) -> CheckedText:
    """Return what is known of a text: its words, its links, its numbers, and the signatures it meets.

    `at` is ms UTC; `model` is a local one beside those that ship.
    """
    read = text[:READ_CHARACTERS]
    base = check_text(text, model=model)
    links = tuple(sorted(check_links(read, lists=known.links, at=at, limit=MOST_LINKS), key=lambda one: -one[1].score))
    own = known.cues_in(read, normalise(read))
    score = max([base.score, *(cue.weight for cue in own), *(each.score for _, each in links[:1])])
    advice = base.advice
    if own:
        advice = _joined(advice, Advice(say=(SAY,), ask=(ASK,)))
    if links and links[0][1].score >= SUSPECTED:
        advice = _joined(advice, links[0][1].advice)
    cues = (*own, *base.cues, *(cue for found, each in links[:1] for cue in _placed(found, each)))
    facts = base.facts | _facts(own, links, known)
    return CheckedText(Checked("text", level_of(score), score, cues, advice, facts), links)


def _placed(found: FoundLink, checked: Checked) -> list[Cue]:
    """Return the cues of a suspicious link at the link's place in the text."""
    if checked.score < SUSPECTED:
        return []
    return [msgspec.structs.replace(cue, start=found.start, end=found.end) for cue in checked.cues]


def _facts(own: Sequence[Cue], links: Sequence[tuple[FoundLink, Checked]], known: InForce) -> dict[str, str]:
    facts = {}
    if links:
        facts["links"] = str(len(links))
        facts["worst_link"] = links[0][1].facts["defanged"]
    hits = hits_of([*own, *(cue for _, each in links for cue in each.cues)])
    if hits:
        facts["signatures"] = " ".join(hits)
    named = dict.fromkeys(kind for each in hits if (kind := known.scam_type_of(each)) is not None)
    if named:
        facts["signature_types"] = " ".join(named)
    return facts


def _joined(one: Advice, other: Advice) -> Advice:
    def both(first: tuple[Words, ...], second: tuple[Words, ...]) -> tuple[Words, ...]:
        return tuple(dict.fromkeys((*first, *second)))

    return Advice(both(one.say, other.say), both(one.ask, other.ask), both(one.never, other.never))
