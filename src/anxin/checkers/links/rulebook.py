"""The dated weights, sentences and kinds of places that the link check reads."""

from __future__ import annotations

from functools import cache

import msgspec

from anxin.checkers.document import shipped_document
from anxin.checkers.links.brands import Brand
from anxin.checkers.result import Advice, Cue, Words

PACKAGE = "anxin.checkers.links"


class CueRule(msgspec.Struct, frozen=True):
    """What one cue weighs and says; of one `family` only the heaviest counts. `own` marks weights set here."""

    weight: float
    zh: str
    en: str
    family: str = ""
    own: bool = False


class Weights(msgspec.Struct, frozen=True):
    """All cues by code, the most a feed may add, and the advice by level."""

    date: str
    source: str
    cues: dict[str, CueRule]
    feed_limit: float
    advice: dict[str, Advice]

    def cue(self, code: str, *, brand: Brand | None = None, weight: float | None = None, source: str = "") -> Cue:
        """Return the cue of a code, with the brand's name filled in."""
        rule = self.cues[code]
        zh = rule.zh if brand is None else rule.zh.replace("{brand}", brand.zh)
        en = rule.en if brand is None else rule.en.replace("{brand}", brand.name)
        return Cue(
            code=code,
            text=Words(zh, en),
            weight=rule.weight if weight is None else weight,
            source=source or f"weights.yaml@{self.date}",
        )


class Places(msgspec.Struct, frozen=True):
    """Kinds of hosts, suffixes, parameters and words, each a set."""

    date: str
    source: str
    shorteners: frozenset[str]
    free_hosting: frozenset[str]
    cheap_suffixes: frozenset[str]
    service_words: frozenset[str]
    redirect_parameters: frozenset[str]
    login_words: frozenset[str]
    downloads: frozenset[str]
    file_suffixes: frozenset[str]
    honest_neighbours: frozenset[str]


@cache
def shipped_weights() -> Weights:
    """Return the weights that ship."""
    return msgspec.convert(shipped_document(PACKAGE, "weights.yaml"), Weights)


@cache
def shipped_places() -> Places:
    """Return the places that ship."""
    return msgspec.convert(shipped_document(PACKAGE, "places.yaml"), Places)
