"""Protected brands: which domains are theirs, and which names stand for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import re2

from anxin.checkers.document import read_document
from anxin.checkers.links.domain import Domain, split_domain
from anxin.checkers.links.skeleton import skeleton

MIN_LABEL, MIN_EDIT_LABEL = 3, 5


class Brand(msgspec.Struct, frozen=True):
    """A brand to protect.

    `domains` are official: registrable domains, or single hosts. `suffixes` are whole suffixes of its own (gov.cn).
    `words` name it anywhere, `tokens` only between dots and hyphens; `common` are ordinary words too.
    """

    name: str
    zh: str
    domains: tuple[str, ...]
    suffixes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    common: tuple[str, ...] = ()
    confidence: str = "M"


class Mention(msgspec.Struct, frozen=True):
    """A brand's word found in a piece of a link, half-open."""

    brand: Brand
    word: str
    start: int
    end: int


class BrandBook:
    """Brands with what is needed to find them fast; build once, use for every link."""

    def __init__(self, brands: Iterable[Brand]) -> None:
        self.brands = tuple(brands)
        self._official: dict[str, Brand] = {}
        self._suffixes: dict[str, Brand] = {}
        self.labels: dict[str, Brand] = {}
        self.common: set[str] = set()
        self._words: dict[str, Brand] = {}
        self.tokens: dict[str, Brand] = {}
        for brand in self.brands:
            self._enter(brand)
        self.skeletons = {skeleton(label): label for label in self.labels if len(label) >= MIN_LABEL}
        self._shortened: dict[str, set[str]] = {}
        for label in self._known_names():
            for spelled in _neighbours(label):
                self._shortened.setdefault(spelled, set()).add(label)
        # Longest first, because the engine takes the first alternative that fits.
        words = sorted(self._words, key=len, reverse=True)
        self._pattern = re2.compile("|".join(re.escape(word) for word in words)) if words else None

    def with_brands(self, more: Iterable[Brand]) -> BrandBook:
        """Return a book that also protects an organisation's own brands; the later of one domain counts."""
        return BrandBook((*self.brands, *more))

    def official_brand(self, domain: Domain) -> Brand | None:
        """Return the brand whose domain, host or suffix this is exactly; None for a stranger's."""
        return (
            self._official.get(domain.host)
            or self._official.get(domain.site)
            or self._official.get(domain.registrable)
            or self._suffixes.get(domain.suffix)
        )

    def is_listed(self, domain: Domain) -> bool:
        """Say whether the registrable domain or host itself, not only its suffix, is official."""
        official = self._official
        return domain.host in official or domain.site in official or domain.registrable in official

    def near_labels(self, label: str) -> set[str]:
        """Return brand labels that may be one edit away (to be verified)."""
        found: set[str] = set()
        for spelled in _neighbours(label):
            found |= self._shortened.get(spelled, set())
        return found

    def mentions(self, text: str) -> list[Mention]:
        """Return the brand words in lower-case text, left to right."""
        if self._pattern is None:
            return []
        return [
            Mention(self._words[found[0]], found[0], found.start(), found.end())
            for found in self._pattern.finditer(text)
        ]

    def _known_names(self) -> list[str]:
        """Return the labels that people know a brand by: its first domain's, and its words; not where its files lie."""
        firsts = {split_domain(brand.domains[0]).label for brand in self.brands if brand.domains}
        return [label for label in self.labels if len(label) >= MIN_EDIT_LABEL and (label in firsts | set(self._words))]

    def _enter(self, brand: Brand) -> None:
        self.common.update(brand.common)
        for domain in brand.domains:
            self._official[domain] = brand
            split = split_domain(domain)
            if split.label and split.host == split.site and len(split.label) >= MIN_LABEL:
                self.labels.setdefault(split.label, brand)
        for suffix in brand.suffixes:
            self._suffixes[suffix] = brand
        zh = () if brand.zh.isascii() else (brand.zh,)
        for word in (*brand.words, *zh):
            self._words[word] = brand
        for token in brand.tokens:
            self.tokens[token] = brand
        for word in brand.words:
            if word.isascii() and word.isalnum() and len(word) >= MIN_EDIT_LABEL and word not in self.common:
                self.labels.setdefault(word, brand)


def read_brands(document: str) -> list[Brand]:
    """Return the brands of a YAML document with a list named `brands`; raises `msgspec.ValidationError`."""
    content: Any = read_document(document)
    return msgspec.convert(content["brands"], list[Brand])


@cache
def shipped_brands() -> BrandBook:
    """Return the book that ships: Chinese and international brands."""
    return BrandBook(read_brands((files("anxin.checkers.links") / "brands.yaml").read_text(encoding="utf-8")))


def _neighbours(label: str) -> list[str]:
    short = label[:40]
    return [short, *(short[:at] + short[at + 1 :] for at in range(len(short)))]
