"""Weigh the cues that were seen: per pack, independent ones only, with what combinations add."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from anxin.checkers.texts.matching import Hit
from anxin.checkers.texts.packs import Kind, Library, Pack

Grade = Literal["none", "suspected", "highly_likely", "confirmed"]
SUSPECTED, LIKELY, CONFIRMED = 40.0, 70.0, 95.0
# A text is called confirmed only with this many independent cues, one of them a demand.
CONFIRMED_CUES = 5
# What it adds that cues are of two, three, four kinds (who asks, why, what she shall do, where).
KINDS = (0.0, 0.0, 8.0, 18.0, 26.0, 30.0, 30.0)
# Weights from which a cue counts as a kind of its own, can carry a story, and carries it whatever its kind.
TELLING, ANCHOR, STRONG = 10.0, 14.0, 26.0
STORY: frozenset[Kind] = frozenset({"role", "pretext", "action", "channel", "pressure", "lure"})


class Weighed(msgspec.Struct, frozen=True):
    """One pack's score (0–100) with the cues that count for it, heaviest first; `total` is the score before its cap."""

    pack: Pack
    score: float
    total: float
    cues: tuple[tuple[Hit, float], ...]


class Scale:
    """The packs of a library by the cues they use."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._weights: dict[str, dict[str, float]] = {}
        self._packs_of: dict[str, list[str]] = {}
        for pack in library.packs.values():
            weights = {code: library.cues[code].weight if use is None else use for code, use in pack.uses.items()}
            weights |= {f"{pack.id}.{name}": cue.weight for name, cue in pack.cues.items()}
            self._weights[pack.id] = weights
            for code in weights:
                self._packs_of.setdefault(code, []).append(pack.id)

    def weigh(self, hits: Sequence[Hit]) -> list[Weighed]:
        """Return every pack that has a cue among the hits, highest score first."""
        seen: dict[str, list[Hit]] = {}
        for hit in hits:
            for name in self._packs_of.get(hit.code, ()):
                seen.setdefault(name, []).append(hit)
        weighed = [self._weigh(name, found) for name, found in seen.items()]
        return sorted(weighed, key=lambda each: (-each.score, -each.total, each.pack.id))

    def _weigh(self, name: str, hits: Sequence[Hit]) -> Weighed:
        pack, weights = self._library.packs[name], self._weights[name]
        counted = independent(sorted(((hit, weights[hit.code]) for hit in hits), key=lambda each: -abs(each[1])))
        kinds = {self._library.cues[hit.code].kind for hit, weight in counted if weight >= TELLING} & STORY
        score = sum(weight for _, weight in counted) + KINDS[len(kinds)]
        codes = {hit.code.removeprefix(f"{name}.") for hit, _ in counted} | {f"kind:{kind}" for kind in kinds}
        codes |= {hit.code for hit, _ in counted}
        score += sum(each.weight for each in pack.combinations if codes.issuperset(each.all))
        most = 100.0 if self._is_anchored(pack, counted, kinds) else SUSPECTED - 1
        return Weighed(pack, min(most, max(0.0, score)), score, tuple(counted))

    def _is_anchored(self, pack: Pack, counted: Sequence[tuple[Hit, float]], kinds: set[Kind]) -> bool:
        """Return whether a cue tells this story: demands alone (scan, pay, call) stand in honest texts, too."""
        if {"role", "action"} <= kinds or {"role", "channel"} <= kinds:
            return True
        for hit, weight in counted:
            is_story = self._library.cues[hit.code].kind in ("pretext", "lure") or hit.code.startswith(f"{pack.id}.")
            if weight >= STRONG or (is_story and weight >= ANCHOR):
                return True
        return False


def independent(heaviest_first: Sequence[tuple[Hit, float]]) -> list[tuple[Hit, float]]:
    """Leave out cues whose words lie wholly inside a heavier one's: the same words prove nothing twice."""
    kept: list[tuple[Hit, float]] = []
    for hit, weight in heaviest_first:
        inside = any(
            other.start <= hit.start and hit.end <= other.end for other, against in kept if against * weight > 0
        )
        if not inside:
            kept.append((hit, weight))
    return kept


def grade_of(score: float, cues: int) -> Grade:
    """Return the word for a score with so many independent cues."""
    if score >= CONFIRMED and cues >= CONFIRMED_CUES:
        return "confirmed"
    if score >= LIKELY:
        return "highly_likely"
    return "suspected" if score >= SUSPECTED else "none"
