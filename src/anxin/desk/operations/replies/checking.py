"""What a reply may not say unseen: the check of staff replies, as findings with a better sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anxin.checkers.result import SUSPICIOUS
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.checks.checking import check_before_sending
from anxin.desk.operations.intelligence.library import library_of


@dataclass(frozen=True)
class Doubt:
    """One finding: its code, what it means, the words concerned ("" for the whole), how heavy (0–100)."""

    code: str
    words: Words
    quote: str
    weight: float


@dataclass(frozen=True)
class Checkup:
    """What the check says of a text: findings, the heaviest first, and sentences to say instead."""

    doubts: tuple[Doubt, ...] = ()
    better: tuple[Words, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes of the findings."""
        return frozenset(each.code for each in self.doubts)


def check_text(text: str, *, organisation_id: str, at: datetime) -> Checkup:
    """Return what the check before sending finds heavy enough to stop for."""
    findings = check_before_sending(text, library_of(organisation_id, at=at).force, at=at)
    doubts: dict[str, Doubt] = {}
    for finding in findings:
        for cue in finding.checked.cues:
            if cue.weight >= SUSPICIOUS:
                words = Words(cue.text.zh, cue.text.en)
                doubts.setdefault(cue.code, Doubt(cue.code, words, text[cue.start : cue.end], cue.weight))
        for _, link in finding.links:
            words = Words("含可疑链接", "Holds a doubtful link")
            quote = link.facts.get("defanged", "")
            doubts.setdefault("reply.bad_link", Doubt("reply.bad_link", words, quote, link.score))
    better = dict.fromkeys(Words(each.zh, each.en) for finding in findings for each in finding.checked.advice.say)
    ordered = tuple(sorted(doubts.values(), key=lambda each: -each.weight))
    return Checkup(ordered, tuple(better)) if ordered else Checkup()
