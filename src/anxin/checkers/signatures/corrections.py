"""What people say of a signature after it spoke, or was silent; counted a signature."""

from __future__ import annotations

from typing import Literal

import msgspec

CorrectionWord = Literal["false_positive", "missed", "confirmed"]


class Tally(msgspec.Struct, omit_defaults=True):
    """How a signature did: hits, corrections, and when it last hit (ms UTC, 0 for never)."""

    hits: int = 0
    false_positives: int = 0
    missed: int = 0
    confirmed: int = 0
    last_hit_at: int = 0

    def correct(self, word: CorrectionWord) -> None:
        """Count one correction."""
        if word == "false_positive":
            self.false_positives += 1
        elif word == "missed":
            self.missed += 1
        else:
            self.confirmed += 1


class Tallies(msgspec.Struct):
    """The tallies of one organisation by signature, and how many checks were made in all.

    What was missed without a signature to blame is counted under an empty id.
    """

    checks: int = 0
    by_signature: dict[str, Tally] = {}

    def of(self, signature: str) -> Tally:
        """Return the tally of a signature, begun when it is new."""
        return self.by_signature.setdefault(signature, Tally())

    def count(self, hits: tuple[str, ...], at: int) -> None:
        """Count one check and the signatures it met at a moment (ms UTC)."""
        self.checks += 1
        for each in hits:
            tally = self.of(each)
            tally.hits += 1
            tally.last_hit_at = max(tally.last_hit_at, at)

    def hit_rate(self, signature: str) -> float:
        """Return the share (0–1) of checks in which a signature hit."""
        known = self.by_signature.get(signature)
        return known.hits / self.checks if known is not None and self.checks else 0.0
